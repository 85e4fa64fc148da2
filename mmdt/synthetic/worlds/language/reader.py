"""Parses the sentences of a drawing request into its meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from mmdt.attacks.text import distraction, false_premise
from mmdt.synthetic.worlds.language.lexicon import Token, tokens
from mmdt.synthetic.worlds.language.meaning import Link, Meaning, ObjectSpec
from mmdt.synthetic.worlds.scene import Relation

_QUOTED = re.compile(r"[\"\u201c]([^\"\u201d]+)[\"\u201d]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(slots=True)
class _Group:
    """The words read so far before a noun."""

    count: int = 0
    color: str = ""
    size: str = ""
    definite: bool = False


@dataclass(slots=True)
class _Reader:
    """Parses the tokens of successive sentences into parts and links."""

    parts: list[ObjectSpec] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    group: _Group = field(default_factory=_Group)
    last: int | None = None
    negated: bool = False
    pending: tuple[int, Relation] | None = None
    post: int = -1  # index of the word after "that is", where an adjective belongs to the last noun

    def sentence(self, found: Sequence[Token]) -> None:
        self.group, self.last, self.negated, self.pending, self.post = _Group(), None, False, None, -1
        for token in found:
            self._take(token)

    def _take(self, token: Token) -> None:
        if token.sort == "kind":
            self._noun(token.value)
        elif token.sort in ("color", "size"):
            self._adjective(token)
        elif token.sort == "number":
            self.group.count = int(token.value)
        elif token.sort == "the":
            self.group.definite = True
        elif token.sort == "post":
            self.post = token.end
        elif token.sort == "not":
            self.negated = True
        elif token.sort == "action" and self.last is not None:
            self.parts[self.last] = replace(self.parts[self.last], action=token.value)
        elif token.sort == "relation" and self.last is not None:
            self.pending = (self.last, cast(Relation, token.value))

    def _adjective(self, token: Token) -> None:
        if token.start == self.post and self.last is not None:
            part = self.parts[self.last]
            of_size = token.sort == "size"
            self.parts[self.last] = replace(part, size=token.value) if of_size else replace(part, color=token.value)
        elif token.sort == "size":
            self.group.size = token.value
        else:
            self.group.color = token.value

    def _noun(self, kind: str) -> None:
        group, self.group = self.group, _Group()
        if self.negated:
            self.absent.append(kind)
            return
        index = self._mentioned(kind, group) if group.definite else None
        if index is None:
            index = len(self.parts)
            self.parts.append(ObjectSpec(kind, group.count or 1, group.color, group.size))
        if self.pending:
            one, relation = self.pending
            self.links.append(Link(one, relation, index))
            self.pending = None
        self.last = index

    def _mentioned(self, kind: str, group: _Group) -> int | None:
        for index, part in enumerate(self.parts):
            if part.kind == kind and group.color in ("", part.color):
                return index
        return None


def sentences(text: str) -> list[str]:
    """The sentences of a text; quoted text is never split."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\x00{len(kept) - 1}\x00"

    hidden = _QUOTED.sub(keep, text)
    parts = [part for part in _SENTENCE_END.split(hidden) if part.strip()]
    return [re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], part) for part in parts]


@dataclass(frozen=True, slots=True)
class SortedSentences:
    """The sentences of a text by role: requests or questions, claims, and asides."""

    asked: tuple[str, ...]
    claims: tuple[str, ...]
    asides: tuple[str, ...]


def sort_sentences(text: str) -> SortedSentences:
    """Sort the sentences of a text by their openings."""
    found = sentences(text)
    asides = tuple(sentence for sentence in found if sentence.startswith(distraction.OPENINGS))
    claims = tuple(sentence for sentence in found if sentence.startswith(false_premise.OPENINGS))
    return SortedSentences(tuple(each for each in found if each not in (*asides, *claims)), claims, asides)


def read_sentences(found: Sequence[str]) -> Meaning:
    """The literal meaning of these sentences."""
    reader, text = _Reader(), ""
    for sentence in found:
        quoted = _QUOTED.findall(sentence)
        text = text or (quoted[0] if quoted else "")
        reader.sentence(tokens(_QUOTED.sub(" ", sentence)))
    return Meaning(tuple(reader.parts), tuple(reader.links), tuple(reader.absent), text)


def read_prompt(text: str) -> Meaning:
    """The meaning of a plain request."""
    return read_sentences(sentences(text))
