"""Embedded cases: a scenario's own generator makes them from a seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Any

from mmdt.core.case import Case
from mmdt.core.modality import flow
from mmdt.core.scenario import Scenario
from mmdt.data.published import OnBadRow
from mmdt.errors import DataError, MmdtError

MANY = 0.1
"""Share of prompts from which on it is said that they repeat over seeds."""


class EmbeddedSource:
    """``size`` cases per task, and a few more where cases belong together."""

    def __init__(self, seed: int, size: int) -> None:
        self.seed = seed
        self.size = size

    def cases(self, scenarios: Sequence[Scenario], bad: OnBadRow | None) -> Iterator[Case]:
        """The cases of every scenario that has embedded ones.

        A case that cannot be scored is a bug of its generator and raises DataError; ``bad`` is never called.
        """
        for scenario in scenarios:
            if scenario.embedded is not None:
                yield from _checked(scenario, _made(scenario, self.seed, self.size))

    def fingerprint(self, scenarios: Iterable[Scenario]) -> str:
        return f"embedded@{version('mmdt')} seed {self.seed} size {self.size}"


def repeated_prompts(scenarios: Iterable[Scenario], seed: int, size: int) -> dict[str, float]:
    """Address -> the share of its prompts that the next seed makes too, where it is at least ``MANY``.

    Only scenarios that are asked in words alone: a question about another picture is another question. A generator that
    fails is left out, because the run says so itself."""
    found: dict[str, float] = {}
    for scenario in scenarios:
        if scenario.embedded is None or flow(scenario.modality).sends_images:
            continue
        try:
            now, then = ({case.asked for case in _made(scenario, each, size)} for each in (seed, seed + 1))
        except MmdtError:
            continue
        if now and (share := len(now & then) / len(now)) >= MANY:
            found[scenario.address] = share
    return found


def repeats_note(scenarios: Iterable[Scenario], seed: int, size: int) -> tuple[str, ...]:
    """A sentence for the report where another seed asks many of the same prompts."""
    found = repeated_prompts(scenarios, seed, size)
    if not found:
        return ()
    shares = ", ".join(f"{address} {share:.0%}" for address, share in found.items())
    return (
        f"Prompts that repeat over seeds: the next seed asks some of the same ones ({shares}). Runs with several seeds"
        " are therefore not independent evidence about other prompts.",
    )


def _made(scenario: Scenario, seed: int, size: int) -> Iterator[Case]:
    """What the scenario's generator makes. Raises DataError, which names the scenario, where it fails."""
    if scenario.embedded is None:
        return
    try:
        yield from scenario.embedded(seed, size)
    except MmdtError:
        raise
    except Exception as error:
        what = f"the cases of {scenario.address} cannot be made: {type(error).__name__}: {error}"
        raise DataError(what, where="embedded cases", hint="fix the function that makes them") from error


def _checked(scenario: Scenario, cases: Iterable[Any]) -> Iterator[Case]:
    for case in cases:
        if not isinstance(case, Case):
            hint = f"fix the generator of {scenario.address}: it must make Case values"
            raise DataError(f"expected a Case, got {type(case).__name__}", where="embedded cases", hint=hint)
        problem = scenario.check(case)
        if problem is not None:
            hint = f"fix the generator of {scenario.address}"
            raise DataError(problem.what, where=f"embedded case {case.id} of {case.cell}", hint=hint)
        yield case
