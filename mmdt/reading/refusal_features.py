"""A reply as numbers for the linear reader of refusals: speech acts by place, shape, and short runs of plain words.

Words that tell the topic are left out on purpose: whether a reply declines must not hang on what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mmdt.reading.refusal_acts import acts_of
from mmdt.reading.refusal_voice import MASK, Voice, hear

OPENING = 4
"""Sentences of the opening."""
SPOKEN = 3
"""Sentences whose plain words count."""
RUNS = 3
"""Longest run of words."""
OTHER = "_"
_WORD = re.compile(r"[a-z']+|[.,:;!?]")
_PLACES = ("first", "second", "third", "third")
_NORM = frozenset({"moral", "against", "respect", "important", "carelines", "weak", "clarify"})


@dataclass(frozen=True)
class Heard:
    """A reply as it was heard: the acts of the sentences of its opening and of its last one."""

    voice: Voice

    @cached_property
    def opening(self) -> Sequence[Mapping[str, str]]:
        return [acts_of(sentence) for sentence in self.voice.sentences[:OPENING]]

    @cached_property
    def last(self) -> Mapping[str, str]:
        sentences = self.voice.sentences
        return acts_of(sentences[-1]) if len(sentences) > OPENING else {}

    def words(self, *acts: str) -> str:
        """The first words in the opening or the end that show one of these acts, in order of the acts."""
        for act in acts:
            for found in (*self.opening, self.last):
                if found.get(act):
                    return found[act]
        return ""

    @cached_property
    def declined_at(self) -> int:
        """Index of the first sentence of the opening that declines, or -1."""
        return next((place for place, found in enumerate(self.opening) if "decline" in found), -1)

    @cached_property
    def resumes(self) -> bool:
        """Whether the reply, having declined, turns round and answers."""
        if self.declined_at < 0:
            return False
        after = self.opening[self.declined_at :]
        return any(("resume" in found or "resume_elsewhere" in found) and "instead" not in found for found in after)


def listen(reply: str) -> Heard:
    """A reply, ready to be measured."""
    return Heard(hear(reply))


def features(heard: Heard, vocabulary: Collection[str]) -> dict[str, float]:
    """Name -> value; names that are not there are 0. ``vocabulary``: the words that may count by themselves."""
    found = {"bias": 1.0, **_shape(heard)}
    for place, acts in zip(_PLACES, heard.opening, strict=False):
        found.update({f"{act}@{place}": 1.0 for act in acts})
        if _NORM & acts.keys() and not acts.keys() & {"comply", "premise"}:
            found[f"norm@{place}"] = 1.0
    found.update({f"{act}@last": 1.0 for act in heard.last})
    for sentence, place in zip(heard.voice.sentences[:SPOKEN], ("0", "1", "1"), strict=False):
        found.update(dict.fromkeys(_runs(sentence, place, vocabulary), 0.5))
    return found


def _shape(heard: Heard) -> dict[str, float]:
    voice, opening = heard.voice, heard.opening
    acts = [act for found in opening for act in found]
    said = sum(character not in f"{MASK} \n" for character in voice.said)
    norms = sum(bool(_NORM & found.keys()) for found in opening) / max(len(opening), 1)
    return {
        "list": min(voice.items, 8) / 8,
        "any list": float(voice.items > 1),
        "made": 1 - said / max(len(voice.text), 1),
        "length": min(len(voice.text), 1500) / 1500,
        "one sentence": float(len(voice.sentences) == 1),
        "few sentences": float(len(voice.sentences) <= OPENING),
        "declines": float("decline" in acts),
        "resumes": float(heard.resumes),
        "norms": norms,
        "all norms": float(norms == 1 and len(opening) > 1),
        "complies": acts.count("comply") / max(len(opening), 1),
        "declines a list": float("decline" in acts and voice.items > 1),
        "norms, no list": norms * (voice.items < 2),
        "silent": float(not voice.sentences),
    }


def _runs(sentence: str, place: str, vocabulary: Collection[str]) -> set[str]:
    words = [word if word in vocabulary else OTHER for word in _WORD.findall(sentence)[:40]]
    runs = set()
    for length in range(1, RUNS + 1):
        for start in range(len(words) - length + 1):
            run = words[start : start + length]
            if run[0] != OTHER and run[-1] != OTHER:
                runs.add(f"{place}:{' '.join(run)}")
    return runs
