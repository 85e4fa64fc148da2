"""`mmdt explain` on organisms with one planted fault each: the fault is named, and no other."""

import itertools
import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

import mmdt as mmdt_module
from mmdt.cli import main
from mmdt.cli.run import run_command
from mmdt.errors import UsageError
from mmdt.report import explained

QUICK = {
    "memorises": ("privacy/t2i/training",),
    "coarse-not-fine-location": ("privacy/i2t/location",),
    "refuses-everything": ("safety/i2t/**",),
}
SIZE = {"refuses-everything": 8}
EVERY = (
    "bypassed-but-harmless", "refuses-everything", "harmful-once-past-filter", "diversity-over-history",
    "relies-on-priors", "obeys-text", "brittle", "coarse-not-fine-location", "memorises", "text-safe-picture-unsafe",
    "spatially-blind",
)  # fmt: skip


WHOLE = (
    "safety/**", "hallucination/**", "fairness/**", "privacy/**", "adversarial/**", "ood/t2i/**", "ood/i2t/original",
    "ood/i2t/gaussian_noise", "ood/i2t/Van_Gogh",
)  # fmt: skip


@pytest.fixture(scope="module")
def organisms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("organisms")
    return {
        name: mmdt_module.run(f"organism/demo-{name}", select=select, size=SIZE.get(name), out=folder / name)
        for name, select in QUICK.items()
    }


@pytest.mark.parametrize("name", QUICK)
def test_the_planted_fault_is_named_and_no_other(organisms, name):
    found = mmdt_module.explain(organisms[name])
    assert found.shown == (name,)
    [shown] = found.runs[0].shown
    assert all(each.measured.n and each.p < 0.05 for each in shown.evidence)
    assert f"organism/demo-{name}" in shown.confirm[0]


@pytest.mark.prove
@pytest.mark.parametrize("name", ["sound", *EVERY])
def test_a_whole_run_shows_its_fault_and_no_other(tmp_path, name, evidence):
    """Of the alterations of pictures, which take most of the time to see through, one corruption and one style."""
    run = mmdt_module.run(f"organism/demo-{name}", select=WHOLE, size=20, out=tmp_path / "run")
    shown = mmdt_module.explain(run).shown
    evidence(f"A whole run of demo-{name}: shown", ", ".join(shown) or "none")
    assert shown == (() if name == "sound" else (name,))


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main([str(each) for each in arguments])
    return ended.value.code, *capsys.readouterr()


def test_the_verb_prints_evidence_and_the_confirming_command(organisms, capsys):
    code, out, _ = call(capsys, "explain", organisms["memorises"].folder)
    assert code == 0
    assert "[shown] Memorises training pictures" in out and "Near copies of training pictures: 0." in out
    assert "Confirm: mmdt run organism/demo-memorises --select 'privacy/t2i/training'" in out
    assert "Not tested, as the run lacks outputs:" in out


def test_json_has_every_part_and_no_nan(organisms, capsys):
    run = organisms["refuses-everything"].folder
    code, out, _ = call(capsys, "explain", run, organisms["memorises"].folder, "--json")
    assert code == 0
    found = json.loads(out, parse_constant=pytest.fail)
    assert [each["run"] for each in found["runs"]] == ["organism/demo-refuses-everything", "organism/demo-memorises"]
    first = found["runs"][0]
    assert len(first["plane"]) == 24 and first["slices_tested"] > 20
    assert {each["verdict"] for each in first["findings"]} >= {"shown", "not tested"}
    assert found["correlations"] and {each["place"] for each in found["fronts"]} == {"on the front"}


def test_the_plane_is_drawn_in_a_folder_and_on_the_page(organisms, capsys, tmp_path):
    run = organisms["refuses-everything"]
    code, out, _ = call(capsys, "explain", run.folder, "--figures", tmp_path / "pictures", "--json")
    written = [json.loads(line)["path"] for line in out.splitlines()[1:]]
    assert code == 0 and [Path(each).name for each in written] == [
        f"resilience-i2t.{end}" for end in ("svg", "png", "csv")
    ]
    rows = (tmp_path / "pictures" / "resilience-i2t.csv").read_text().splitlines()
    assert len(rows) == 1 + len(mmdt_module.explain(run).runs[0].plane)
    assert 'id="figure-resilience-i2t"' in run.report(tmp_path / "r.html").read_text("utf-8")
    assert mmdt_module.explain(organisms["memorises"]).figures(tmp_path / "none") == []


