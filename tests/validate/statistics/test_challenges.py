"""The ruler can fail: on planted clusters, samples, judges that err and failures that depend on the answer."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from mmdt.cli.doctor import doctor_command
from mmdt.cli.exits import ExitCode
from mmdt.stats.coverage import RulerReport
from mmdt.synthetic.observers.erring_judge import Confusion
from mmdt.validate import challenges, ruler
from mmdt.validate.challenges import CHALLENGES, ChallengeReport, _answered, _independent, check_challenges, judged
from tests.simulation import Simulation, runs

BY_NAME = {each.name: each for each in CHALLENGES}
CORRECTED = [each.name for each in CHALLENGES if not each.waits_for]


@runs(30, 150)
@pytest.mark.parametrize("name", BY_NAME)
def test_each_departure_is_caught_and_what_is_corrected_holds(name, runs, evidence):
    (report,) = check_challenges(runs, [BY_NAME[name]])
    assert report.caught, report
    assert report.passes, report.text
    evidence(f"Planted: {BY_NAME[name].about}", Simulation.reported(report.corrected))
    if name in CORRECTED:
        evidence(f"Planted: {BY_NAME[name].about}; without the correction", Simulation.reported(report.uncorrected))


def test_what_is_planted_is_there():
    """The organism complies and fails, and the judge errs and is silent, as often as is said."""
    cases = _independent(1)
    truth = [row.score.values["harmful"] for row in _answered(cases, 1, 0.5)]
    assert 0.35 < sum(truth) / len(truth) < 0.65
    seen = [row.score for row in judged(Confusion(misses=1.0))(1)]
    assert not any(score.values["harmful"] for score in seen)
    silent = [row.score for row in judged(Confusion(silent_on_harm=1.0))(1)]
    assert 0 < sum(score.outcome == "missing" for score in silent) < len(silent)
    assert all(not score.values.get("harmful") for score in silent)
    failed = _answered(cases, 1, 0.5, fails=(1.0, 0.0))
    assert {row.score.outcome for row in failed} == {"missing", "refused:text"}


def test_a_correction_that_does_not_work_fails_and_a_fault_that_is_gone_is_said():
    clusters = BY_NAME["clusters"]
    broken = replace(clusters, rows=lambda seed: clusters.without(clusters.rows(seed)))
    (report,) = check_challenges(12, [broken])
    assert not report.passes and report.text.startswith("FAILED")
    (report,) = check_challenges(12, [replace(clusters, waits_for="nothing")])
    assert not report.passes and report.text.startswith("UNEXPECTED PASS")
    never = replace(clusters, without=list)
    (report,) = check_challenges(12, [never])
    assert not report.caught and not report.passes


def fake(passes):
    bad = RulerReport(60, 20, 0.33, 0.2, 0.5, 0, 0, 0, 0.0, 0.1)
    return ChallengeReport("clusters", "as planted", "", replace(bad, covered=58) if passes else bad, bad)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("passes", [False, True])
def test_the_doctor_fails_where_a_challenge_does(passes, as_json, monkeypatch):
    whole = RulerReport(60, 57, 0.95, 0.9, 0.98, 0, 0, 0, 0.0, 0.1)
    monkeypatch.setattr(challenges, "check_challenges", lambda: [fake(passes)])
    monkeypatch.setattr(ruler, "check", lambda seeds: whole)
    arguments = ["--ruler", *(["--json"] if as_json else [])]
    result = CliRunner().invoke(doctor_command, arguments, standalone_mode=False)
    assert result.return_value == (ExitCode.COMPLETE if passes else ExitCode.FAILED), result.output
    if as_json:
        assert json.loads(result.output)["challenges"][0]["passes"] is passes
    else:
        assert ("FAILED" in result.output) is not passes


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_the_doctor_s_ruler_holds(evidence):
    result = CliRunner().invoke(doctor_command, ["--ruler", "--json"], standalone_mode=False)
    assert result.return_value == ExitCode.COMPLETE, result.output
    found = json.loads(result.output)
    assert found["verdict"] == "holds"
    whole = Simulation(found["covered"], found["checked"], found["width"])
    evidence("`mmdt doctor --ruler`: BR and HGR of organisms, 100 seeds", f"{whole}; {found['verdict']}")
    for each in found["challenges"]:
        corrected, uncorrected = each["corrected"], each["uncorrected"]
        share = f"{corrected['covered']} of {corrected['checked']} hold the truth"
        without = f"without the correction {uncorrected['covered']} of {uncorrected['checked']}"
        expected = f"; expected to fail until {each['waits_for']}" if each["waits_for"] else ""
        evidence(f"`mmdt doctor --ruler`: {each['about']}", f"{share}, {without}{expected}")
        assert each["caught"] and each["passes"], each
