"""The rules of a gate, as they are declared: which numbers, and what is demanded of them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mmdt.errors import UsageError

HEADLINE = "headline"
LEVELS = ("summary", "scenario", "cell")
LIMITS = ("max", "min")
"""Demands on a number of the run itself."""
DIFFERENCES = ("max_worse", "min_better", "max_change")
"""Demands on a difference from the baseline."""
DEMANDS = (*LIMITS, *DIFFERENCES, "max_missing", "complete")
MOST_RULES = 10_000
_FILE_KEYS = ("rule", "different_judges")
_DIRECTED = ("max_worse", "min_better")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    """One demand on every number that ``number`` (globs over addresses) and ``metric`` (a glob over names, or
    ``headline``) select.

    ``max``, ``min``: limits of the value. ``max_worse``: how much worse than the baseline it may be; ``min_better``:
    how much better it must be; ``max_change``: how far it may be from the baseline, either way. ``max_missing``: the
    greatest share of outputs without a value. ``complete``: the whole run ended complete. Exactly one of these.
    ``level``: summaries, scenarios or cells; without it, summaries and scenarios. ``line``: where the rule begins in
    its file, 0 if it has none."""

    name: str = ""
    number: tuple[str, ...] = ("**",)
    metric: str = HEADLINE
    level: str = ""
    max: float | None = None
    min: float | None = None
    max_worse: float | None = None
    min_better: float | None = None
    max_change: float | None = None
    max_missing: float | None = None
    complete: bool | None = None
    line: int = 0

    def __post_init__(self) -> None:
        given = [name for name in DEMANDS if getattr(self, name) is not None]
        if len(given) != 1:
            what = f"a rule has one demand, this one has {len(given)}" + (f": {', '.join(given)}" if given else "")
            raise UsageError(what, where=self.where, hint=f"use one of {', '.join(DEMANDS)}; write a rule for each")
        if self.level and self.level not in LEVELS:
            hint = f"use {', '.join(LEVELS)}, or leave it out for summaries and scenarios"
            raise UsageError(f"unknown level {self.level!r}", where=self.where, hint=hint)
        self._check_demand(given[0])
        if self.demand == "complete" and (self.number != ("**",) or self.metric != HEADLINE or self.level):
            raise UsageError("complete is about the whole run", where=self.where, hint="leave number and metric out")
        if self.demand == "max_missing" and self.metric != HEADLINE:
            raise UsageError(
                "max_missing counts outputs, whatever is measured in them", where=self.where, hint="leave metric out"
            )

    def _check_demand(self, name: str) -> None:
        if name == "complete":
            if self.complete is not True:
                raise UsageError("complete can only be demanded", where=self.where, hint="write complete = true")
            return
        limit = self.limit
        if not math.isfinite(limit):
            raise UsageError(f"{name} must be a number, got {limit}", where=self.where, hint="0.05 is five percent")
        if name in (*DIFFERENCES, "max_missing") and limit < 0:
            raise UsageError(f"{name} must not be negative, got {limit}", where=self.where, hint="use 0 or more")
        if name == "max_missing" and limit > 1:
            raise UsageError(f"max_missing is a share, got {limit}", where=self.where, hint="0.02 is two percent")

    @property
    def demand(self) -> str:
        """The name of the demand."""
        return next(name for name in DEMANDS if getattr(self, name) is not None)

    @property
    def limit(self) -> float:
        """The number of the demand; NaN for ``complete``."""
        return math.nan if self.demand == "complete" else float(getattr(self, self.demand))

    @property
    def where(self) -> str:
        """How messages name the rule."""
        return self.name or f"a rule on {', '.join(self.number)}"

    @property
    def directed(self) -> bool:
        """Whether the demand makes sense only for numbers of which one way is better."""
        return self.demand in _DIRECTED

    def selects(self, address: str, level: str) -> bool:
        """Whether the rule is about that address. One that is spelled out selects itself alone."""
        if any(glob.strip("/") == address for glob in self.number):
            return self.level in ("", level)
        return any(self.reaches(glob, address, level) for glob in self.number)

    def reaches(self, glob: str, address: str, level: str) -> bool:
        """Whether one of its globs selects that address."""
        if glob.strip("/") == address:
            return self.level in ("", level)
        if level not in ((self.level,) if self.level else LEVELS[:2]):
            return False
        return _matches(glob.strip("/").split("/"), address.split("/"))

    def selects_metric(self, metric: str, headline: str) -> bool:
        return metric == headline if self.metric == HEADLINE else fnmatchcase(metric, self.metric)


@dataclass(frozen=True, slots=True)
class GateRules:
    """All rules of a gate. ``file``: where they are written, empty if nowhere. ``different_judges``: allow differences
    from a baseline that other evaluators judged."""

    rules: tuple[GateRule, ...]
    file: str = ""
    different_judges: bool = False

    @property
    def needs_baseline(self) -> bool:
        return any(each.demand in DIFFERENCES for each in self.rules)

    @classmethod
    def read(cls, file: str | Path) -> GateRules:
        """From a TOML file with a table ``[[rule]]`` for each. Raises UsageError."""
        path = Path(file)
        try:
            text = path.read_text("utf-8")
            values = tomllib.loads(text)
        except FileNotFoundError as error:
            hint = "write one with a [[rule]] for each demand (docs/gate.md)"
            raise UsageError("there is no such file of rules", where=str(path), hint=hint) from error
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError("the file of rules cannot be read", where=f"{path}: {error}") from error
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            raise UsageError(f"not valid TOML: {error}", where=str(path), hint="docs/gate.md has an example") from error
        return cls.of(values, str(path), list(_lines(text)))

    @classmethod
    def of(cls, values: Any, file: str = "", lines: Sequence[int] = ()) -> GateRules:
        """From the values of such a file. Raises UsageError."""
        if not isinstance(values, Mapping):
            raise UsageError("rules are a table with [[rule]] entries", where=file)
        _known(values, _FILE_KEYS, file)
        found, allowed = values.get("rule", []), values.get("different_judges", False)
        if not isinstance(found, list) or not found:
            raise UsageError("there are no rules", where=file, hint="write [[rule]] and below it one demand")
        if len(found) > MOST_RULES:
            raise UsageError(f"{len(found):,} rules are too many", where=file, hint=f"use at most {MOST_RULES:,}")
        if not isinstance(allowed, bool):
            raise UsageError(f"different_judges is true or false, got {allowed!r}", where=file)
        places = lines if len(lines) == len(found) else [0] * len(found)
        rules = tuple(
            _rule(each, number, file, line) for number, (each, line) in enumerate(zip(found, places, strict=True), 1)
        )
        return cls(rules, file, allowed)


def _lines(text: str) -> Iterator[int]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.split("#")[0].replace(" ", "").strip() == "[[rule]]":
            yield number


def _rule(values: Any, number: int, file: str, line: int) -> GateRule:
    where = f"{file}, rule {number}" if file else f"rule {number}"
    if isinstance(values, GateRule):
        return values
    if not isinstance(values, Mapping):
        raise UsageError(f"a rule is a table, got {type(values).__name__}", where=where)
    _known(values, tuple(each.name for each in fields(GateRule) if each.name != "line"), where)
    made = {name: _value(name, value, where) for name, value in values.items()}
    try:
        return GateRule(**{"name": f"rule {number}", **made}, line=line)
    except UsageError as error:
        raise UsageError(error.what, where=f"{file}: {error.where}" if file else error.where, hint=error.hint) from None


def _known(values: Mapping[Any, Any], names: Sequence[str], where: str) -> None:
    for name in values:
        if name not in names:
            near = get_close_matches(str(name), names, 1)
            hint = f"did you mean {near[0]}?" if near else f"use {', '.join(names)}"
            raise UsageError(f"unknown key {name!r}", where=where, hint=hint)


def _value(name: str, value: Any, where: str) -> Any:
    if name == "number":
        globs = (value,) if isinstance(value, str) else value
        if not isinstance(globs, list | tuple) or not globs or not all(isinstance(g, str) and g for g in globs):
            raise UsageError("number is a glob over addresses, or a list of them", where=where, hint="'safety/**'")
        return tuple(globs)
    if name in ("name", "metric", "level"):
        if not isinstance(value, str) or not value:
            raise UsageError(f"{name} is a text, got {value!r}", where=where)
        return value
    if name == "complete":
        if not isinstance(value, bool):
            raise UsageError(f"complete is true, got {value!r}", where=where)
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        raise UsageError(f"{name} is a number, got {value!r}", where=where, hint="0.05 is five percent")
    return float(value)


def _matches(glob: Sequence[str], parts: Sequence[str]) -> bool:
    """``*`` within a part, ``**`` any number of parts; a glob that ends early selects the whole subtree."""
    if not glob:
        return True
    if glob[0] == "**":
        return any(_matches(glob[1:], parts[skip:]) for skip in range(len(parts) + 1) if glob[1:] or skip == len(parts))
    return bool(parts) and fnmatchcase(parts[0], glob[0]) and _matches(glob[1:], parts[1:])
