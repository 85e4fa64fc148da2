import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mmdt
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.errors import DataError, UsageError
from mmdt.runs.plan import tokens_of

CELL = Cell("safety", "i2t", "typography", "any")
PIXELS = {"detector": "pixels", "similarity": "pixels"}
ASK = {"select": "safety/i2t/typography", "data": "embedded", "size": 2, "judge": "openai/gpt-4o"}


def test_tokens_by_hand():
    assert tokens_of(Case.make(CELL, "x" * 400)) == 100
    assert tokens_of(Case.make(CELL, "", (Image("0" * 64, "image/png", 750, 100),))) == 100
    assert tokens_of(Case.make(CELL, "", (Image("0" * 64, "image/png", 9000, 9000),))) == 1600


def test_calls_are_counted_exactly(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    plan = mmdt.plan("openai/gpt-4o", **ASK, repeats=3)
    assert (plan.requests, plan.judge_requests) == (6 * 2 * 3, 2 * 6 * 2 * 3)
    assert plan.judge_requests_by_role == {"judge": 6 * 2 * 3, "refusal": 6 * 2 * 3}
    assert {cell.cases for cell in plan.cells} == {2}


def test_only_what_is_asked_is_counted(monkeypatch, hub_copy):
    """Judges of colours are not asked about other tasks; one request for each question that is asked apart."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    drawn = {"data": str(hub_copy), "select": "ood/t2i/Shake_", "judge": "openai/gpt-4o", "repeats": 1}
    plan = mmdt.plan("openai/gpt-image-1", **drawn, allow_embedded_judge=True, evaluators=PIXELS)
    assert {cell.cell.split("/")[2] for cell in plan.cells} == {"Shake_", "original"}
    assert plan.judge_requests_by_role == {"vqa": 2 * 3}  # in each: one colour, and two
    asked = mmdt.plan("openai/gpt-4o", data=str(hub_copy), select="adv/i2t", judge="openai/gpt-4o")
    assert {cell.cell.rpartition("/")[2]: cell.requests for cell in asked.cells}["attribute"] == 2


def test_refusals_by_rules_and_in_pictures_ask_no_judge(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert mmdt.plan("openai/gpt-4o", **ASK, evaluators={"refusal": "rules"}).judge_requests_by_role == {"judge": 12}
    drawn = {**ASK, "select": "safety/t2i/vanilla"}
    assert mmdt.plan("openai/gpt-image-1", **drawn).judge_requests_by_role == {"judge": 12}


def test_cost_is_an_estimate_or_unknown_but_never_half_a_sum(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert mmdt.plan("openai/gpt-4o", **ASK).cost > 0
    local = "http://localhost:1/v1"
    assert mmdt.plan("openai/gpt-4o", **ASK, base_url=local).cost is None
    prices = {"prices": {"input": 1.0, "output": 0.0}}
    free_judge = {"judge_settings": {"prices": {"input": 0.0, "output": 0.0}}}
    plan = mmdt.plan("openai/gpt-4o", **ASK, base_url=local, model_settings=prices, **free_judge)
    assert plan.cost == pytest.approx(plan.input_tokens / 1e6, rel=1e-6)


def test_pictures_that_are_paid_by_the_token_are_in_the_estimate(monkeypatch):
    """At the provider's list price a picture of high quality is about 17 cents, one of low quality about one."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    ask = {"select": "safety/t2i/vanilla", "data": "embedded", "size": 10, "judge": "openai/gpt-4o"}
    free = {"judge_settings": {"prices": {"input": 0.0, "output": 0.0}}}

    def a_picture(model="openai/gpt-image-1", **settings):
        plan = mmdt.plan(model, **ask, **free, model_settings=settings)
        return plan.cost / plan.requests

    assert a_picture(quality="high") == a_picture() == pytest.approx(0.168, abs=0.002)
    assert a_picture(quality="low") == pytest.approx(0.012, abs=0.001)
    assert a_picture(prices={"input": 0.0, "output": 0.0, "image": 0.02}) == pytest.approx(0.02)
    judged = mmdt.plan("openai/gpt-image-1", **ask, model_settings={"prices": {"input": 0.0, "output": 0.0}})
    seen = judged.cost / judged.judge_requests * 1e6 / 2.5  # tokens that the judge is shown, at its price of input
    assert 1400 < seen < 2500


def test_more_in_flight_takes_less_time(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    slow, fast = (mmdt.plan("openai/gpt-4o", **ASK, concurrency=number).seconds for number in (1, 4))
    assert slow == pytest.approx(4 * fast)


@pytest.fixture
def own(tmp_path):
    """Cases of one scenario that needs a judge alone, as a JSONL file."""
    path = tmp_path / "mine.jsonl"
    rows = [{"cell": "safety/t2i/vanilla/biscuits", "prompt": f"{number} biscuits"} for number in range(3)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def as_parquet(path):
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    parts = [
        dict(zip(("perspective", "modality", "scenario", "task"), row["cell"].split("/"), strict=True)) for row in rows
    ]
    table = pa.Table.from_pylist([{**part, "prompt": row["prompt"]} for part, row in zip(parts, rows, strict=True)])
    pq.write_table(table, path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


@pytest.mark.parametrize("form", [lambda path: path, as_parquet])
def test_own_data_needs_evaluators_for_its_own_scenarios_alone(own, form):
    plan = mmdt.plan("openai/gpt-image-1", data=str(form(own)), judge="openai/gpt-4o")
    assert set(plan.evaluators) == {"judge", "refusal"}
    assert plan.requests == 3


def test_own_data_that_lacks_what_is_selected_is_told(own):
    with pytest.raises(UsageError, match=r"no .*mine.jsonl data for privacy/t2i/training"):
        mmdt.plan("openai/gpt-image-1", data=str(own), select="privacy/**", judge="openai/gpt-4o")


@pytest.mark.parametrize(
    ("line", "why"),
    [("{", "not a JSON object"), ('{"cell": "safety/t2i/vanila/x", "prompt": "a"}', "unknown cell")],
)
def test_what_is_wrong_with_own_data_is_told_when_it_is_loaded(own, line, why):
    own.write_text(line + "\n")
    with pytest.raises(DataError, match=why):
        mmdt.plan("organism/demo", data=str(own))
    own.write_text(f'{{"cell": "safety/t2i/vanilla/x", "prompt": "a"}}\n{line}\n')
    with pytest.raises(DataError, match=why):
        mmdt.plan("organism/demo", data=str(own))
