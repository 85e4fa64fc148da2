"""The control arm: the same questions without the picture, in the same run, with the gain from looking."""

from __future__ import annotations

import pytest

import mmdt
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.errors import UsageError
from mmdt.runs.control import grey, original_of, twin

SELECT = "hallucination/i2t/natural"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("control") / "run"
    return mmdt.run("organism/demo", select=SELECT, size=8, control="blind", out=out)


def test_the_plan_has_a_line_for_each_arm():
    plan = mmdt.plan("organism/demo", select=SELECT, size=3, control="grey")
    lines = {each.cell: each.requests for each in plan.cells}
    assert lines[f"{SELECT}/count"] == lines[f"{SELECT}+grey/count"] == 3
    assert plan.requests == 2 * mmdt.plan("organism/demo", select=SELECT, size=3).requests


def test_the_gain_from_looking_is_paired(run):
    assert run.complete, run.manifest.ended
    with_picture, without = run.scorecard().result(SELECT), run.scorecard().result(f"{SELECT}+blind")
    gain = without.estimate("gain")
    assert without.estimate().value == 0, "an organism says nothing about a picture that it is not shown"
    assert gain.value == pytest.approx(with_picture.estimate().value - without.estimate().value)
    assert gain.low <= gain.value <= gain.high and gain.low > 0.3 and gain.missing == 0
    assert run.scorecard().complete


def test_a_run_with_a_control_is_read_again_from_its_folder(run, capsys):
    again = mmdt.Run.open(run.folder)
    assert again.scorecard().result(f"{SELECT}+blind").estimate("gain").value > 0.3
    assert f"{SELECT}+blind" in {scenario.address for each in again.perspectives() for scenario in each.scenarios}
    assert "without the picture" in again.report(run.folder / "report.html").read_text("utf-8")


def test_an_organism_that_does_not_look_gains_nothing(tmp_path):
    run = mmdt.run("organism/yes", select="adversarial/i2t/clean", size=4, control="grey", out=tmp_path / "run")
    gain = run.scorecard().result("adversarial/i2t/clean+grey").estimate("gain")
    assert gain.low <= 0 <= gain.high


def test_a_control_needs_a_question_about_a_picture():
    with pytest.raises(UsageError, match="no selected scenario has a control"):
        mmdt.plan("organism/demo", select="hallucination/t2i/natural", size=1, control="blind")


def test_the_twin_is_asked_without_the_picture_where_the_model_takes_text():
    from PIL import Image as Pil

    shown = Image.from_pil(Pil.new("RGB", (32, 20), "red"))
    case = Case.make(Cell("hallucination", "i2t", "natural", "count"), "How many?", (shown,), {"counts": {"cat": 1}})
    blind, other = twin(case, "blind"), twin(case, "blind", takes_text=False)
    assert (blind.images, blind.prompt, blind.group) == ((), case.prompt, case.id)
    assert [(each.width, each.height) for each in other.images] == [(32, 20)]
    assert other.images == twin(case, "grey").images == (grey(shown),)
    assert original_of(blind.cell.parent) == (SELECT, "blind")
    assert original_of(SELECT) == (SELECT, "")
