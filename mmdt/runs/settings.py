"""Settings of a run: one frozen value, from keyword arguments, a TOML file or the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import msgspec

from mmdt.engine.endpoint.retry import PATIENCE
from mmdt.errors import UsageError
from mmdt.evaluators.known.questions import MOST as MOST_KNOWN
from mmdt.models.http.keys import check_variable
from mmdt.runs.endpoints import endpoint_settings, parse
from mmdt.spelling import option

AUTO = "auto"
MOST = 10**12
"""An upper bound for every number in the settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that decides what a run asks, and how. Keys and other secrets are never settings.

    ``benchmark``: names of benchmarks, or TOML files that declare some of your own. ``data``: ``auto`` (embedded for
    organisms, the published data otherwise), ``hub``, ``embedded`` or a path; several are read together. ``images``:
    folders of pictures that rows of a benchmark name. ``control``: ask every question about a picture a second time,
    without it (``blind``) or with a grey one (``grey``). ``size``: embedded cases a task. ``limit``: the most cases a
    cell (a seeded sample). ``judge``: the chat model or guard that judges, or ``embedded``; several are a panel, asked
    in this order until its ``vote`` is decided. ``careful``: judges answer a second question where one alone could be
    answered blindly. ``evaluators``: role -> evaluator name. ``guard``: a model or moderation endpoint (or
    ``embedded``) that is tried in front of the model and behind it, as ``guard_on`` says. ``concurrency``: requests in
    flight (adaptive when absent). ``known_answers``: questions with known answers that each judge is asked first, in
    each role (at most 4; 0 is none). ``rpm``/``tpm``: requests and tokens a minute. ``max_cost`` in US dollars and
    ``max_requests`` stop the run cleanly. ``until``: rules such as ``width=0.06`` and ``safety/**/HGR<0.1``; cases are
    asked in random order, and those of a cell no more once its rules are decided. ``timeout``: seconds an attempt.
    ``reuse``: folders of earlier runs; their answers for the same model, settings, case and seed are not asked again.
    ``cut_off``: answers that a token limit cut off are scored by what is there (``keep``) or count as ``missing``; they
    are counted either way. ``plugins``: Python files that register models, evaluators, attacks or scenarios of your
    own. ``batch``: which models are asked through their provider's batches; ``batch_options`` pace them. Without
    ``wait`` the run ends when all batches are submitted. ``executor``: where models and evaluators run; ``ray_address``
    (by default a new cluster on this machine), ``ray_workers`` (those that hold the model) and ``ray_options`` are for
    ``ray``. ``endpoints``: name -> URL (``URL,key=VARIABLE``, or a table) of servers whose models are ``name/MODEL``,
    under test or as judges. ``api_key_env`` and ``judge_api_key_env`` name the environment variable with the key for
    ``base_url`` and ``judge_base_url``: a provider's own key goes to its own hosts only. ``model_settings`` and
    ``judge_settings`` are passed to the runtime unchanged."""

    model: str
    select: tuple[str, ...] = ("**",)
    benchmark: tuple[str, ...] = ()
    data: str | tuple[str, ...] = AUTO
    images: tuple[str, ...] = ()
    control: Literal["", "blind", "grey"] = ""
    revision: str = ""
    size: int | None = None
    limit: int | None = None
    seed: int = 0
    repeats: int | None = None
    skip_bad: bool = False
    cut_off: Literal["keep", "missing"] = "keep"
    judge: str | tuple[str, ...] = ""
    vote: Literal["majority", "unanimous", "any", "mean"] = "majority"
    careful: bool = False
    evaluators: Mapping[str, str] = field(default_factory=dict)
    allow_embedded_judge: bool = False
    guard: str = ""
    guard_on: tuple[str, ...] = ("input", "output")
    known_answers: int = 0
    concurrency: int | None = None
    rpm: float | None = None
    tpm: float | None = None
    timeout: float = 600.0
    attempts: int = 6
    patience: float = PATIENCE
    max_cost: float | None = None
    max_requests: int | None = None
    until: tuple[str, ...] = ()
    reuse: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    batch: Literal["none", "model", "judges", "all"] = "none"
    batch_options: Mapping[str, Any] = field(default_factory=dict)
    wait: bool = True
    executor: Literal["local", "ray"] = "local"
    ray_address: str = ""
    ray_workers: int = 2
    ray_options: Mapping[str, Any] = field(default_factory=dict)
    base_url: str = ""
    judge_base_url: str = ""
    api_key_env: str = ""
    judge_api_key_env: str = ""
    endpoints: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    model_settings: Mapping[str, Any] = field(default_factory=dict)
    judge_settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def places(self) -> tuple[str, ...]:
        """Where the data comes from, each place by itself."""
        return (self.data,) if isinstance(self.data, str) else self.data

    @property
    def judges(self) -> tuple[str, ...]:
        """Those named as judges, in the order in which they are asked."""
        named = (self.judge,) if isinstance(self.judge, str) else self.judge
        return tuple(each for each in named if each)

    @property
    def batches_model(self) -> bool:
        """Whether the model under test is asked in its provider's batches."""
        return self.batch in ("model", "all")

    @property
    def batches_judges(self) -> bool:
        """Whether judges are."""
        return self.batch in ("judges", "all")

    def __post_init__(self) -> None:
        self._check_numbers()
        self._check_key_names()
        self._check_data()
        if self.batch != "none" and self.executor != "local":
            raise UsageError(
                "provider batches need the local executor",
                hint=f"leave out {option('executor', 'ray')}, or {option('batch')}",
            )
        if self.max_cost is not None and not 0 <= self.max_cost < MOST:
            raise UsageError(f"{option('max_cost')} is {self.max_cost}", hint="give an amount in US dollars")
        if not 0 <= self.patience < MOST:
            raise UsageError(
                f"{option('patience')} is {self.patience}", hint="give seconds; 0 waits for no longer than attempts do"
            )
        if "*" in self.model or not self.model.strip("/"):
            raise UsageError(f"{self.model!r} is not a model", hint="name the model first, then the cells to select")
        if not self.guard_on or not set(self.guard_on) <= {"input", "output"}:
            given = ", ".join(self.guard_on)
            raise UsageError(f"{option('guard_on')} is {given or 'empty'}", hint="use input, output or both")
        for name, endpoint in self.endpoints.items():
            parse(name, endpoint)
        self._check_judges()
        self._check_until()

    def _check_until(self) -> None:
        if not self.until:
            return
        from mmdt.runs.until.rules import parse_rules

        parse_rules(self.until)
        if self.batch != "none":
            hint = f"leave out {option('batch')}, or {option('until')}"
            raise UsageError("a batch is sent whole: it cannot stop by its results", hint=hint)

    def _check_data(self) -> None:
        if not self.places or not all(self.places):
            raise UsageError("no data is named", hint="use auto, hub, embedded, or the path of a file or folder")
        if len(self.places) > 1 and AUTO in self.places:
            raise UsageError("auto cannot be combined with other data", hint="name hub or embedded instead")

    def _check_numbers(self) -> None:
        for name in ("size", "limit", "repeats", "concurrency", "rpm", "tpm", "timeout", "attempts", "max_requests"):
            value = getattr(self, name)
            if value is not None and not 0 < value < MOST:  # also rejects NaN, which would never stop anything
                raise UsageError(f"{option(name)} is {value}", hint=f"give a number above zero and below {MOST:,}")

    def _check_judges(self) -> None:
        if not 0 <= self.known_answers <= MOST_KNOWN:
            hint = f"give a number from 0 (none) to {MOST_KNOWN}"
            raise UsageError(f"{option('known_answers')} is {self.known_answers}", hint=hint)
        judges = self.judges
        if twice := next((each for each in judges if judges.count(each) > 1), ""):
            raise UsageError(f"the judge {twice} is named twice", where=option("judge"), hint="name each once")
        if len({each.partition("/")[0] for each in judges}) > 1 and (self.judge_base_url or self.judge_settings):
            named = "judge_base_url" if self.judge_base_url else "judge_settings"
            raise UsageError(
                f"{option(named)} cannot be meant for judges of several providers",
                where=", ".join(judges),
                hint=f"give a server a name with {option('endpoints', {'NAME': 'URL'})}, and call its judge NAME/MODEL",
            )

    def _check_key_names(self) -> None:
        given = (self.model_settings.get("api_key_env"), self.judge_settings.get("api_key_env"))
        for name in (self.api_key_env, self.judge_api_key_env, *given):
            if isinstance(name, str) and name:
                check_variable(name, "settings")

    def for_model(self) -> dict[str, Any]:
        """Settings for the runtime of the model under test."""
        given = _with(self.model_settings, base_url=self.base_url, api_key_env=self.api_key_env)
        return {**given, **endpoint_settings(self.model, self.endpoints)}

    def for_judge(self, judge: str) -> dict[str, Any]:
        """Settings for the runtime of a model that judges, or of the guard, which has none of its own."""
        if judge == self.guard != self.judge:
            return dict(endpoint_settings(judge, self.endpoints))
        given = _with(self.judge_settings, base_url=self.judge_base_url, api_key_env=self.judge_api_key_env)
        return {**given, **endpoint_settings(judge, self.endpoints)}


