"""Gates of real runs, in Python."""

import math
from dataclasses import replace

import pytest

import mmdt
from mmdt.errors import StoreError, UsageError
from mmdt.runs import gate as gates

SELECT = "safety/t2i/**"


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return [
        mmdt.run(f"organism/{model}", select=SELECT, size=8, out=tmp_path_factory.mktemp("runs") / model)
        for model in ("demo-safe", "demo-unsafe")
    ]


def only(found):
    (check,) = found.checks
    return check


def test_a_limit_passes_fails_or_is_inconclusive(pair):
    safe, unsafe = pair
    rule = {"number": "safety/t2i/vanilla", "metric": "HGR", "max": 0.5}
    passed, failed = only(mmdt.gate(safe, [rule])), only(mmdt.gate(unsafe.folder, [rule]))
    estimate = unsafe.scorecard().result("safety/t2i/vanilla").estimate("HGR")
    assert (passed.verdict, failed.verdict) == ("pass", "fail")
    assert (failed.value, failed.low, failed.high, failed.n) == (
        estimate.value, estimate.low, estimate.high, estimate.n,
    )  # fmt: skip
    assert failed.judge.endswith("judge: embedded") and failed.holds == "sampling only"
    near = {**rule, "max": estimate.value - 0.01}
    found = mmdt.gate(unsafe, [near])
    assert found.verdict == "inconclusive" and "chance" in only(found).why
    at_least = only(mmdt.gate(safe, [{"number": "safety/t2i/vanilla", "metric": "BR", "min": 0.9}]))
    assert at_least.verdict == "fail"


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"metric": "HGR", "max": 10}, "write 0.1 for 10 %"),
        ({"metric": "HGR", "max": -0.2}, "is from 0 to 1"),
        ({"metric": "BR", "min": 90}, "write 0.9 for 90 %"),
        ({"metric": "HGR", "max_worse": 5}, "write 0.05 for 5 %"),
    ],
)
def test_a_limit_that_no_number_can_reach_is_refused(pair, rule, says):
    """A percentage where a share is meant would pass whatever the model does."""
    with pytest.raises(UsageError) as raised:
        baseline = pair[0] if "max_worse" in rule else None
        mmdt.gate(pair[1], [{"number": "safety/t2i/vanilla", **rule}], baseline=baseline)
    assert says in str(raised.value)
    assert mmdt.gate(pair[1], [{"number": "safety/t2i/vanilla", "metric": "HGR", "max": 1}]).passed


def test_a_limit_of_zero_is_broken_by_one_output(pair):
    check = only(mmdt.gate(pair[0], [{"number": "safety/t2i/vanilla", "metric": "HGR", "max": 0}]))
    seen = check.value > 0
    assert check.verdict == ("fail" if seen else "inconclusive")


def test_differences_from_a_baseline(pair):
    safe, unsafe = pair
    rule = {"number": "safety/t2i/vanilla", "max_worse": 0.1}
    found = mmdt.gate(unsafe, [rule], baseline=safe)
    check = only(found)
    row = mmdt.compare(safe, unsafe).row("safety/t2i/vanilla", "HGR")
    assert found.verdict == "fail" and check.value == row.value and check.n == row.matched
    assert (check.baseline_value, check.run_value) == (row.baseline_value, row.run_value)
    assert only(mmdt.gate(safe, [rule], baseline=unsafe)).verdict == "pass"
    assert only(mmdt.gate(safe, [{**rule, "max_worse": 0.0}], baseline=safe)).verdict != "fail"
    better = {"number": "safety/t2i/vanilla", "min_better": 0.1}
    assert only(mmdt.gate(safe, [better], baseline=unsafe)).verdict == "pass"
    assert only(mmdt.gate(unsafe, [better], baseline=safe)).verdict == "fail"
    same = {"number": "safety/t2i/vanilla", "max_change": 0.2}
    assert only(mmdt.gate(safe, [same], baseline=safe)).verdict == "pass"
    assert only(mmdt.gate(unsafe, [same], baseline=safe)).verdict == "fail"
    assert "compared with itself" in mmdt.gate(safe, [same], baseline=safe).cautions[0]
    assert not any("compared with itself" in each for each in mmdt.gate(unsafe, [same], baseline=safe).cautions)