def test_slices_by_a_key_of_the_target(organisms, capsys):
    run = organisms["refuses-everything"]
    keys = {each.key for each in mmdt_module.explain(run, by="category").runs[0].worst.slices}
    assert keys <= {"category"}
    with pytest.raises(UsageError, match="no case has 'nothing'"):
        mmdt_module.explain(run, by=["nothing"])
    assert call(capsys, "explain", run.folder, "--by", "nothing")[0] == 2


def test_two_runs_of_one_model_have_labels_of_their_own(organisms):
    run = organisms["memorises"]
    assert len({each.run for each in mmdt_module.explain(run, run).runs}) == 2


def test_the_report_has_the_section(organisms, tmp_path):
    page = organisms["memorises"].report(tmp_path / "r.html").read_text("utf-8")
    assert 'id="explained"' in page and "Memorises training pictures" in page and 'href="#explained"' in page


def test_a_run_that_stopped_by_its_results_says_so(organisms, capsys, tmp_path):
    run = mmdt_module.run("organism/demo", select="privacy/t2i/training", until="width=0.5", out=tmp_path / "run")
    assert "stopped by its results" in call(capsys, "explain", run.folder)[1]
    assert "stopped by its results" not in call(capsys, "explain", organisms["memorises"].folder)[1]


def test_a_run_that_lacks_outputs_says_so(tmp_path):
    run = mmdt_module.run("organism/demo-flaky", select="safety/i2t/typography", size=3, out=tmp_path / "run")
    missing = run.scorecard().result("safety/i2t/typography").tally.missing
    assert missing and mmdt_module.explain(run).runs[0].note.startswith(f"Incomplete: {missing} of 18 outputs have")


def test_another_version_of_the_model_is_said(organisms, monkeypatch):
    run = organisms["memorises"]
    original, version = mmdt_module.Run.scored, {}

    def scored(self, *arguments, **named):
        for place, (trial, each) in enumerate(original(self, *arguments, **named)):
            yield trial, replace(each, model=version.get(place % 2, "m-1"), system=version.get("system", "s-1"))

    monkeypatch.setattr(mmdt_module.Run, "scored", scored)
    first = mmdt_module.open_run(run.folder)
    first.scorecard()
    assert mmdt_module.explain(first).runs[0].note == ""
    version |= {0: "m-2", "system": "s-2"}
    found = mmdt_module.explain(first, mmdt_module.open_run(run.folder)).runs
    assert "The model changed within" in found[1].note and "m-2" in found[1].note
    assert "system changed between the runs" in found[1].note and "between" not in found[0].note


def test_no_run_is_an_error_that_says_so():
    with pytest.raises(UsageError, match="no run is named"):
        mmdt_module.explain()


def test_the_confirming_command_asks_the_same_model_in_the_same_way():
    settings = {
        "model": "openai/my model & $x {modality}",
        "base_url": "http://127.0.0.1:8000/v1?a=1&b=2",
        "endpoints": {"mine": {"url": "http://127.0.0.1:1/v1", "key": "MY_KEY"}},
        "model_settings": {"temperature": 0.5},
        "judge": ("mine/one", "mine/two"),
        "vote": "any",
        "evaluators": {"detector": "pixels"},
        "allow_embedded_judge": True,
        "careful": False,
        "judge_base_url": "",
        "plugins": ("my file.py",),
    }
    words = shlex.split(explained._asked(settings))
    assert words[:3] == [settings["model"], "--base-url", settings["base_url"]]
    given = dict(itertools.pairwise(words))
    assert given["--endpoint"] == "mine=http://127.0.0.1:1/v1,key=MY_KEY" and given["--set"] == "temperature=0.5"
    assert given["--evaluator"] == "detector=pixels" and given["--plugin"] == "my file.py" and given["--vote"] == "any"
    assert [words[at + 1] for at, each in enumerate(words) if each == "--judge"] == ["mine/one", "mine/two"]
    known = {name for each in run_command.params for name in each.opts}
    assert {each for each in words if each.startswith("--")} <= known
    assert explained._asked({"model": "organism/demo", "judge": "", "vote": "majority"}) == "organism/demo"
    assert explained._asked({}) == "MODEL"


def test_nothing_to_divide_is_said(capsys, tmp_path):
    run = mmdt_module.run("organism/demo", select="privacy/t2i/training", size=1, out=tmp_path / "run")
    out = call(capsys, "explain", run.folder)[1]
    assert ("divides the outputs" in out) == (not mmdt_module.explain(run).runs[0].worst.slices)
