"""The registry: models, evaluators, attacks, scenarios and perspectives by name, from entry points or this process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from mmdt.core.attack import Attack
from mmdt.core.protocols import Evaluator, EvaluatorContext, Model
from mmdt.core.scenario import Perspective, Scenario
from mmdt.errors import UsageError
from mmdt.plugins.labelled import labelled

ModelFactory = Callable[[str, Mapping[str, Any]], Model]
"""``factory(rest, settings)``: for ``openai/gpt-4o`` the entry point ``openai`` is called with ``gpt-4o``."""
EvaluatorFactory = Callable[[str, EvaluatorContext], Evaluator]
"""``factory(rest, context)``: for the role ``judge`` and the name ``chat/openai/gpt-4o`` the entry point ``judge.chat``
is called with ``openai/gpt-4o``."""

MODELS = "mmdt.models"
EVALUATORS = "mmdt.evaluators"
PERSPECTIVES = "mmdt.perspectives"
SCENARIOS = "mmdt.scenarios"
ATTACKS = "mmdt.attacks"
SURROGATES = "mmdt.surrogates"
"""Networks that attacks on pictures ask in place of the model: name -> ``open(rest)``."""
JUDGE_PROMPTS = "mmdt.judge_prompts"
EXPORTS = "mmdt.exports"
SEARCHES = "mmdt.searches"
BENCHMARKS = "mmdt.benchmarks"
"""Named benchmarks that this process uses, as perspectives of their own; packages offer more as TOML files."""
ENDPOINT = "endpoint"
"""The setting of a model that is reached through a named endpoint."""

_registered: dict[tuple[str, str], Any] = {}
_files: dict[tuple[str, str], str] = {}
"""The plugin file that registered something, where one did."""


@dataclass
class _Loading:
    """The plugin file that is being loaded, and how often something was registered."""

    file: str = ""
    changes: int = 0
    worker: bool = False


_loading = _Loading()


def register(group: str, name: str, thing: Any) -> None:
    """Add something in this process only (a notebook, a test, a plugin file); packages use an entry point."""
    _registered[group, name] = thing
    _files.pop((group, name), None)
    if _loading.file:
        _files[group, name] = _loading.file
    _loading.changes += 1
    perspectives.cache_clear()


def changes() -> int:
    """How often something was registered in this process."""
    return _loading.changes


@contextmanager
def loading(file: str) -> Iterator[None]:
    """What is registered meanwhile comes from that plugin file."""
    before, _loading.file = _loading.file, file
    try:
        yield
    finally:
        _loading.file = before


@contextmanager
def on_worker() -> Iterator[None]:
    """What is loaded meanwhile is loaded on a worker, which has no other files of the user."""
    _loading.worker = True
    try:
        yield
    finally:
        _loading.worker = False


def is_worker() -> bool:
    """Whether plugin files are being loaded on a worker."""
    return _loading.worker


def only_here(group: str, name: str) -> bool:
    """Whether something is known to this process alone: registered in it, and not by a plugin file."""
    return (group, name) in _registered and (group, name) not in _files


def names(group: str) -> list[str]:
    """Every name in a group, sorted."""
    return sorted({*_installed(group), *(name for found, name in _registered if found == group)})


@cache
def _installed(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in _all_installed().select(group=group)}


def packages() -> list[str]:
    """The installed packages that extend mmdt, by the names of their distributions, sorted."""
    groups = (MODELS, EVALUATORS, PERSPECTIVES, SCENARIOS, ATTACKS, SEARCHES, JUDGE_PROMPTS, EXPORTS)
    points = (point for group in groups for point in _installed(group).values())
    found = {id(point.dist): point.dist for point in points if point.dist is not None}  # its name is slow to read
    return sorted({each.name for each in found.values()})


@cache
def _all_installed() -> Any:
    """Read once: reading the metadata of everything installed takes a good part of a short run."""
    return entry_points()


def find(group: str, name: str, what: str) -> Any:
    """What is registered or installed under a name. Raises UsageError listing the known names."""
    if (group, name) in _registered:
        return _registered[group, name]
    point = _installed(group).get(name)
    if point is None:
        known = ", ".join(names(group)) or "none"
        raise UsageError(f"unknown {what} {name!r}", hint=f"use one of: {known}")
    return point.load()


def open_model(name: str, settings: Mapping[str, Any] | None = None) -> Model:
    """The model of that name. Raises UsageError when no runtime has the name's first part.

    The setting ``endpoint`` (``runtime`` and settings) says what is behind the first part, where it is the name of a
    server and not of a runtime.
    """
    runtime, _, rest = name.partition("/")
    given = dict(settings or {})
    endpoint = given.pop(ENDPOINT, None)
    if endpoint is not None:
        runtime = endpoint["runtime"]
        given = {**endpoint["settings"], **given}
    factory = cast(ModelFactory, find(MODELS, runtime, "model runtime"))
    return labelled(name, factory(rest, given))


def open_evaluator(role: str, name: str, context: EvaluatorContext) -> Evaluator:
    """The evaluator of that name for a role. Raises UsageError when there is none."""
    kind, _, rest = name.partition("/")
    factory = cast(EvaluatorFactory, find(EVALUATORS, f"{role}.{kind}", f"evaluator for the role {role!r}:"))
    return factory(rest, context)


def attacks() -> list[str]:
    """The names of all attacks, sorted."""
    return names(ATTACKS)


def attack(name: str) -> Attack:
    """The attack of that name. Raises UsageError when there is none, or when what has the name is not an Attack."""
    found = find(ATTACKS, name, "attack")
    if not isinstance(found, Attack):
        hint = "register a mmdt.core.attack.Attack"
        raise UsageError(f"the attack {name!r} is a {type(found).__name__}, not an Attack", hint=hint)
    return found if found.name == name else replace(found, name=name)


@cache
def perspectives() -> tuple[Perspective, ...]:
    """All perspectives by name, and the benchmarks in use. Third parties' scenarios join the perspective they name, or
    make a new one."""
    found = {name: cast(Perspective, find(PERSPECTIVES, name, "perspective")) for name in names(PERSPECTIVES)}
    found |= {name: thing for (group, name), thing in sorted(_registered.items(), key=_key) if group == BENCHMARKS}
    extra = [cast(Scenario, find(SCENARIOS, name, "scenario")) for name in names(SCENARIOS)]
    for scenario in extra:
        found.setdefault(scenario.perspective, Perspective(scenario.perspective, scenario.perspective, ()))
    return tuple(_joined(perspective, extra) for perspective in found.values())


def perspective_names() -> set[str]:
    """The names of all perspectives. Those that are installed are not imported for it."""
    here = {name for group, name in _registered if group == BENCHMARKS}
    extra = {cast(Scenario, find(SCENARIOS, name, "scenario")).perspective for name in names(SCENARIOS)}
    return here | extra | {*names(PERSPECTIVES)}


def _key(entry: tuple[tuple[str, str], Any]) -> tuple[str, str]:
    return entry[0]


def _joined(perspective: Perspective, extra: list[Scenario]) -> Perspective:
    own = {scenario.address: scenario for scenario in perspective.scenarios}
    own |= {scenario.address: scenario for scenario in extra if scenario.perspective == perspective.name}
    return replace(perspective, scenarios=tuple(own.values()))


def scenarios() -> dict[str, Scenario]:
    """Every scenario by its address."""
    return {scenario.address: scenario for perspective in perspectives() for scenario in perspective.scenarios}


def describe(group: str, name: str) -> str:
    """One sentence about what is registered under a name: the first of its module's docstring, or of its own.

    Empty where it cannot be imported here.
    """
    try:
        found = find(group, name, "entry")
    except ImportError:
        return ""
    if isinstance(found, Attack):
        needs = "" if found.access == "black" else f" ({found.access} box: needs a surrogate)"
        return f"{', '.join(sorted(found.modalities))}: {found.about}{needs}"
    if group == SEARCHES:
        return f"{', '.join(sorted(found.modalities))}: {found.about}"
    home = sys.modules.get(getattr(found, "__module__", ""))
    own = getattr(found, "__doc__", "") or ""
    text = (own if (group, name) in _registered or group == EXPORTS else getattr(home, "__doc__", "") or own).strip()
    first = text.partition("\n\n")[0]
    return " ".join(first.replace("``", "").split()).rstrip(".")
