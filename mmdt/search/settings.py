"""Settings of a search: one frozen value. Who is attacked, how, for what, and within which limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from mmdt.errors import UsageError
from mmdt.runs.settings import Settings, make_settings
from mmdt.search.behaviours import EMBEDDED
from mmdt.spelling import option

RULES = "rules"
"""The attacker that needs no model."""
MOST_QUERIES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """Everything that decides what a search asks.

    ``models``: the targets. ``behaviours``: a file, or ``embedded``; ``limit``: a seeded sample of them. ``methods``:
    how to search, each on every behaviour; ``method_options``: ``tap.width`` -> 3. ``queries``: of a target, for each
    behaviour and method. ``attacker``: a chat model, or ``rules``. ``moves``: the attacks to choose from (a few usual
    ones where none is named; ``all`` stands for every one that asks for nothing but answers). ``pictures``: whether an
    attacker's own words are drawn as a page, again at each turn (``always``, ``never``, or as the attacker says:
    ``auto``). ``rejudge``: a second judge of what succeeded. ``transfer``: try what succeeded on one target on every
    other one; ``found``: folders of earlier searches whose successes are tried as well. ``run``: judge, limits and
    endpoints, as of any run."""

    models: tuple[str, ...]
    behaviours: str = EMBEDDED
    limit: int | None = None
    methods: tuple[str, ...] = ("tap",)
    method_options: Mapping[str, Any] = field(default_factory=dict)
    queries: int = 20
    modality: Literal["", "i2t", "t2i", "t2t"] = ""
    attacker: str = RULES
    attacker_base_url: str = ""
    attacker_api_key_env: str = ""
    attacker_settings: Mapping[str, Any] = field(default_factory=dict)
    moves: tuple[str, ...] = ()
    pictures: Literal["auto", "always", "never"] = "auto"
    rejudge: str = ""
    transfer: bool = False
    found: tuple[str, ...] = ()
    run: Settings = field(default_factory=lambda: Settings(model="none"))

    def __post_init__(self) -> None:
        if not self.models:
            raise UsageError("no model is named", hint="name the model to attack first")
        if len(set(self.models)) < len(self.models):
            raise UsageError("a model is named twice", where=", ".join(self.models), hint="name each once")
        if not self.methods and not self.found:
            raise UsageError(f"{option('method')} is empty", hint="name one, such as tap")
        if not 1 <= self.queries <= MOST_QUERIES:
            hint = f"give a number from 1 to {MOST_QUERIES:,}"
            raise UsageError(f"{option('queries')} is {self.queries}", hint=hint)
        if self.limit is not None and self.limit < 1:
            raise UsageError(f"{option('limit')} is {self.limit}", hint="give a number above zero")
        if self.attacker == RULES and (self.attacker_base_url or self.attacker_settings):
            raise UsageError(
                "the attacker is not a model, and settings of one are given",
                hint=f"name it with {option('attacker', 'MODEL')}, or leave them out",
            )
        if self.run.batch != "none" or self.run.executor != "local":
            raise UsageError("a search asks one question after another, here", hint="leave out batches and executors")
        if self.rejudge and self.rejudge in self.run.judges:
            raise UsageError("the second judge is the first one", where=self.rejudge, hint="name another")

    def of_model(self, model: str) -> Settings:
        """The settings of a run with this target."""
        return _with_model(self.run, model)

    def for_attacker(self) -> dict[str, Any]:
        """Settings for the runtime of the attacker's model."""
        from mmdt.runs.endpoints import endpoint_settings

        given = {"base_url": self.attacker_base_url, "api_key_env": self.attacker_api_key_env}
        own = {**self.attacker_settings, **{name: value for name, value in given.items() if value}}
        return {**own, **endpoint_settings(self.attacker, self.run.endpoints)}


def _with_model(settings: Settings, model: str) -> Settings:
    values = msgspec.to_builtins(settings)
    return make_settings({**values, "model": model})


SEARCH_NAMES = tuple(name for name in SearchSettings.__dataclass_fields__ if name != "run")


def make_search(values: Mapping[str, Any], *, where: str = "settings") -> SearchSettings:
    """Settings from untyped values, those of a run among them. Raises UsageError naming an unknown or wrong one."""
    own = {name: values[name] for name in SEARCH_NAMES if name in values}
    run = make_settings(
        {**{name: each for name, each in values.items() if name not in own}, "model": "none"}, where=where
    )
    for name in ("models", "methods", "moves", "found"):
        if isinstance(given := own.get(name), str):
            own[name] = tuple(part.strip() for part in given.split(",") if part.strip())
    try:
        return msgspec.convert({**own, "run": run}, SearchSettings)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, UsageError):
            raise error.__cause__ from None
        raise UsageError(f"bad settings: {error}", where=where, hint="see docs/search.md") from error