def _with(settings: Mapping[str, Any], **given: str) -> dict[str, Any]:
    return {**settings, **{name: value for name, value in given.items() if value}}


_DEFAULTS: Mapping[str, Any] = {
    each.name: each.default_factory() if callable(each.default_factory) else each.default for each in fields(Settings)
}
NAMES = frozenset(each.name for each in fields(Settings))
_HOSTS = ("base_url", "judge_base_url", "api_key_env", "judge_api_key_env")
_LIMITS = ("concurrency", "rpm", "tpm", "timeout", "attempts", "patience", "max_cost", "max_requests")
_WHERE = ("batch", "batch_options", "wait", "executor", "ray_address", "ray_workers", "ray_options", "plugins")
_JUDGING = (
    "judge",
    "vote",
    "careful",
    "evaluators",
    "allow_embedded_judge",
    "guard",
    "guard_on",
    "judge_base_url",
    "judge_api_key_env",
    "judge_settings",
    "endpoints",
    "cut_off",
)
CHANGEABLE: Mapping[str, tuple[str, ...]] = {
    "resume": (*_LIMITS, *_WHERE, *_HOSTS, "endpoints", "until"),
    "score": (*_LIMITS, *_WHERE, *_JUDGING),
}
"""What each verb may change in an existing run. Everything else decides what was asked, of whom, and stays."""


