"""Nothing that a user names is dropped in silence: it has an effect, or it is said, or it is an error."""

from __future__ import annotations

import importlib
import json

import click
import pytest

from mmdt.cli.main import VERBS
from mmdt.cli.once import OnceCommand

RUN = ("run", "organism/demo", "-s", "safety/t2i/vanilla", "--size", 1)


def commands():
    for verb, (module, _) in VERBS.items():
        found = getattr(importlib.import_module(f"mmdt.cli.{module}"), f"{verb}_command")
        yield from leaves(found)


def leaves(command):
    if not isinstance(command, click.Group):
        yield command
        return
    for each in command.commands.values():
        yield from leaves(each)


def test_every_verb_refuses_options_given_twice():
    assert [each.name for each in commands() if not isinstance(each, OnceCommand)] == []


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (("--guard", "a/b", "--guard", "c/d"), "--guard is given 2 times"),
        (("-o", "a", "--out=b"), "--out is given"),
        (("--revision", "a", "--revision", "b"), "--revision is given 2 times"),
        (("--limit", 3, "--limit", 3), "--limit is given 2 times"),
        (("-e", "ocr=rapidocr", "-e", "ocr=glyphs"), "'ocr' is given twice"),
        (("-e", "ocr=rapidocr", "--evaluator", "ocr=rapidocr"), "'ocr' is given twice"),
        (("--set", "a=1", "--set", "a=2"), "'a' is given twice"),
        (("--endpoint", "a=http://x/v1", "--endpoint", "a=http://y/v1"), "'a' is given twice"),
        (("-e", "detecter=pixels"), "did you mean detector"),
        (("-e", "reffusal=rules"), "did you mean refusal"),
        (("-e", "mood=rules"), "no role 'mood'"),
        (("--judge-base-url", "http://localhost:1/v1"), "judge_base_url has no effect"),
        (("--judge-set", "max_tokens=3"), "judge_settings has no effect"),
        (("--ray-workers", 3), "ray_workers has no effect"),
        (("--batch-set", "poll=3"), "batch_options has no effect"),
        (("--select", "safty/**"), "did you mean safety"),
    ],
)
def test_it_is_an_error_on_one_line(mmdt, tmp_path, more, named):
    code, _, err = mmdt(*RUN, "--out", "run", *more)
    assert code == 2
    assert named in err and len(err.strip().splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_what_may_be_repeated_may_be(mmdt):
    code, _, err = mmdt("plan", "organism/demo", "-s", "safety/t2i/vanilla", "-s", "safety/i2t/**", "--size", 1)
    assert (code, err) == (0, "")


def rows(tmp_path, **counts):
    lines = []
    for modality, count in counts.items():
        scenario = {
            "i2t": "safety/i2t/typography/glitter-pranks",
            "t2i": "safety/t2i/vanilla/glitter-pranks",
            "t2t": "",
        }[modality]
        lines += [json.dumps({"cell": scenario, "prompt": f"{each}?"}) for each in range(count)]
    (tmp_path / "mine.jsonl").write_text("\n".join(lines))
    return "mine.jsonl"


def notes(mmdt, *arguments):
    code, out, err = mmdt("plan", *arguments, "--json")
    assert code == 0, err
    return json.loads(out)["notes"]


def test_rows_of_the_other_modality_are_said(mmdt, tmp_path):
    data = rows(tmp_path, i2t=2, t2i=3)
    (note,) = notes(mmdt, "organism/painter", "--data", data)
    assert note == "2 rows are left out: modality i2t, and organism/painter supports t2i."
    code, out, err = mmdt("run", "organism/painter", "--data", data, "--out", "run")
    assert "2 rows are left out: modality i2t" in out + err
    assert notes(mmdt, "organism/painter", "-s", "safety/t2i/**", "--data", data) == []
    code, _, err = mmdt("run", "organism/painter", "--data", rows(tmp_path, i2t=2), "--out", "other")
    assert code == 2 and "supports t2i, but the selected data is i2t" in err


def test_everything_of_a_model_of_one_modality_is_said(mmdt):
    note, *_ = notes(mmdt, "organism/painter", "-s", "**", "--size", 1)
    assert "scenarios are left out: modality i2t, and organism/painter supports t2i" in note


def test_what_is_named_in_vain_is_said(mmdt):
    found = notes(mmdt, *RUN[1:], "-e", "ocr=glyphs", "--revision", "main")
    assert [each.split(" is not used")[0] for each in found] == ["--evaluator ocr=glyphs", "--revision main"]


def test_a_file_and_the_command_line_are_merged(mmdt, tmp_path):
    (tmp_path / "run.toml").write_text('evaluators = { ocr = "glyphs" }\nsize = 1\n')
    line = ("organism/demo", "-s", "safety/t2i/vanilla", "--config", "run.toml", "-e", "detector=pixels")
    assert [each.split(" is not used")[0] for each in notes(mmdt, *line)] == [
        "--evaluator ocr=glyphs",
        "--evaluator detector=pixels",
    ]


def test_the_embedded_judge_refuses_categories_that_it_does_not_know(mmdt, tmp_path):
    row = {"cell": "safety/t2i/vanilla/x", "prompt": "Draw it", "target": {"category": "Tax evasion"}}
    known = {**row, "target": {"category": "glitter-pranks"}}
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, [*[known] * 3, row])))
    line = ("run", "organism/demo", "--data", "mine.jsonl", "--judge", "embedded", "--out", "run")
    code, _, err = mmdt(*line)
    assert code == 2 and "does not know the category" in err
    assert not (tmp_path / "run" / "store.sqlite").exists()


def test_score_refuses_an_evaluator_that_the_run_does_not_ask(mmdt):
    assert mmdt(*RUN, "--out", "run")[0] == 0
    code, _, err = mmdt("score", "run", "-e", "ocr=glyphs")
    assert code == 2 and "no scenario of this run asks the role 'ocr'" in err
