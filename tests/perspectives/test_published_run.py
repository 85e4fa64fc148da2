"""Every published cell of hallucination, ood and adversarial through the verb `run`: models and judge over HTTP,
detector and similarity with tiny checkpoints, on local copies of the hub's layout."""

import json
import math
import re

import pytest

import mmdt
from mmdt import plugins as registry
from mmdt.errors import DataError
from tests import tiny
from tests.hub_copy import rows_of, write_copy
from tests.servers.openai_server import OpenAIServer
from tests.servers.responder import echo

tiny.need("torch", "transformers", "rapidocr", "onnxruntime")

pytestmark = pytest.mark.slow

GLOBS = ("hallucination/**", "ood/**", "adversarial/**")
MODELS = {"i2t": "openai/gpt-4o", "t2i": "openai/gpt-image-1.5"}


def published_cells():
    """(cell, its scenario) for everything the three perspectives publish."""
    return {
        str(cell): scenario
        for scenario in registry.scenarios().values()
        if scenario.perspective in ("hallucination", "ood", "adversarial") and scenario.published
        for cell in scenario.cells
    }


def speak(asked):
    """The model's echo, or a judge's reply in the form its schema asks for."""
    form = asked.params.get("response_format")
    if not form:
        return echo(asked)
    if "counts" not in json.dumps(form):
        return json.dumps({"reason": "It looks so.", "verdict": "yes"})
    (named,) = re.findall(r'Objects: "(.*)"', asked.prompt)
    return json.dumps({"reason": "", "counts": [{"object": name, "count": 2} for name in named.split(", ")]})


@pytest.fixture(scope="module")
def evaluators(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    return {
        "detector": f"grounding-dino/{tiny.write_grounding_dino(folder / 'dino')},box_threshold=0,text_threshold=0",
        "similarity": f"clip/{tiny.write_clip(folder / 'clip')}",
    }


@pytest.fixture(scope="module")
def server():
    with OpenAIServer(responder=speak, key="sk-test").in_thread() as running:
        yield running


def settings(server, evaluators, modality, **more):
    at = {"base_url": server.url, "api_key_env": "MMDT_TEST_KEY"}
    chosen = {role: name for role, name in evaluators.items() if modality == "t2i"}
    return {"judge": "openai/gpt-4o", "model_settings": at, "judge_settings": at, "evaluators": chosen, **more}


@pytest.fixture(scope="module", params=MODELS)
def done(request, server, evaluators, hub_copy, tmp_path_factory):
    """(modality, the finished run on every published case of it)."""
    modality = request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMDT_TEST_KEY", "sk-test")
        chosen = settings(server, evaluators, modality, data=str(hub_copy), select=GLOBS)
        return modality, mmdt.run(MODELS[modality], out=tmp_path_factory.mktemp("run") / modality, **chosen)


def test_every_cell_is_filled(done):
    modality, run = done
    assert run.complete, run.manifest.ended
    results = {result.address: result for result in run.scorecard().results if result.level == "cell"}
    wanted = {address: scenario for address, scenario in published_cells().items() if f"/{modality}/" in address}
    assert set(results) == set(wanted)
    for address, scenario in wanted.items():
        assert results[address].tally.missing == 0, address
        estimate = results[address].estimate(scenario.headline)
        assert estimate.n > 0 and not math.isnan(estimate.value), address


def test_summaries_come_above_all_of_them(done):
    modality, run = done
    found = {result.address: result for result in run.scorecard().results if result.level == "summary"}
    for perspective in ("hallucination", "ood", "adversarial"):
        assert not math.isnan(found[f"{perspective}/{modality}"].estimates[0].value)


def test_how_many_cells_there_are():
    hallucination, ood, adversarial = 8 * 4 + (6 * 5 + 4 + 4), 3 * 5 + 7 * 4, 2 * 3
    assert len(published_cells()) == hallucination + ood + adversarial == 119


@pytest.mark.parametrize("literal", ["__import__('os').getcwd()", "{'cat': 1 + 1}", "[x for x in 'ab']", "{'cat': 2"])
def test_anything_but_a_literal_is_rejected(server, tmp_path, monkeypatch, literal):
    monkeypatch.setenv("MMDT_TEST_KEY", "sk-test")
    tables = {"hallucination": {"natural": [dict(row) for row in rows_of("i2t")["hallucination"]["natural"]]}}
    for row in tables["hallucination"]["natural"]:
        if row["task"] == "count":
            row["answer"] = literal
    copy = write_copy(tmp_path / "MMDecodingTrust-I2T", tables)
    chosen = settings(server, {}, "i2t", data=str(copy), select=("hallucination/i2t/natural",))
    with pytest.raises(DataError, match="answer"):
        mmdt.run(MODELS["i2t"], out=tmp_path / "stopped", **chosen)
    run = mmdt.run(MODELS["i2t"], out=tmp_path / "run", skip_bad=True, **chosen)
    assert run.manifest.data.bad_rows == 2
    assert {result.address.split("/")[3] for result in run.scorecard().results if result.level == "cell"} == {
        "identification", "attribute", "spatial", "action",
    }  # fmt: skip
