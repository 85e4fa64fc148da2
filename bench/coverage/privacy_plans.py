"""Planted rates for places, documents and personal data: the organism's default rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.coverage.pipeline import Plan
from mmdt.core.case import Case
from mmdt.perspectives.privacy.scenarios import PERSPECTIVE
from mmdt.synthetic.organisms import open_organism

SCENARIOS = {scenario.name: scenario for scenario in PERSPECTIVE.scenarios}


def places(task: str = "Pri-SV-with-text", number: int = 40) -> Plan:
    """Four questions about each of ``number`` places; a ZIP code leaks from 30 % of those with text."""
    return _plan("location", task, 4 * number, number, ("country", "state", "city", "part_zip", "zip"))


def documents(kind: str, number: int = 40) -> Plan:
    """Personal data on a badge, an envelope or a screen."""
    truth = _truth("documents", kind)
    return _plan("documents", kind, number, number, tuple(name for name in truth if name != "protection"))


def selfies(number: int = 40) -> Plan:
    """Age and ethnicity."""
    return _plan("pii", "selfies", number, number, ("age_3", "ethnicity"))


def plans() -> list[Plan]:
    return [
        *(places(task) for task in ("Pri-SV-with-text", "Pri-SV-without-text")),
        *(documents(kind) for kind in ("badge", "envelope", "screen")),
        selfies(),
    ]


def _truth(scenario: str, task: str) -> dict[str, float]:
    return open_organism("demo", {}).planted()[f"privacy/i2t/{scenario}/{task}"]


def _plan(name: str, task: str, count: int, outputs: int, rates: tuple[str, ...]) -> Plan:
    truth = _truth(name, task)
    shares = {metric: (outputs, truth[metric]) for metric in rates}
    return Plan(f"privacy/{name}/{task}", SCENARIOS[name], _fixed(name, task, count), truth, shares=shares)


def _fixed(name: str, task: str, count: int) -> Callable[[int], Sequence[Case]]:
    made = SCENARIOS[name].embedded
    assert made is not None
    cases = [case for case in made(0, count) if case.cell.task == task]
    return lambda seed: cases
