"""Was the picture seen? A server that drops a picture answers all the same, and only the tokens it counts tell."""

from __future__ import annotations

import re

from mmdt.core.output import Output, Status
from mmdt.core.protocols import Request

_WORDS = re.compile(r"[^\W\d_]+|\d{1,3}|[^\w\s]+")
_LETTERS_A_TOKEN = 12
"""A longer word has more than one token in every vocabulary."""
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0e7f]")
_MARGIN = 1.2
_FRAME = 24
"""Tokens that a chat template adds to a short conversation. A picture costs more than this and the margin together for
all but the smallest pictures: 85 at the least at OpenAI, 258 at Gemini, 576 with LLaVA."""


def text_tokens(request: Request) -> float:
    """Roughly how many tokens the text of a request has, with its frame; rather too few than too many."""
    texts = [each.text for each in request.messages]
    wide = sum(len(_WIDE.findall(text)) for text in texts)
    words = [word for text in texts for word in _WORDS.findall(_WIDE.sub(" ", text))]
    return _MARGIN * (sum(1 + len(word) // _LETTERS_A_TOKEN for word in words) + 0.6 * wide) + _FRAME


def looks_blind(request: Request, output: Output) -> bool:
    """Whether the provider counted no more tokens for this question with pictures than its text alone has."""
    counted = output.usage.input_tokens
    return output.status is Status.ANSWERED and bool(request.images) and 0 < counted <= text_tokens(request)
