"""--careful: judges answer a second question about an attribute, so that one that always says yes wins nothing."""

from __future__ import annotations

import json

import pytest

import mmdt
from mmdt import plugins
from mmdt.perspectives.shared.contrast import contrast_of

CELL = "hallucination/t2i/natural/attribute"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Requests as published rows have them: one question each, whose right answer is yes."""
    path = tmp_path_factory.mktemp("careful") / "own.jsonl"
    made = plugins.scenarios()["hallucination/t2i/natural"].embedded(5, 4)
    cases = [each for each in made if str(each.cell) == CELL and contrast_of(each.target["question"])]
    lines = [{"cell": CELL, "prompt": each.prompt, "target": {"question": each.target["question"]}} for each in cases]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path, len(lines)


@pytest.mark.parametrize("careful", [False, True])
def test_the_second_question_comes_with_careful_and_the_plan_shows_its_cost(careful, data, tmp_path):
    path, number = data
    assert number >= 3
    settings = {"data": str(path), "select": CELL, "careful": careful}
    planned = mmdt.plan("organism/demo", **settings)
    assert ("contrast" in planned.evaluators) is careful
    run = mmdt.run("organism/demo", **settings, repeats=1, out=tmp_path / "run")
    assert run.manifest.ended.how == "complete"
    asked = [("attribute" in trial.observations, "contrast" in trial.observations) for trial in run.joined()]
    answered = [each for each in asked if each[0]]
    assert answered and all(contrast is careful for _, contrast in answered)
