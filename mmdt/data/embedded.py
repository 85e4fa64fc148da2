"""Embedded cases: a scenario's own generator makes them from a seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version

from mmdt.core.case import Case
from mmdt.core.scenario import Scenario
from mmdt.data.published import OnBadRow
from mmdt.errors import DataError


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
                yield from _checked(scenario, scenario.embedded(self.seed, self.size))

    def fingerprint(self, scenarios: Iterable[Scenario]) -> str:
        return f"embedded@{version('mmdt')} seed {self.seed} size {self.size}"


def _checked(scenario: Scenario, cases: Iterable[Case]) -> Iterator[Case]:
    for case in cases:
        problem = scenario.check(case)
        if problem is not None:
            hint = f"fix the generator of {scenario.address}"
            raise DataError(problem.what, where=f"embedded case {case.id} of {case.cell}", hint=hint)
        yield case
