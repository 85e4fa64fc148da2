"""The control arm: the same questions without the picture, in the same run, with the gain from looking."""

from __future__ import annotations

import json

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


@pytest.mark.parametrize("control", ["blind", "grey"])
def test_a_twin_is_in_the_cluster_of_its_original(control, tmp_path):
    """The grey picture that all rows show does not make one cluster of them, and two questions about one picture stay
    together without it."""
    out = tmp_path / "run"
    run = mmdt.run("organism/yes", select="adversarial/i2t/clean", size=4, control=control, out=out)
    found = {row.case_id: row for _, row in run.scored()}
    twins = [row for row in found.values() if row.twin_of]
    assert len(twins) == len(found) / 2 > 10
    assert all(row.cluster == found[row.twin_of].cluster for row in twins)
    arm = run.scorecard().result(f"adversarial/i2t/clean+{control}")
    for each in arm.estimates:
        assert each.clusters == run.scorecard().result("adversarial/i2t/clean").estimate().clusters > 10


def test_a_question_asked_of_two_pictures_has_a_twin_for_each():
    from PIL import Image as Pil

    cell = Cell("hallucination", "i2t", "natural", "count")
    shown = [Image.from_pil(Pil.new("RGB", (32, 20), color)) for color in ("red", "blue")]
    twins = [twin(Case.make(cell, "How many?", (each,), {"counts": {"cat": 1}}), "blind") for each in shown]
    assert twins[0].id != twins[1].id


def test_the_control_of_a_sample_is_weighted_like_its_original(tmp_path):
    """Two tasks of very different sizes, of which as many cases are asked."""
    path = tmp_path / "own.jsonl"
    sizes = {"count": 6, "attribute": 30}
    targets = {"count": {"counts": {"cat": 2}}, "attribute": {"answer": "red"}}
    lines = []
    for task, size in sizes.items():
        for number in range(size):
            name = f"{task}{number}.png"
            picture_of(number, sum(map(ord, task))).save(tmp_path / name)
            prompt = f"Question {number} about this picture?"
            lines.append({"cell": f"{SELECT}/{task}", "prompt": prompt, "images": [name], "target": targets[task]})
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    run = mmdt.run("organism/yes", data=str(path), select=SELECT, limit=3, control="grey", out=tmp_path / "run")
    weights = {(row.cell.scenario, row.cell.task): row.weight for _, row in run.scored()}
    assert {weights["natural", task] for task in sizes} == {2.0, 10.0}
    assert all(weights["natural+grey", task] == weights["natural", task] for task in sizes)


def picture_of(number, red):
    from PIL import Image as Pil

    return Pil.new("RGB", (16, 16), (red % 256, number * 5, 90))


def test_a_control_needs_a_question_about_a_picture():
    with pytest.raises(UsageError, match="no selected scenario has a control"):
        mmdt.plan("organism/demo", select="hallucination/t2i/natural", size=1, control="blind")


def test_the_twin_is_asked_without_the_picture_where_the_model_takes_text():
    from PIL import Image as Pil

    shown = Image.from_pil(Pil.new("RGB", (32, 20), "red"))
    case = Case.make(Cell("hallucination", "i2t", "natural", "count"), "How many?", (shown,), {"counts": {"cat": 1}})
    blind, other = twin(case, "blind"), twin(case, "blind", takes_text=False)
    assert (blind.images, blind.prompt, blind.twin_of.id) == ((), case.prompt, case.id)
    assert [(each.width, each.height) for each in other.images] == [(32, 20)]
    assert other.images == twin(case, "grey").images == (grey(shown),)
    assert original_of(blind.cell.parent) == (SELECT, "blind")
    assert original_of(SELECT) == (SELECT, "")
