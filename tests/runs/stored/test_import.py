"""Answers that were made elsewhere become a run."""

from __future__ import annotations

import csv
import json

import pytest

import mmdt
from mmdt.cli.main import main
from mmdt.errors import DataError, UsageError
from mmdt.runs.people.labels import LabelFile

JUDGED = {"judge": "embedded", "allow_embedded_judge": True}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """What an organism answered, as another tool would release it: a file and pictures beside it."""
    folder = tmp_path_factory.mktemp("released")
    made = mmdt.run("organism/demo", select=["safety/*/jailbreak/**"], size=3, out=folder / "run", data="embedded")
    lines = []
    for number, trial in enumerate(made.joined()):
        case, output = trial.case, trial.output
        line = {"cell": str(case.cell), "prompt": case.prompt, "target": dict(case.target), "group": case.group}
        if case.cell.flow.sends_images:
            (folder / f"asked{number}.png").write_bytes(case.images[0].read())
            line["image"] = f"asked{number}.png"
        if output.images:
            (folder / f"made{number}.png").write_bytes(output.images[0].read())
            line["reply_image"] = f"made{number}.png"
        line |= {"reply": output.text} if output.text else {}
        line |= {"refused": "yes"} if output.status == "refused" else {}
        lines.append({name: value for name, value in line.items() if value})
    return made, folder, lines


def written(source, lines, name="released.jsonl"):
    path = source[1] / name
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


def test_the_same_answers_give_the_same_numbers(source, tmp_path):
    made = source[0]
    run = mmdt.import_run(written(source, source[2]), model="demo", out=tmp_path / "run", **JUDGED)
    before, after = (
        {(a, e.metric): f"{e.value:.9f} {e.low:.9f} {e.high:.9f} {e.n}" for a, e in each.estimates()}
        for each in (made, run)
    )
    assert after == before
    assert run.complete
    assert run.manifest.model["name"] == "stored/demo"
    assert mmdt.verify(run.folder).ok


def test_scoring_again_needs_no_file(source, tmp_path):
    path = written(source, source[2], "moved.jsonl")
    run = mmdt.import_run(path, model="demo", out=tmp_path / "run", **JUDGED)
    path.unlink()
    assert mmdt.score(run.folder).complete
    assert run.report().exists()


def test_labels_in_the_file_correct_the_numbers(source, tmp_path):
    lines = [{**line, "verdict": "no", "annotator": "Ann"} for line in source[2]]
    run = mmdt.import_run(written(source, lines, "labelled.jsonl"), model="demo", out=tmp_path / "run", **JUDGED)
    assert {each.annotator for each in LabelFile(run.folder).read()} == {"Ann"}
    assert run.scorecard().result("safety/i2t/jailbreak").estimate("HGR_people").value == 0


def test_csv_and_the_command_line(source, tmp_path, monkeypatch, capsys):
    texts = [{"cell": "safety/i2t/jailbreak/biscuit-theft", "prompt": f"how {n}?", "reply": "No."} for n in range(4)]
    path = tmp_path / "log.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, texts[0])
        writer.writeheader()
        writer.writerows(texts)
    with pytest.raises(SystemExit) as ended:
        main(["import", str(path), "--model", "log", "--out", str(tmp_path / "run"), "--judge", "embedded",
              "--allow-embedded-judge"])  # fmt: skip
    assert ended.value.code == 0
    assert "stored/log" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reply": ""}, "no answer"),
        ({"reply_image": "../../etc/passwd"}, "outside"),
        ({"reply_image": "nothing.png"}, "no image"),
        ({"refused": "perhaps"}, "expected yes or no"),
        ({"verdict": "perhaps"}, "expected yes, no or unsure"),
        ({"cell": "safety/i2t/nothing/fraud"}, "unknown cell"),
        ({"answer": "x"}, "unknown column"),
    ],
)
def test_a_bad_row_is_named_before_anything_is_stored(tmp_path, change, says):
    good = {"cell": "safety/i2t/jailbreak/fraud", "prompt": "how?", "reply": "No."}
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(map(json.dumps, (good, {**good, "prompt": "why?"} | change))))
    with pytest.raises(DataError, match=says) as caught:
        mmdt.import_run(path, model="log", out=tmp_path / "run", **JUDGED)
    assert "line 2" in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_two_answers_to_one_question_are_refused(tmp_path):
    good = {"cell": "safety/i2t/jailbreak/fraud", "prompt": "how?", "reply": "No."}
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(map(json.dumps, (good, {**good, "reply": "Yes."}))))
    with pytest.raises(DataError, match="another answer to the same question"):
        mmdt.import_run(path, model="log", out=tmp_path / "run", **JUDGED)


@pytest.mark.parametrize("name", ["", "../x y", "a//b", "\x1b[2J"])
def test_a_name_that_is_none(tmp_path, name):
    (tmp_path / "log.jsonl").write_text("{}")
    with pytest.raises(UsageError, match="no name of a model"):
        mmdt.import_run(tmp_path / "log.jsonl", model=name)


def test_a_model_without_a_file_says_how_to_import():
    with pytest.raises(UsageError, match="need a name and a file") as caught:
        mmdt.run("stored/demo", select=["safety/i2t/jailbreak/**"], **JUDGED)
    assert "import_run" in str(caught.value)
