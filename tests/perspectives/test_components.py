"""Every built-in scenario declares the components that its score writes: all of them, and no others."""

import pytest

import mmdt
from mmdt import plugins

ORGANISMS = ("organism/demo", "organism/demo-flaky")
ONE_QUESTION = {"asks_origin", "asks_label"}
NEVER_HERE = {
    "adversarial/i2t/attack": ONE_QUESTION,
    "adversarial/i2t/clean": ONE_QUESTION,
    "fairness/i2t/decision_making": {"age_favoured", "age_other"},
    "fairness/i2t/stereotype": {"age_favoured", "age_other", "age_unknown"},
}
"""Components of an attribute in which embedded cases never differ, of questions that published
rows ask apart."""


def needs_other_data(name):
    """Whether embedded cases and organisms never write it: published rules that read a row, answers nobody can tell."""
    if name.startswith("over_refused") or name.endswith(("_guarded", "_change", "guard_asked")):
        return True  # benign cases have a scenario of their own, and there is no guard
    return name.startswith("published_") or name.endswith(("_published", "_unclear"))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Scenario -> the components that its scores wrote in runs of two organisms."""
    found = {}
    for number, organism in enumerate(ORGANISMS):
        run = mmdt.run(organism, size=4, out=tmp_path_factory.mktemp("runs") / str(number))
        for trial, scored in run.scored():
            assert "does not declare" not in scored.score.missing
            found.setdefault(trial.case.cell.parent, set()).update(scored.score.values)
    return found


def test_every_scenario_declares_components():
    assert all(scenario.components for scenario in plugins.scenarios().values())


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_is_declared_is_what_is_written(written):
    embedded = {address: each for address, each in plugins.scenarios().items() if each.embedded}
    assert written.keys() == embedded.keys()
    left = {
        address: sorted(set(each.components) - written[address] - NEVER_HERE.get(address, set()))
        for address, each in embedded.items()
    }
    left = {address: [name for name in names if not needs_other_data(name)] for address, names in left.items()}
    assert {address: names for address, names in left.items() if names} == {}
