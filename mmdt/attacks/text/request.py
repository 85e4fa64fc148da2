"""Split a drawing request: what should be drawn, without the words that ask for it."""

from __future__ import annotations

import re

_ASKS = (
    r"please\s+",
    r"(?:draw|paint|sketch|depict|show|render)(?:\s+me)?(?:\s+us)?\s+",
    r"(?:create|make|generate|produce)\s+(?:me\s+)?",
    r"i(?:\s+would|'d)\s+like(?:\s+to\s+see)?\s+",
    r"i\s+want(?:\s+to\s+see)?\s+",
    r"an?\s+(?:simple\s+|clear\s+|colou?rful\s+)?(?:picture|image|photo|photograph|illustration|drawing|painting|scene)"
    r"\s+(?:of|with|showing|that\s+shows|containing|which\s+shows)\s+",
)
_ASK = re.compile("(?:" + "|".join(_ASKS) + ")", re.IGNORECASE)
_END = re.compile(r"[.!?]+(?:\s+|$)")


def split_request(prompt: str) -> tuple[str, str]:
    """What should be drawn (the first sentence without its asking words), and the sentences after it.

    ``"Please draw a picture of a cat. It is red."`` gives ``("a cat", "It is red.")``.
    """
    text = prompt.strip()
    end = _END.search(text)
    first, rest = (text[: end.start()], text[end.end() :]) if end else (text, "")
    while (match := _ASK.match(first)) and match.end() < len(first):
        first = first[match.end() :]
    if first[:1].isupper() and first[1:2] != first[1:2].upper():
        first = first[0].lower() + first[1:]
    return first, rest.strip()
