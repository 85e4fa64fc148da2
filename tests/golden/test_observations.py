"""No evaluator sees something else under the fingerprint under which its observations are stored."""

import pytest

from mmdt.core.observation import Observation
from tests.golden.observations import BY_RUN, BY_SET, complaint, observe, read

NAMED = [*BY_SET, *((role, name) for role, (name, _) in BY_RUN.items())]


@pytest.mark.slow
@pytest.mark.parametrize(("role", "name"), NAMED, ids=lambda part: part)
def test_what_it_sees_changes_only_with_its_version(role, name):
    assert complaint(read()[f"{role}={name}"], observe(role, name)) == ""


def test_every_golden_evaluator_is_named():
    assert set(read()) == {f"{role}={name}" for role, name in NAMED}


def test_a_changed_rule_is_noticed(monkeypatch):
    from mmdt.evaluators import rule_evaluator

    async def observe_nothing(self, items):
        return [Observation({}) for _ in items]

    before = observe("matcher", "rules")
    monkeypatch.setattr(rule_evaluator.RuleEvaluator, "observe", observe_nothing)
    assert "raise its VERSION" in complaint(before, observe("matcher", "rules"))
    assert "was meant" in complaint(before, {**before, "fingerprint": "new", "seen": "other"})
    assert "fixed set has changed" in complaint(before, {**before, "inputs": "other"})
