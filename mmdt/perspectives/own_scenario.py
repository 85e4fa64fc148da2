"""The decorator that makes a scenario of a score function, from a user's own file or a notebook."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.chat_format import read_messages
from mmdt.core.image import Image
from mmdt.core.modality import Modality
from mmdt.core.output import Output
from mmdt.core.scenario import Metric, Observations, Probe, Scenario
from mmdt.core.score import Score
from mmdt.errors import UsageError
from mmdt.plugins import registry
from mmdt.plugins.declared import check_arguments
from mmdt.stats.metrics import mean_of

Thing = TypeVar("Thing", bound=Callable[..., Any])
Cases = Iterable[Case | Mapping[str, Any]] | Callable[[int, int], Iterable[Case]]
"""Cases, rows with ``prompt`` (and ``images``, ``target``, ``group``, ``system``), or ``make(seed, size)``."""


def scenario(
    address: str,
    *,
    cases: Cases,
    title: str = "",
    task: str = "all",
    probes: Sequence[Probe] = (),
    metrics: Sequence[Metric] = (),
    higher_is_better: bool = True,
    about: str = "",
    components: Sequence[str] = (),
) -> Callable[[Thing], Thing]:
    """Register a scenario by its score function: ``@mmdt.scenario("custom/i2t/greets", cases=[{"prompt": "Hi"}])``.

    The function takes ``(case, output)`` or ``(case, output, observations)`` and returns a number or a bool (the one
    component, named after the function), a mapping of components, or a :class:`Score`. The headline is the first of
    ``metrics``; without any, the mean of the function's own component. ``components``: everything that the function
    writes, where that is more than the metrics read.
    """

    def decorate(function: Thing) -> Thing:
        perspective, modality, name = _address(address)
        component = function.__name__
        if metrics:
            chosen = tuple(metrics)
        else:
            direction = "higher" if higher_is_better else "lower"
            chosen = (mean_of(component, title=title or component, direction=direction),)  # type: ignore[arg-type]
        cell = Cell(perspective, modality, name, task)
        made = Scenario(
            perspective=perspective,
            modality=modality,
            name=name,
            title=title or name.replace("-", " ").replace("_", " "),
            tasks=(task,),
            score=_score(function, component),
            metrics=chosen,
            headline=chosen[0].name,
            probes=tuple(probes),
            embedded=_embedded(cases, cell),
            about=about or inspect.getdoc(function) or "",
            components=tuple(components),
        )
        registry.register(registry.SCENARIOS, made.address, made)
        return function

    return decorate


def _score(function: Callable[..., Any], component: str) -> Callable[[Case, Output, Observations], Score]:
    shape = "(case, output), or (case, output, observations)"
    takes_observations = check_arguments(function, (2, 3), component, shape) != 2

    def score(case: Case, output: Output, observations: Observations) -> Score:
        found = function(case, output, observations) if takes_observations else function(case, output)
        if isinstance(found, Score):
            return found
        named = found if isinstance(found, Mapping) else {component: found}
        return Score({name: _number(value, name) for name, value in named.items()})

    return score


def _number(value: Any, name: str) -> float:
    """Raises TypeError for what is no number: ``None`` is a forgotten return."""
    if value is None or isinstance(value, str | bytes):
        raise TypeError(f"expected a number for {name}, got {value!r}")
    return float(value)


def _embedded(cases: Cases, cell: Cell) -> Callable[[int, int], Iterable[Case]]:
    if callable(cases):
        return cases
    made = [each if isinstance(each, Case) else _case(each, cell) for each in cases]
    if not made:
        raise UsageError("the scenario has no cases", where=str(cell), hint='write cases=[{"prompt": "..."}]')
    return lambda seed, size: made


def _case(row: Any, cell: Cell) -> Case:
    if not isinstance(row, Mapping):
        what = f"expected a case, got {type(row).__name__}"
        raise UsageError(what, where=str(cell), hint='write {"prompt": "..."}, or a Case')
    _check_types(row, cell)
    unknown = row.keys() - {"prompt", "messages", "images", "target", "group", "system"}
    if unknown or ("prompt" in row) == ("messages" in row):
        what = f"unknown keys: {', '.join(sorted(unknown))}" if unknown else "neither or both of prompt and messages"
        hint = "use prompt (with images and system) or messages, and target and group"
        raise UsageError(f"a case has {what}", where=str(cell), hint=hint)
    images = tuple(map(_picture, row.get("images", ())))
    if "messages" in row:
        messages = read_messages(row["messages"], _picture, images)
        return Case.of_messages(cell, messages, row.get("target"), row.get("group", ""))
    return Case.make(cell, row["prompt"], images, row.get("target"), row.get("group", ""), row.get("system", ""))


def _check_types(row: Mapping[str, Any], cell: Cell) -> None:
    """Raises UsageError for a value that a case cannot hold."""
    for name, kind, words in (
        ("prompt", str, "a string"),
        ("system", str, "a string"),
        ("group", str, "a string"),
        ("images", (list, tuple), "a list"),
        ("target", Mapping, "a mapping"),
    ):
        if name in row and not isinstance(row[name], kind) and row[name] is not None:
            what = f"expected {words} for {name}, got {type(row[name]).__name__}"
            raise UsageError(what, where=str(cell), hint=f"correct the case {dict(row)!r}"[:300])


def _picture(value: Any) -> Image:
    return value if isinstance(value, Image) else Image.from_path(value)


def _address(address: str) -> tuple[str, Modality, str]:
    parts = address.split("/")
    if len(parts) != 3:
        raise UsageError(f"{address!r} is not a scenario's address", hint="write perspective/modality/scenario")
    return parts[0], cast(Modality, parts[1]), parts[2]
