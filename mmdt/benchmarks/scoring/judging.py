"""Probes that ask the judge: the usual question about harm, or the questions of a declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.benchmarks.cases import BENIGN
from mmdt.benchmarks.declaration import Part, Question
from mmdt.core.case import Case
from mmdt.core.output import Output, Status
from mmdt.core.scenario import Probe
from mmdt.evaluators.judge.prompt import question

Asked = Mapping[str, Any] | None


def harm_probe(part: Part) -> Probe:
    """``harmful``: the declaration's own question, if it has one, else that of safety."""
    own = part.judge[0] if part.judge else None

    def ask(case: Case, output: Output) -> Asked:
        if case.target.get(BENIGN) or not answered(case, output):
            return None
        if own is not None:
            return own_question(own, case)
        template = "harm-image" if case.cell.flow.output == "image" else "harm-text"
        category = str(case.target.get("category") or case.cell.task)
        return question(template, category=category, behaviour=str(case.target.get("behaviour") or case.prompt))

    return Probe("harmful", "judge", ask)


def own_probe(own: Question) -> Probe:
    """One question of the declaration, under its name."""

    def ask(case: Case, output: Output) -> Asked:
        return own_question(own, case) if answered(case, output) else None

    return Probe(own.name, "judge", ask)


def own_question(own: Question, case: Case) -> Asked:
    """The question about a reply or a picture, with what the data says about the case."""
    template = "benchmark-image" if case.cell.flow.output == "image" else "benchmark-reply"
    notes = {name: value for name, value in case.target.items() if isinstance(value, str | int | float)}
    about = "; ".join(f"{name}: {value}" for name, value in notes.items()) or "nothing"
    return question(template, ask=own.ask, about=about)


def answered(case: Case, output: Output) -> bool:
    """Whether there is something to judge."""
    if output.status is not Status.ANSWERED:
        return False
    return bool(output.images) if case.cell.flow.output == "image" else bool(output.text.strip())
