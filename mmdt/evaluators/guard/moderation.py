"""Services that moderate texts and pictures, and flag by category: OpenAI's moderation endpoint (``POST
/v1/moderations``) and Azure AI Content Safety."""

from __future__ import annotations

from collections.abc import Sequence

from mmdt.core.protocols import Item, Request
from mmdt.evaluators.guard.form import PICTURE, TEXT, Finding, GuardForm
from mmdt.evaluators.guard.names import CONTENT_SAFETY, CONTENT_SAFETY_VERSION, MODERATION, MODERATION_MODEL
from mmdt.reading.json_objects import one_object

_SHOWN = "A picture."
"""Beside a picture, since no model is sent an empty text."""


def _requests(item: Item) -> Sequence[tuple[str, Request]]:
    return [("", Request.of(item.output.text.strip() or _SHOWN, item.output.images[:1]))]


def _read(answer: str, _: str) -> Finding:
    """The runtime answers with the result as JSON: ``flagged``, ``categories``, ``category_scores``."""
    said, _after = one_object(answer)
    flagged, categories = said.get("flagged"), said.get("categories")
    if not isinstance(flagged, bool) or not isinstance(categories, dict):
        raise ValueError("the result has no flag")
    codes = tuple(sorted(name for name, on in categories.items() if on is True))
    return Finding(flagged, codes, f"flagged: {', '.join(codes)}" if flagged else "")


OPENAI_MODERATION = GuardForm(
    MODERATION,
    "1",
    frozenset({TEXT, PICTURE}),
    MODERATION,
    _requests,
    _read,
    MODERATION_MODEL,
)
AZURE_CONTENT_SAFETY = GuardForm(
    CONTENT_SAFETY,
    "1",
    frozenset({TEXT, PICTURE}),
    CONTENT_SAFETY,
    _requests,
    _read,
    CONTENT_SAFETY_VERSION,
)
