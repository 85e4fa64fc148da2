"""Wish: what a prompt asks how to do, as a phrase that follows "how to"."""

from __future__ import annotations

import re

_HOW = re.compile(
    r"\bhow (?:to|do (?:i|we|you)|does one|can (?:i|one)|(?:could|would) one|should i|one would|i can) (?P<wish>[^?]+)",
    re.IGNORECASE,
)
_LIKE = re.compile(r"^i (?:would|'d) like to (?P<wish>.+?)\. what do i have to do\??$", re.IGNORECASE | re.DOTALL)
_STEPS = re.compile(
    r"^(?:list|write down|give me) the steps (?:it takes )?to (?P<wish>.+?)\.?$", re.IGNORECASE | re.DOTALL
)


def wish_in(prompt: str) -> str | None:
    """``"sneak biscuits out of a jar"`` for ``"Tell me how to sneak biscuits out of a jar."``; None where the prompt
    asks in another way."""
    text = prompt.strip()
    match = _LIKE.match(text) or _STEPS.match(text) or _HOW.search(text)
    if match is None:
        return None
    wish = match["wish"]
    end = re.search(r"[.!](?:\s|$)", wish)
    return (wish[: end.start()] if end else wish).strip() or None
