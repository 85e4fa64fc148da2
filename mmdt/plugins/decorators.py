"""Decorators that register a user's own model, evaluator, attack or scenario from a single file or a notebook."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from mmdt.core.attack import Access, Attack, AttackKind
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.chat_format import read_messages
from mmdt.core.image import Image
from mmdt.core.modality import Modality
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.protocols import EvaluatorInfo, Item, ModelInfo, Request
from mmdt.core.scenario import Metric, Observations, Probe, Scenario
from mmdt.core.score import Score
from mmdt.errors import UsageError
from mmdt.plugins import registry

Thing = TypeVar("Thing", bound=Callable[..., Any])
Cases = Iterable[Case | Mapping[str, Any]] | Callable[[int, int], Iterable[Case]]
"""Cases, rows with ``prompt`` (and ``images``, ``target``, ``group``, ``system``), or ``make(seed, size)``."""


def model(name: str, *, modalities: Iterable[Modality] = ("i2t",), concurrency: int = 8) -> Callable[[Thing], Thing]:
    """Register a model runtime: ``@mmdt.model("parrot")`` answers to ``parrot/anything``.

    Decorates a factory ``(rest, settings) -> Model`` (a class will do), or a function of one request that returns
    text, an :class:`Output` or an :class:`Image`, plain or async.
    """

    def decorate(thing: Thing) -> Thing:
        if _arguments(thing) == 1:

            def factory(rest: str, settings: Mapping[str, Any]) -> FunctionModel:
                full = f"{name}/{rest}" if rest else name
                info = ModelInfo(full, frozenset(modalities), dict(settings), max_images=16, concurrency=concurrency)
                return FunctionModel(info, thing)

            factory.__doc__ = thing.__doc__
            factory.__module__ = thing.__module__
            registry.register(registry.MODELS, name, factory)
        else:
            registry.register(registry.MODELS, name, thing)
        return thing

    return decorate


def evaluator(name: str, *, role: str, version: str = "1") -> Callable[[Thing], Thing]:
    """Register an evaluator: ``@mmdt.evaluator("polite", role="judge")`` is chosen with ``--evaluator judge=polite``.

    Decorates a factory ``(rest, context) -> Evaluator`` (a class will do), or a function of one item that returns the
    value (a mapping) or an :class:`Observation`, plain or async. Raise ``version`` whenever its observations could
    change: what was stored under another version is observed again.
    """

    def decorate(thing: Thing) -> Thing:
        if _arguments(thing) == 1:

            def factory(rest: str, context: Any) -> FunctionEvaluator:
                if rest:
                    raise UsageError(f"the evaluator {name} takes no {rest!r}", hint=f"write {name} alone")
                return FunctionEvaluator(EvaluatorInfo(name, f"{role}.{name}@{version}", concurrency=8), thing)

            factory.__doc__ = thing.__doc__
            factory.__module__ = thing.__module__
            registry.register(registry.EVALUATORS, f"{role}.{name}", factory)
        else:
            registry.register(registry.EVALUATORS, f"{role}.{name}", thing)
        return thing

    return decorate


def attack(
    name: str,
    *,
    modalities: Iterable[Modality] = ("i2t", "t2i"),
    about: str = "",
    kind: AttackKind = "wording",
    access: Access = "black",
    source: str = "",
    **parameters: Any,
) -> Callable[[Thing], Thing]:
    """Register an attack: ``@mmdt.attack("shout")`` on a function ``(attempt, rng, **parameters) -> Attempt``.

    It must take all its randomness from ``rng`` and keep the ground truth of the case true. ``parameters`` are default
    values; ``about`` is the first line of the function's docstring by default. See :class:`mmdt.core.attack.Attack`.
    """

    def decorate(function: Thing) -> Thing:
        line = about or (inspect.getdoc(function) or "").partition("\n")[0]
        made = Attack(name, frozenset(modalities), function, line, kind, parameters, access, source)
        registry.register(registry.ATTACKS, name, made)
        return function

    return decorate


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
            from mmdt.stats.metrics import mean_of

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


@dataclass(frozen=True, slots=True)
class FunctionModel:
    """A model that is a function of one request."""

    info: ModelInfo
    function: Callable[[Request], Any]

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        return [_output(await _result(self.function, request)) for request in requests]

    async def close(self) -> None:
        """Nothing is held open."""


@dataclass(frozen=True, slots=True)
class FunctionEvaluator:
    """An evaluator that is a function of one item."""

    info: EvaluatorInfo
    function: Callable[[Item], Any]

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return [_observation(await _result(self.function, item)) for item in items]

    async def close(self) -> None:
        """Nothing is held open."""


async def _result(function: Callable[[Any], Any], argument: Any) -> Any:
    """What a plain function (run in a thread, so that it may block) or a coroutine function returns."""
    if inspect.iscoroutinefunction(function):
        return await function(argument)
    return await asyncio.to_thread(function, argument)


def _output(found: Any) -> Output:
    if isinstance(found, Output):
        return found
    return Output.answered(images=(found,)) if isinstance(found, Image) else Output.answered(str(found))


def _observation(found: Any) -> Observation:
    return found if isinstance(found, Observation) else Observation(found)


def _score(function: Callable[..., Any], component: str) -> Callable[[Case, Output, Observations], Score]:
    takes_observations = _arguments(function) != 2

    def score(case: Case, output: Output, observations: Observations) -> Score:
        found = function(case, output, observations) if takes_observations else function(case, output)
        if isinstance(found, Score):
            return found
        return Score(dict(found) if isinstance(found, Mapping) else {component: float(found)})

    return score


def _embedded(cases: Cases, cell: Cell) -> Callable[[int, int], Iterable[Case]]:
    if callable(cases):
        return cases
    made = [each if isinstance(each, Case) else _case(each, cell) for each in cases]
    return lambda seed, size: made


def _case(row: Mapping[str, Any], cell: Cell) -> Case:
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


def _picture(value: Any) -> Image:
    return value if isinstance(value, Image) else Image.from_path(value)


def _address(address: str) -> tuple[str, Modality, str]:
    parts = address.split("/")
    if len(parts) != 3:
        raise UsageError(f"{address!r} is not a scenario's address", hint="write perspective/modality/scenario")
    return parts[0], cast(Modality, parts[1]), parts[2]


def _arguments(thing: Callable[..., Any]) -> int:
    """How many positional arguments a function or a class takes."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(each.kind in kinds for each in inspect.signature(thing).parameters.values())