def as_values(settings: Settings) -> dict[str, Any]:
    """Settings as plain values that ``make_settings`` takes."""
    values: dict[str, Any] = msgspec.to_builtins(settings)
    return values


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def make_settings(values: Mapping[str, Any], *, where: str = "settings") -> Settings:
    """Settings from untyped values. Raises UsageError naming an unknown or wrongly typed one."""
    for name in values:
        if name not in NAMES:
            raise UsageError(f"unknown setting {name!r}", where=where, hint=f"use: {', '.join(sorted(NAMES))}")
    prepared = dict(values)
    for name in ("select", "benchmark", "images", "guard_on", "until"):
        if isinstance(given := prepared.get(name), str):
            prepared[name] = _listed(given) if name == "guard_on" else (given,)
    if isinstance(prepared.get("data"), list | tuple) and len(prepared["data"]) == 1:
        (prepared["data"],) = prepared["data"]  # one place is written as before
    if isinstance(prepared.get("judge"), list | tuple) and len(prepared["judge"]) < 2:
        prepared["judge"] = next(iter(prepared["judge"]), "")
    try:
        settings = msgspec.convert(prepared, Settings)
        msgspec.json.encode(settings)  # as the manifest will
        return settings
    except UnicodeEncodeError as error:
        shown = error.object.encode("utf-8", "replace").decode()
        hint = "give the file or folder a name in UTF-8"
        raise UsageError(f"{shown!r} is not valid UTF-8", where=where, hint=hint) from error
    except msgspec.ValidationError as error:
        cause = error.__cause__
        if isinstance(cause, UsageError):
            raise cause from None
        raise UsageError(f"bad settings: {error}", where=where, hint="see docs/settings.md") from error


_TABLES = ("evaluators", "endpoints", "batch_options", "ray_options", "model_settings", "judge_settings")


def overridden(values: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with ``given`` on top of them; tables are merged key by key, so that nothing in them is lost."""
    merged = {name: {**values[name], **given[name]} for name in _TABLES if _both_tables(values, given, name)}
    return {**values, **given, **merged}


def _both_tables(values: Mapping[str, Any], given: Mapping[str, Any], name: str) -> bool:
    return isinstance(values.get(name), Mapping) and isinstance(given.get(name), Mapping)


def refuse_vain(settings: Settings) -> None:
    """Raises UsageError for settings of something that the run does not have, such as a judge."""
    asked = any(judge != "embedded" for judge in settings.judges) or any(
        name.startswith(("chat/", "guard/", "panel/")) for name in settings.evaluators.values()
    )
    several = len(settings.judges) > 1
    judging = ("judge_base_url", "judge_api_key_env", "judge_settings")
    ray, batch = ("ray_address", "ray_workers", "ray_options"), ("batch_options",)
    for names, has, hint in (
        (judging, asked, f"name a judge with {option('judge', 'MODEL')}, or leave it out"),
        (("guard_on",), bool(settings.guard), f"name a guard with {option('guard', 'MODEL')}, or leave it out"),
        (ray, settings.executor == "ray", f"choose {option('executor', 'ray')}, or leave it out"),
        (("vote",), several, f"name several judges, each with {option('judge', 'MODEL')}, or leave it out"),
        (batch, settings.batch != "none", f"choose {option('batch', 'model')}, or leave it out"),
    ):
        vain = [name for name in names if getattr(settings, name) != _DEFAULTS[name]]
        if vain and not has:
            raise UsageError(f"{vain[0]} has no effect here", where="settings", hint=hint)


def read_settings(path: str | Path) -> dict[str, Any]:
    """The values in a TOML file, not yet checked. Raises UsageError where it cannot be read."""
    try:
        return tomllib.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(
            "the settings file cannot be read", where=f"{path}: {error.strerror}", hint="check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError("the settings file is not UTF-8", where=str(path), hint="save it as UTF-8") from error
    except RecursionError as error:
        raise UsageError(
            "the settings file is nested too deeply", where=str(path), hint="see docs/settings.md"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"the settings file is not valid TOML: {error}", where=str(path), hint="correct that line"
        ) from error
