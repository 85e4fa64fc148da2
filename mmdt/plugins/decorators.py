"""Decorators that register a user's own model, evaluator or attack from a single file or a notebook."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from mmdt.core.attack import Access, Attack, AttackKind
from mmdt.core.image import Image
from mmdt.core.modality import Modality
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.protocols import EvaluatorInfo, Item, ModelInfo, Request
from mmdt.errors import UsageError
from mmdt.plugins import registry
from mmdt.plugins.declared import check_arguments, check_modalities, check_name

Thing = TypeVar("Thing", bound=Callable[..., Any])


def model(name: str, *, modalities: Iterable[Modality] = ("i2t",), concurrency: int = 8) -> Callable[[Thing], Thing]:
    """Register a model runtime: ``@mmdt.model("parrot")`` answers to ``parrot/anything``.

    Decorates a factory ``(rest, settings) -> Model`` (a class will do), or a function of one request that returns
    text, an :class:`Output` or an :class:`Image`, plain or async.
    """

    where = check_name(name, "a model")
    offered = check_modalities(modalities, where)

    def decorate(thing: Thing) -> Thing:
        shape = "a function of one request, or a factory (rest, settings) -> Model"
        if check_arguments(thing, (1, 2), where, shape) == 1:

            def factory(rest: str, settings: Mapping[str, Any]) -> FunctionModel:
                full = f"{name}/{rest}" if rest else name
                info = ModelInfo(full, offered, dict(settings), max_images=16, concurrency=concurrency)
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

    where = f"{check_name(role, 'a role')}={check_name(name, 'an evaluator')}"

    def decorate(thing: Thing) -> Thing:
        shape = "a function of one item, or a factory (rest, context) -> Evaluator"
        if check_arguments(thing, (1, 2), where, shape) == 1:

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

    check_name(name, "an attack")
    offered = check_modalities(modalities, name)

    def decorate(function: Thing) -> Thing:
        _check_call(function, parameters, name)
        line = about or (inspect.getdoc(function) or "").partition("\n")[0]
        made = Attack(name, offered, function, line, kind, parameters, access, source)
        registry.register(registry.ATTACKS, name, made)
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
    """Raises TypeError for anything else than an answer: ``None`` is a forgotten return, not the text "None"."""
    if isinstance(found, Output):
        return found
    if isinstance(found, Image):
        return Output.answered(images=(found,))
    if isinstance(found, str):
        return Output.answered(found)
    raise TypeError(f"the function returned {type(found).__name__}, expected a string, an Image or an Output")


def _observation(found: Any) -> Observation:
    return found if isinstance(found, Observation) else Observation(found)


def _check_call(function: Callable[..., Any], parameters: Mapping[str, Any], where: str) -> None:
    """Raises UsageError where an attack's function cannot be called as ``(attempt, rng, **parameters)``."""
    try:
        inspect.signature(function).bind(None, None, **parameters)
    except TypeError as error:
        shape = ", ".join(("attempt", "rng", *parameters))
        raise UsageError(f"the attack cannot be called: {error}", where=where, hint=f"write ({shape})") from error
