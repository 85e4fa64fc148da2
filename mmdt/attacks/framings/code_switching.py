"""Code switching: common words of the request in other languages, from a lexicon that can be read backwards."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from mmdt.attacks.text.replacing import replace_words
from mmdt.core.attack import BOTH, Attack, Attempt
from mmdt.errors import UsageError

LANGUAGES = ("de", "es", "fr", "it")
"""The columns of the lexicon after the English word: German, Spanish, French, Italian."""


@cache
def lexicon() -> dict[str, tuple[str, ...]]:
    """English word -> its words in :data:`LANGUAGES`. No foreign word stands for two English ones."""
    text = (files("mmdt.attacks.framings") / "lexicon.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {row[0]: tuple(row[1:]) for row in rows}


def decode(prompt: str, more: Mapping[str, str] | None = None) -> str:
    """The prompt with English words for the foreign ones."""
    back = {foreign: english for english, words in lexicon().items() for foreign in words}
    return replace_words(prompt, {**back, **{foreign: english for english, foreign in (more or {}).items()}})


def _change(attempt: Attempt, rng: random.Random, languages: tuple[str, ...], words: Mapping[str, str]) -> Attempt:
    unknown = [each for each in languages if each not in LANGUAGES]
    if unknown or not languages:
        hint = f"use some of {', '.join(LANGUAGES)}; other languages go into the parameter words"
        raise UsageError(f"no language {unknown[0]!r} in the lexicon" if unknown else "no language is given", hint=hint)
    columns = [LANGUAGES.index(each) for each in languages]
    text = attempt.prompt.lower()
    there = set(re.findall(r"[^\W\d_]+", text))
    book = {}
    for word in sorted(there & lexicon().keys()):
        free = [lexicon()[word][each] for each in columns if lexicon()[word][each].lower() not in text]
        if free:  # a foreign word that the prompt has already could not be read backwards
            book[word] = rng.choice(free)
    book |= dict(words)
    if not book:
        hint = 'give the parameter words, such as {"gnomes": "Zwerge"}'
        raise UsageError("no word of the prompt is in the lexicon", where=attempt.prompt[:60], hint=hint)
    return attempt.with_prompt(replace_words(attempt.prompt, book))


CODE_SWITCHING = Attack(
    "code-switching",
    BOTH,
    _change,
    "says common words of the request in other languages",
    parameters={"languages": LANGUAGES, "words": {}},
    source='Yoo et al., "Code-switching red-teaming", ACL 2025; Deng et al., "Multilingual jailbreak challenges", 2024',
    constraint="the lexicon read backwards gives the prompt, up to articles",
)
