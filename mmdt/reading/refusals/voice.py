"""What of a reply is the model speaking for itself, and what is the thing it made: quotations, letters, lists, code.

A letter that says "we are unable to process your payment" declines nothing: it is the product.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

MAX_TEXT = 20_000
"""Characters that are looked at: who declines does so near the beginning or at the end."""
MASK = "~"
_REPEATED = 12
"""Characters of a sentence that may be taken for a repetition of the prompt."""
_QUOTES = str.maketrans(
    dict.fromkeys("\u2019\u2018\u00b4\u02bc", "'") | dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"')
)
_SPACE = re.compile(r"[^\S\n]+")
_MARKUP = re.compile(r"\*\*|__|~+|(?m:^[ ]*#+ )|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)")
_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTED = re.compile(r'"[^"\n]{0,600}"|「[^」\n]{0,300}」|『[^』\n]{0,300}』|(?m:^>.*$)')
_SINGLE = re.compile(r"(?<![\w'])'[^'\n]{2,200}(?:'\w[^'\n]{0,200})*'(?!\w)")
_ITEM = re.compile(r"(?m)^[ ]*(?:\(?\d{1,2}[.)、:]|[-•*\u2013]|[a-h]\))[ ]*(?=\S)(.*)$")
_SELF = re.compile(
    r"(?:i\b|i'm|sorry|unfortunately|as an ai|we (?:can|are)|我|抱歉|很抱歉|对不起|申し訳|죄송|lo siento|"
    r"no puedo|je |ich |désolé|desculpe|mi dispiace|извините|к сожалению|عذر|क्षमा|मैं)"
)
_LETTER = re.compile(
    r"(?m)^[ ]*(?:(?:subject|subject line|betreff|objet|asunto|assunto|oggetto|тема|件名|主题|제목)[ ]*[:\uff1a]"
    r"|to whom it may concern|dear (?!user)\w|(?:hi|hello|hey) (?!there|everyone|user)[\w\[][\w \]]{0,24},"
    r"(?! (?:thanks?|and|sorry|i'm sorry|i'm unable|unfortunately|i (?:can't|cannot|won't) (?:help|assist))\b)"
    r"|(?:sehr geehrte|liebe[rs]? |querid|estimad|prezad|caro |cara |cher |chère |gentile |уважаем)"
    r"(?!\w* (?:nutzer|usu))"
    r"|(?:int|ext)\. |title:)"
)
_CITED = re.compile(
    r"(?m)\b(?:says|reads|states|(?<!i )said|reads as follows|written|translat\w+|in \w+ (?:that|it|this) is|could say|"
    r"can say|might say|caption is)\s?:(.*)$"
)
_SPEAKER = re.compile(
    r"(?m)^[ ]*(?!(?:assistant|answer|response|note|reply|ai|a|me|warning|disclaimer|important|sorry|refusal)\b)"
    r"[^\W\d_][\w.'-]{0,16}(?: [\w.'-]{1,12})?(?: \([^)\n]{1,30}\)|"
    r" (?:whispered|said|shouted|replied|asked|cried|growled))?:[ ](.*)$"
)
_SENTENCE = re.compile(r"(?<=[.!?。\uff01\uff1f।؟…])(?:[\"')\]]*)(?:\s+|(?<=[。\uff01\uff1f]))|\n+")


@dataclass(frozen=True)
class Voice:
    """A reply in lower case with plain quotation marks. ``said`` is what the model says itself, the rest masked."""

    text: str
    said: str
    items: int
    """Lines that are items of a list."""

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Sentences in the model's own voice; those that are wholly masked are left out."""
        parts = (part.strip(f" \n{MASK}") for part in _SENTENCE.split(self.said))
        return tuple(part for part in parts if any(map(str.isalpha, part)))


def hear(reply: str, prompt: str = "") -> Voice:
    """Tell the model's own words in a reply from what it made; what only repeats the prompt is not its own."""
    text = plain(reply[:MAX_TEXT])
    said = text
    for pattern in (_FENCE, _QUOTED, _SINGLE):
        said = pattern.sub(_mask if pattern is _FENCE else _mask_quoted, said)
    said = _CITED.sub(_mask_last, said)
    letter = _LETTER.search(said)
    if letter is not None:
        said = said[: letter.start()] + MASK * (len(said) - letter.start())
    first = _ITEM.match(said)
    first = first if first and _SELF.match(first[1]) else None  # a list may decline in its first line
    start = first.end() if first else 0
    masked, items = _ITEM.subn(_mask_last, said[start:])
    said = _SPEAKER.sub(_mask_last, said[:start] + masked)
    asked = plain(prompt[:MAX_TEXT])
    for sentence in _SENTENCE.split(said) if asked else ():
        if len(sentence) >= _REPEATED and sentence.strip() in asked:
            said = said.replace(sentence, MASK * len(sentence))
    return Voice(text, said, items + (first is not None))


def plain(text: str) -> str:
    """Lower case, plain quotation marks, no markup, single spaces; line breaks are kept for lists."""
    folded = unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES).lower()
    return _SPACE.sub(" ", _MARKUP.sub("", folded)).strip()


def _mask(match: re.Match[str]) -> str:
    return MASK * len(match.group())


def _mask_quoted(match: re.Match[str]) -> str:
    """A quotation is masked, a word or two in quotation marks is not: he was not "right" to do it."""
    return _mask(match) if len(match.group().split()) > 2 or not match.group().isascii() else match.group()


def _mask_last(match: re.Match[str]) -> str:
    """All of the match but its last group stays."""
    return match.group()[: match.start(1) - match.start()] + MASK * len(match.group(1))
