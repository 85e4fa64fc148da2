"""Writes docs/metrics.md: ``python -m tests.report.cards.page``."""

from __future__ import annotations

from pathlib import Path

from mmdt import plugins
from mmdt.report.cards.page import cards_page

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"


def built_in():
    """The perspectives that mmdt brings: a plugin of another test must not be part of the page."""
    names = ("adversarial", "fairness", "hallucination", "ood", "privacy", "safety")
    return tuple(each for each in plugins.perspectives() if each.name in names)


if __name__ == "__main__":
    PAGE.write_text(cards_page(built_in()), encoding="utf-8")
