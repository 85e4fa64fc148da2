import pytest

import mmdt
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.planning import tokens_of

CELL = Cell("safety", "i2t", "typography", "any")
ASK = {"select": "safety/i2t/typography", "data": "embedded", "size": 2, "judge": "openai/gpt-4o"}


def test_tokens_by_hand():
    assert tokens_of(Case.make(CELL, "x" * 400)) == 100
    assert tokens_of(Case.make(CELL, "", (Image("0" * 64, "image/png", 750, 100),))) == 100
    assert tokens_of(Case.make(CELL, "", (Image("0" * 64, "image/png", 9000, 9000),))) == 1600


def test_calls_are_counted_exactly(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    plan = mmdt.plan("openai/gpt-4o", **ASK, repeats=3)
    assert (plan.requests, plan.judge_requests) == (6 * 2 * 3, 6 * 2 * 3)
    assert {cell.cases for cell in plan.cells} == {2}


def test_cost_is_an_estimate_or_unknown_but_never_half_a_sum(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert mmdt.plan("openai/gpt-4o", **ASK).cost > 0
    local = "http://localhost:1/v1"
    assert mmdt.plan("openai/gpt-4o", **ASK, base_url=local).cost is None
    prices = {"prices": {"input": 1.0, "output": 0.0}}
    free_judge = {"judge_settings": {"prices": {"input": 0.0, "output": 0.0}}}
    plan = mmdt.plan("openai/gpt-4o", **ASK, base_url=local, model_settings=prices, **free_judge)
    assert plan.cost == pytest.approx(plan.input_tokens / 1e6, rel=1e-6)


def test_more_in_flight_takes_less_time(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    slow, fast = (mmdt.plan("openai/gpt-4o", **ASK, concurrency=number).seconds for number in (1, 4))
    assert slow == pytest.approx(4 * fast)
