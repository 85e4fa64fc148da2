"""The card of a metric, in plain words: its question, unit, formula, what a good value is, its limits and its source.

The cards are data (``cards.toml``). A metric that has none there, such as one of a plugin, gets a card from what it
declares.
"""

from __future__ import annotations

import fnmatch
import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from mmdt.core.estimate import Direction
from mmdt.core.scenario import Metric, Perspective

PUBLISHED = "_published"
SHARE, NUMBER = "share of outputs, in percent", "number"
GUIDE = {
    "higher": "Higher is better.",
    "lower": "Lower is better.",
    "neither": "Neither direction is better: it describes, and does not judge.",
}
Span = tuple[float, float]
"""The worst and the best value."""


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    metrics: list[str]
    where: list[str]
    question: str
    formula: str
    good: str
    limits: str
    source: str
    published: list[str] = []
    unit: str = ""
    range: list[float] | None = None
    fair: float | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    card: list[_Entry]


@dataclass(frozen=True, slots=True)
class MetricCard:
    """What a metric says. ``fair``: the value of a signed metric that favours nobody, else None.

    ``span``: the worst and the best value, None where the metric has no limits or judges nothing. ``written``: whether
    somebody wrote the card; otherwise it says only what the metric declares.
    """

    metric: str
    title: str
    question: str
    unit: str
    formula: str
    direction: str
    good: str
    limits: str
    source: str
    fair: float | None = None
    span: Span | None = None
    written: bool = True

    @property
    def anchor(self) -> str:
        """An id for it in a page, made of its content: only equal cards have equal ids."""
        digest = hashlib.blake2b(repr((self.metric, self.title, self.rows)).encode(), digest_size=4).hexdigest()
        return f"metric-{digest}"

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Heading and text of each line of the card."""
        found = (
            ("Question", self.question),
            ("Unit", self.unit),
            ("Formula", self.formula),
            ("Direction", self.direction),
            ("A good value", self.good),
            ("Limits", self.limits),
            ("Source", self.source),
        )
        return tuple((name, text) for name, text in found if text)


def card_of(metric: Metric, address: str, title: str = "") -> MetricCard:
    """The card of a metric that the scenario or summary at ``address`` has."""
    title = title or metric.title or metric.name
    entry = _entry(metric.name, address)
    if entry is None and metric.name.endswith(PUBLISHED):
        entry = _published(_rule(metric.name, address) or _entry(metric.name.removesuffix(PUBLISHED), address))
    if entry is None:
        return _declared(metric, title)
    return MetricCard(
        metric=metric.name,
        title=title,
        question=_sentence(entry.question.replace("{title}", title)),
        unit=entry.unit or (SHARE if metric.percent else NUMBER),
        formula=_sentence(entry.formula),
        direction=direction_sentence(metric.direction, entry.fair),
        good=_sentence(entry.good),
        limits=_sentence(entry.limits),
        source=entry.source,
        fair=entry.fair,
        span=_span(metric, entry.range, known=True),
    )


def direction_sentence(direction: Direction, fair: float | None) -> str:
    """Which way is better, as a sentence."""
    if fair is None or direction != "neither":
        return GUIDE[direction]
    return f"{fair:g} is fair; the sign says who is favoured."


def all_cards(perspectives: Sequence[Perspective]) -> dict[str, tuple[MetricCard, ...]]:
    """Every card of some perspectives by the perspective's name: those of its summaries, then of its scenarios."""
    return {each.name: tuple(dict.fromkeys(card for card in _cards(each))) for each in perspectives}


def _cards(perspective: Perspective) -> Iterator[MetricCard]:
    metrics = {metric.name: metric for scenario in reversed(perspective.scenarios) for metric in scenario.metrics}
    for scenario in perspective.scenarios:
        for metric in scenario.metrics:
            yield card_of(metric, scenario.address)
    for summary in perspective.summaries:
        if summary.metric in metrics and _entry(summary.metric, summary.name) is not None:
            yield card_of(metrics[summary.metric], summary.name, summary.quantity)


def _entry(metric: str, address: str) -> _Entry | None:
    return next((each for each in _entries() if metric in each.metrics and _fits(each.where, address)), None)


def _rule(metric: str, address: str) -> _Entry | None:
    """The card that names a published metric as its own by the authors' rule."""
    return next((each for each in _entries() if metric in each.published and _fits(each.where, address)), None)


def _fits(where: Sequence[str], address: str) -> bool:
    """Whether an address is one of the globs: ``*`` is one part, a final ``**`` everything below."""
    parts = address.split("/")
    for glob in where:
        wanted = glob.split("/")
        if wanted[-1] == "**" and len(parts) >= len(wanted) - 1:
            wanted, these = wanted[:-1], parts[: len(wanted) - 1]
        else:
            these = parts
        if len(these) == len(wanted) and all(map(fnmatch.fnmatchcase, these, wanted)):
            return True
    return False


def _published(entry: _Entry | None) -> _Entry | None:
    """The same question, by the authors' own rule."""
    return entry and msgspec.structs.replace(
        entry,
        formula=f"By the authors' rule, to the letter (docs/published.md says what differs): {entry.formula}",
        limits=f"For comparison with published tables. {_sentence(entry.limits)}",
        source="AI-secure/MMDT, commit 68be1c8",
    )


def _declared(metric: Metric, title: str) -> MetricCard:
    return MetricCard(
        metric=metric.name,
        title=title,
        question="",
        unit=SHARE if metric.percent else NUMBER,
        formula="",
        direction=direction_sentence(metric.direction, None),
        good="",
        limits="Nothing more is written about this metric: ask those who declared it.",
        source="",
        span=_span(metric, None, known=metric.percent),
        written=False,
    )


def _span(metric: Metric, given: list[float] | None, *, known: bool) -> Span | None:
    """The worst and the best value: as the card says, else the metric's bounds, else (``known``) from 0 to 1."""
    if metric.direction == "neither" or given == []:
        return None
    if given:
        return given[0], given[1]
    if not (metric.bounds or known):
        return None
    low, high = metric.bounds or (0.0, 1.0)
    return (low, high) if metric.direction == "higher" else (high, low)


def _sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


@cache
def _entries() -> tuple[_Entry, ...]:
    text = (files("mmdt.report.cards") / "cards.toml").read_text(encoding="utf-8")
    return tuple(msgspec.convert(tomllib.loads(text), _File).card)
