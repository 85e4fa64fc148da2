"""What mmdt sends by default, by model: the same for one model, whichever runtime, gateway or cloud serves it.

The temperature is 0, so that a run can be repeated, except for the models below, whose makers refuse it or warn against
it: those get none. What a server then still refuses is left out after its first refusal (``http/dialect.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

WHERE_ACCEPTED = "0 where accepted"
LEFT_TO_MODEL = "left to the model"
Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rule:
    """Models whose name matches get no temperature if ``none`` says so of their version; ``source``: who says so."""

    name: re.Pattern[str]
    none: Callable[[Version, str], bool]
    source: str


def _from(first: Version) -> Callable[[Version, str], bool]:
    return lambda version, _effort: version >= first


def _gpt(version: Version, effort: str) -> bool:
    """5.1, 5.2 and 5.4 take one while they do not reason, and they reason only where an effort is set."""
    if version in ((5, 1), (5, 2), (5, 4)):
        return effort not in ("", "none")
    return version >= (5, 0) and effort != "none"


_NOT_A_DATE = r"(?!\d)"
RULES: tuple[Rule, ...] = (
    Rule(
        re.compile(rf"gemini-(?P<major>\d+)(?:\.(?P<minor>\d))?{_NOT_A_DATE}"),
        _from((3, 0)),
        "ai.google.dev/gemini-api/docs/gemini-3 (2026-11): keep the default of 1.0, less may loop; from 3.6 on ignored",
    ),
    Rule(
        re.compile(
            rf"claude-(?:opus|sonnet|haiku)-(?P<major>\d{{1,2}})(?:[-.](?P<minor>\d{{1,2}}){_NOT_A_DATE})?{_NOT_A_DATE}"
        ),
        _from((4, 7)),
        "platform.claude.com/docs (2026-11): 400 from Opus 4.7 and Sonnet 5 on",
    ),
    Rule(
        re.compile(r"claude-(?:fable|mythos)"),
        lambda _version, _effort: True,
        "platform.claude.com/docs (2026-11): 400, as for every model after Opus 4.6",
    ),
    Rule(
        re.compile(rf"gpt-(?!35)(?P<major>\d{{1,2}})(?:\.(?P<minor>\d{{1,2}}))?{_NOT_A_DATE}(?!.*(?:chat|oss))"),
        _gpt,
        "platform.openai.com/docs (2026-11): 400 from gpt-5 on while the model reasons",
    ),
    Rule(
        re.compile(r"(?:^|[/.])o\d(?:-|$)"),
        lambda _version, _effort: True,
        "platform.openai.com/docs/guides/reasoning (2026-11): 400 for the o models",
    ),
)


def sends_temperature(model: str, effort: str | None = None) -> bool:
    """Whether mmdt's default temperature is sent to this model. ``effort``: the reasoning effort that the user set."""
    plain = model.lower()
    for rule in RULES:
        found = rule.name.search(plain)
        if found is not None:
            return not rule.none(_version(found), effort or "")
    return True


def default_temperature(model: str, effort: str | None = None) -> str:
    """How a run describes the temperature where the user set none."""
    return WHERE_ACCEPTED if sends_temperature(model, effort) else LEFT_TO_MODEL


def _version(found: re.Match[str]) -> Version:
    named = found.groupdict()
    return int(named.get("major") or 0), int(named.get("minor") or 0)