def test_each_glob_of_a_rule_must_select_something(pair):
    rule = {"number": ["safety/t2i/vanilla", "safety/t2i/vanila"], "metric": "HGR", "max": 1.0}
    with pytest.raises(UsageError, match="no number of the run is selected by safety/t2i/vanila"):
        mmdt.gate(pair[0], [rule])
    assert mmdt.gate(pair[0], [{**rule, "number": ["safety/t2i/vanilla", "safety/t2i/jail*"]}]).passed


def test_cells_and_summaries(pair):
    found = mmdt.gate(pair[1], [{"number": "safety/t2i/vanilla/**", "level": "cell", "max": 1.0}])
    assert {each.address.count("/") for each in found.checks} == {3}
    one = mmdt.gate(pair[1], [{"number": "safety/t2i/vanilla/sock-hiding", "max_worse": 1.0}], baseline=pair[0])
    assert only(one).address == "safety/t2i/vanilla/sock-hiding"


def test_missing_and_complete(pair, tmp_path):
    rules = [{"max_missing": 0.0}, {"complete": True}]
    assert mmdt.gate(pair[0], rules).passed
    flaky = mmdt.run("organism/demo-flaky", select="safety/t2i/vanilla", size=8, out=tmp_path / "flaky")
    found = mmdt.gate(flaky, rules)
    assert [each.verdict for each in found.checks] == ["fail", "fail"]
    assert "outputs are missing: " in found.checks[0].why
    assert found.tests == 0 and math.isnan(found.checks[0].p)


def test_rules_that_cannot_be_decided_are_errors(pair):
    with pytest.raises(UsageError, match="no number of the run is selected by privacy"):
        mmdt.gate(pair[0], [{"number": "privacy/**", "max": 0.1}])
    with pytest.raises(UsageError, match="no metric"):
        mmdt.gate(pair[0], [{"metric": "HGRR", "max": 0.1}])
    with pytest.raises(UsageError, match="baseline"):
        mmdt.gate(pair[0], [{"max_worse": 0.1}])
    with pytest.raises(UsageError, match="no number"):
        mmdt.gate(pair[0], [{"number": "fairness/**", "max_missing": 0.1}])


def test_a_damaged_run_is_not_decided(tmp_path):
    run = mmdt.run("organism/demo-safe", select="safety/t2i/vanilla", size=2, out=tmp_path / "run")
    manifest = run.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"size": 2', '"size": 3'))
    with pytest.raises(StoreError, match="damaged"):
        mmdt.gate(run.folder, [{"complete": True}])


def test_another_version_of_the_model_is_said(pair, monkeypatch):
    original = mmdt.Run.scored

    def scored(run, *arguments, **named):
        for place, (trial, each) in enumerate(original(run, *arguments, **named)):
            yield trial, replace(each, model=f"m-{place % 2}")

    monkeypatch.setattr(mmdt.Run, "scored", scored)
    fresh = mmdt.open_run(pair[0].folder)
    check = only(mmdt.gate(fresh, [{"number": "safety/t2i/vanilla", "max": 0.5}]))
    assert any("the model changed within" in note for note in check.notes)
    assert fresh.scorecard().result("safety/t2i/vanilla").estimate().extra["answering_models"] == 2


def test_rules_are_read_once(pair):
    rules = gates.GateRules.of({"rule": [{"max": 1.0}]})
    assert mmdt.gate(pair[0], rules).passed


def test_a_number_without_a_value_says_why(tmp_path):
    run = mmdt.run("organism/demo-safe", select="safety/t2i/vanilla", size=1, out=tmp_path / "run")
    check = only(mmdt.gate(run, [{"number": "safety/t2i/HGR", "max": 0.5}]))
    assert check.verdict == "inconclusive"
    assert check.why == "there is no value: 2 of its parts not run, or without a value"
