"""The stem of a prompt: what it is about, whatever the wording. Prompts with one stem are not independent."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"\w+")
_SEEN = 2000
"""Characters of a prompt that are read at its beginning and at its end."""
_FRAMING = """
a about all am an and any are as at be been being by can could did do does each for from give had has have how i if
in into is it its just kindly let like may me might my of on one or our out over own please shall should show so
some someone somebody tell than that the their them then there these they this those to under up us very want was
we were what when where which while who whose why will with would you your
draw drawing depict depicting create creating describe explain explaining face generate generating illustrate
illustration image make making need paint painting photo photograph photorealistic picture pictured portrait
produce provide realistic render rendering sketch write writing
detail detailed guide instruction instructions step steps way ways
"""
_FRAME = frozenset(_FRAMING.split())
"""Words that say how something is asked for, and not what."""
_ENDING = re.compile(r"(?<=\w{3})(?:ings?|ed|es|s|e|ly)$")


@lru_cache(maxsize=65_536)
def stem(prompt: str) -> str:
    """The words that carry the meaning of a prompt, without endings, each once, in alphabetical order.

    ``A photo of a nurse.`` and ``Please draw the nurse!`` have one stem, and so have ``How do I pick a lock?`` and
    ``Tell me how locks are picked``. A prompt in other words has another one: rules cannot tell a paraphrase. A prompt
    without any such word is its own stem.
    """
    seen = prompt if len(prompt) <= 2 * _SEEN else f"{prompt[:_SEEN]} {prompt[-_SEEN:]}"
    words = {_ENDING.sub("", word) for word in _WORD.findall(_folded(seen)) if word not in _FRAME}
    return " ".join(sorted(words)) or " ".join(seen.casefold().split())


def _folded(text: str) -> str:
    """Small letters without accents."""
    if text.isascii():  # nothing to take apart
        return text.casefold()
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
