"""The page of all metric cards in Markdown: ``docs/metrics.md`` is this text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mmdt.core.scenario import Perspective
from mmdt.report.cards.card import MetricCard, all_cards

HEAD = """# Metrics

What each number asks, how it is computed, what a good value is, and what it cannot tell. The report shows the same
cards: click the **?** next to a number. `python -m tests.report.cards.page` writes this page from
`mmdt/report/cards/cards.toml`.

Metrics *as published* follow the authors' rule to the letter; [published.md](published.md) says what differs. All
intervals are 95 % intervals; [statistics.md](statistics.md) says how they are made."""


def cards_page(perspectives: Sequence[Perspective]) -> str:
    """A section for each perspective, and below it a card for each metric. Metrics that share a card share an entry."""
    return "\n".join([HEAD, *_sections(perspectives), ""])


def _sections(perspectives: Sequence[Perspective]) -> Iterator[str]:
    for perspective in perspectives:
        yield f"\n## {perspective.title}"
        for card in all_cards([perspective])[perspective.name]:
            yield from _card(card)


def _card(card: MetricCard) -> Iterator[str]:
    yield f"\n### {card.title} (`{card.metric}`)\n"
    for name, text in card.rows:
        yield f"* **{name}.** {_plain(text)}"


def _plain(text: str) -> str:
    """The text with what Markdown would read as marks written out."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")
