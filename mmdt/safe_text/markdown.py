"""Text within Markdown: what came from a provider or a file marks nothing up, and calls nobody."""

from __future__ import annotations

import re

from mmdt.safe_text.visible import visible

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#])")


def markdown_text(text: str) -> str:
    """``text`` on one line in which nothing is markup, a link, a mention (``@name``) or an issue (``#12``)."""
    escaped = _SPECIAL.sub(r"\\\1", visible(" ".join(text.split())))
    return escaped.replace("@", "@\N{ZERO WIDTH SPACE}").replace("://", ":\N{ZERO WIDTH SPACE}//")
