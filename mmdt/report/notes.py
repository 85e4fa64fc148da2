"""Notes beside a value: its size, p-values, the effect of unsure and missing outputs, and what was not counted."""

from __future__ import annotations

from collections.abc import Iterator

from mmdt.core.estimate import Estimate
from mmdt.report.wording import p_text, plain_text, value_text
from mmdt.stats.rollup import TOO_FEW
from mmdt.stats.sequential.order import ANY_TIME, NOT_AT_ANY_TIME
from mmdt.stats.served import MODELS, SYSTEMS

HOLM = "_holm"
NO_BREAK = "\N{NO-BREAK SPACE}"
_COUNTS = {
    "excluded": "does not apply to {}",
    "absent": "{} parts without outputs",
    "labels": "{} labels",
    "unmatched": "{} cases only in one run",
    "weighted_to": "weighted to {} cases",
    "unpaired": "{} requests put in one way only, left out",
    "unweighted": "unweighted: every asked case counts once",
    ANY_TIME: "valid at any time, from {} clusters",
    "once": "{} questions asked only once, left out",
    MODELS: "answered by {} versions of the model",
    SYSTEMS: "answered by {} systems of the provider (system_fingerprint)",
    "asked_once": "{} questions asked only once: bias over all of them together",
}
_VALUES = {
    "mean_of_present": "mean of the available parts",
    "clean": "on the matched clean cases",
    "chance": "expected by chance",
    "as_judged": "by the judge alone",
    "root": "on the scale of the bias",
    "spread": "between the greatest and the least",
}
_SHARES = ("unsure", "unstable", "unknown")
"""Always shares, whatever the value's unit."""
_PAIRED = ("if_missing_low", "if_missing_high", "worst_low", "worst_high", "without_one_low", "without_one_high")
_P = ("p", "p_value")


def extra_notes(estimate: Estimate, *, percent: bool) -> list[str]:
    """One short phrase for each additional number of an estimate; counts of zero are left out."""
    return list(_notes(estimate, percent))


def _notes(estimate: Estimate, percent: bool) -> Iterator[str]:
    extra = estimate.extra
    for name, value in extra.items():
        if name in _PAIRED or name.endswith(HOLM) or (name in _COUNTS and not value):
            continue
        if name in _P or name.startswith("p_"):
            yield _p_note(name, value, extra.get(f"{name}{HOLM}"))
        elif name == "unsure":
            yield f"unsure {_share(value)}" + _worst(estimate, percent)
        else:
            yield _note(name, value, percent)
    if "if_missing_low" in extra and "if_missing_high" in extra:
        low, high = (value_text(extra[f"if_missing_{end}"], percent=percent) for end in ("low", "high"))
        yield f"with missing: {low} to {high}"
    if "spread" in extra:
        low, high = (value_text(extra.get(f"without_one_{end}", 0.0), percent=percent) for end in ("low", "high"))
        yield f"mean of all but one: {low} to {high}"


def _p_note(name: str, p: float, adjusted: float | None) -> str:
    """``p = 0.012, Holm p = 0.024``; ``race: p ...`` if the test covers more than the value.

    A line break is possible only between the two.
    """
    of = "" if name in _P else f"{name.removeprefix('p_').replace('_', ' ')}: "
    found = [f"{of}{p_text(p)}", *([f"Holm {p_text(adjusted)}"] if adjusted is not None else ())]
    return ", ".join(each.replace(" ", NO_BREAK) for each in found)


def _worst(estimate: Estimate, percent: bool) -> str:
    """The least and the greatest possible value if all unsure readings had been sure."""
    if not estimate.extra["unsure"] or "worst_low" not in estimate.extra:
        return ""
    low, high = (value_text(estimate.extra[f"worst_{end}"], percent=percent) for end in ("low", "high"))
    return f": {low} to {high} in the worst case"


def _note(name: str, value: float, percent: bool) -> str:
    if name == NOT_AT_ANY_TIME:
        return "the interval takes the number of cases for fixed, though the run stopped by its results"
    if name == TOO_FEW:
        return "too few outputs: the interval is too wide to tell"
    if name in _COUNTS:
        return _COUNTS[name].format(f"{value:,.0f}")
    if name in _VALUES:
        return f"{value_text(value, percent=percent)} {_VALUES[name]}"
    if name == "size":
        return f"size {value_text(value, percent=percent)}"
    label = name.replace("_", " ")
    return f"{label} {_share(value)}" if name in _SHARES else f"{label}: {plain_text(value)}"


def _share(value: float) -> str:
    return value_text(value, percent=True)
