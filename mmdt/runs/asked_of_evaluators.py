"""Refuses cases that an evaluator does not know, before anything is asked: an answer that nobody can judge is paid for
in vain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from mmdt.core.case import Case
from mmdt.core.output import Output
from mmdt.core.protocols import Evaluator
from mmdt.core.scenario import Scenario
from mmdt.errors import UsageError

Unfit = Callable[[Mapping[str, Any]], str]
"""An evaluator may have ``unfit``: why it can never answer a question, or an empty text."""


def refusing_unfit(
    cases: Iterator[Case], scenarios: Mapping[str, Scenario], evaluators: Mapping[str, Evaluator]
) -> Iterator[Case]:
    """The cases. Raises UsageError at the first one with a question that an evaluator says it can never answer."""
    able: dict[str, Unfit] = {}
    for role, evaluator in evaluators.items():
        if callable(found := getattr(evaluator, "unfit", None)):
            able[role] = found
    return _checked(cases, scenarios, able) if able else cases


def _checked(cases: Iterator[Case], scenarios: Mapping[str, Scenario], able: Mapping[str, Unfit]) -> Iterator[Case]:
    for case in cases:
        for probe in scenarios[case.cell.parent].probes:
            if probe.role in able:
                question = probe.question(case, any_answer(case.cell.flow.output))
                why = able[probe.role](question) if question is not None else ""
                if why:
                    hint = f"name another evaluator for the role {probe.role}, or select other cells"
                    raise UsageError(why, where=str(case.cell), hint=hint)
        yield case


@cache
def any_answer(medium: str) -> Output:
    """Any answer of this medium, to learn what would be asked about one."""
    from PIL import Image as Pil

    from mmdt.core.image import Image

    return (
        Output.answered(images=(Image.from_pil(Pil.new("RGB", (8, 8))),)) if medium == "image" else Output.answered("x")
    )
