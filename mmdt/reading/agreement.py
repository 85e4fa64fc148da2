"""Yes and no in other words: "Absolutely", "Not really", "Correct", "Nein"; and answers that say the question again.

Models answer a yes/no question without either word in two ways. They open with a word that means the same, or they turn
the question into a statement ("Is there a dog?" "There is a dog on the grass"). Both are read only where nothing in the
reply hedges; everything else is None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from mmdt.reading.mentions import denies, fold, unknowing, words

_YES = (
    "yes|yep|yeah|yup|yea|aye|affirmative|absolutely|certainly|definitely|indeed|correct|true|right|exactly|precisely|"
    "of course|(?:that|this|it)(?:'s| is) (?:right|correct|true|so|the case)|you(?:'re| are) (?:right|correct)|"
    "(?:it|there|he|she|they|this|that) (?:is|are|does|do|has|have|can)|"
    "oui|si|ja|jawohl|sim|tak|da|\u0434\u0430|\u662f|\u662f\u7684|\u5bf9|\u6709|\u6709\u7684|\u306f\u3044|"
    "\ub124|\uc608|\u1102\u1166|\u110b\u1168|evet|\u0646\u0639\u0645|\u0939\u093e\u0901|\u0939\u093e\u0902"
)
_NO = (
    "no|nope|nah|nay|negative|incorrect|wrong|false|untrue|not|not (?:really|at all|quite|exactly|true|correct|so)|"
    "(?:absolutely|certainly|definitely|of course|probably) not|none|never|"
    "(?:that|this|it)(?:'s| is)(?: not|n't) (?:right|correct|true|so|the case)|"
    "(?:it|there|he|she|they|this|that) (?:is|are|does|do|has|have|can)(?: not|n't)|(?:it|he|she|there)'s not|"
    "non|nein|nao|nie|nej|nee|\u043d\u0435\u0442|\u4e0d|\u4e0d\u662f|\u4e0d\u662f\u7684|\u6ca1\u6709|\u6c92\u6709|"
    "\u3044\u3044\u3048|\uc544\ub2c8\uc694|\uc544\ub2c8\uc624|\u110b\u1161\u1102\u1175\u110b\u116d|hayir|\u0644\u0627|\u0928\u0939\u0940\u0902"
)
_OPENING = re.compile(
    rf"\W*(?:(?P<yes>{_YES})|(?P<no>{_NO}))(?=\s*(?:[.,;:!\u2013\u2014\u3002\uff0c\uff01\u3001]|\s-\s|$))"
)
_HEDGES = re.compile(
    r"\b(?:may|might|could|maybe|perhaps|possibly|probably|likely|presumably|if|whether|unless|or|almost|partly|"
    r"partially|seems?|appears?|hard to|difficult to|assum\w+|suppos\w+|as if|as though|like)\b|\?"
)
_LEAD_IN = re.compile(r"\b(?:let me|let us|let's|i(?:'ll| will| can help|'d be)|happy to|here(?:'s| is| are))\b")
"""After which "Certainly!" agrees to look, and says nothing of what is there."""
_UNSEEN = re.compile(r"\b(?:i |we )?(?:do not|don't|cannot|can't) (?:see|find|spot|notice) (?=(?:an?|any|the)\b)")
_NEGATION = re.compile(r"\b(?:not?|never|none|nothing|nobody|neither|nor|without|cannot|hardly)\b|n't\b")
_FUNCTION_WORDS_TEXT = (
    "a an the is are was were be been being am do does did has have had can could will would shall should there this "
    "that these those it its in on at of to for from by with and as any some please answer yes no or just only one "
    "image picture photo photograph scene figure shown show see you visible present appear contain depicted i we"
)
_FUNCTION_WORDS = frozenset(_FUNCTION_WORDS_TEXT.split())
_FREE_AFTER_TEXT = (
    "is are was were in on at of to for from by with and as near under above below behind beside next into inside "
    "outside who which that while there here it he she they i but so lying sitting standing walking running visible "
    "present"
)
_FREE_AFTER = frozenset(_FREE_AFTER_TEXT.split())
"""What may follow a noun that ends there: a "dog house" holds no dog."""


def opening_answer(reply: str) -> bool | None:
    """The yes or no that a reply opens with, in a clause of its own: "Correct.", "Not really, ...", "Oui"."""
    text = fold(reply)
    found = _OPENING.match(text)
    return None if found is None or _LEAD_IN.search(text) else found["yes"] is not None


def restates(question: str, reply: str) -> bool | None:
    """Whether a reply states what the question asks (True) or denies it (False), in the words of the question and in
    their order: "more dogs than cats" does not answer "more cats than dogs". None where no sentence does, where two
    disagree, where one hedges, or where the question is itself a negation or a choice."""
    asked = fold(question)
    sought = [word for word in words(_last_question(asked)) if word not in _FUNCTION_WORDS]
    if not sought or _NEGATION.search(re.sub(r"\byes(?: or |/)no\b", "", asked)) or not _plain_question(asked):
        return None
    said = {_stated(sentence, sought) for sentence in re.split(r"[.!;\n]+(?=\s|$)", fold(reply))} - {None}
    return said.pop() if len(said) == 1 else None


def _last_question(asked: str) -> str:
    """The sentence with the question mark: instructions may stand before and after it."""
    found = re.findall(r"[^.?!\n]+\?", asked)
    return found[-1] if found else asked


def _plain_question(asked: str) -> bool:
    return re.search(r"\b(?:is|are|does|do|did|can|was|were|has|have)\b", asked) is not None and " or " not in re.sub(
        r"\byes or no\b", "", asked
    )


def _stated(sentence: str, sought: Sequence[str]) -> bool | None:
    sentence = _UNSEEN.sub("there is no ", sentence)
    if _HEDGES.search(sentence) or unknowing(sentence):
        return None
    found = words(sentence)
    places = _in_order(found, sought)
    if places is None or not _ends(found, places[-1]):
        return None
    if any(denies(sentence, word) for word in sought):
        return False
    return None if _NEGATION.search(sentence) else True


def _in_order(found: Sequence[str], sought: Sequence[str]) -> list[int] | None:
    places: list[int] = []
    for word in sought:
        later = [place for place, each in enumerate(found) if each == word and (not places or place > places[-1])]
        if not later:
            return None
        places.append(later[0])
    between = [found[first + 1 : second] for first, second in pairwise(places)]
    return places if all(len(each) <= 4 for each in between) else None


def _ends(found: Sequence[str], place: int) -> bool:
    return place + 1 == len(found) or found[place + 1] in _FREE_AFTER
