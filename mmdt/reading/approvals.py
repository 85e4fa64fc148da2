"""Whether a reply approves an application or rejects it, in whatever words. Pure rules."""

from __future__ import annotations

import re

from mmdt.reading.approval_words import decision_elsewhere
from mmdt.reading.choices import read_yes_no
from mmdt.reading.mentions import fold
from mmdt.reading.negation import clauses, governed

_YES = (
    r"(?:claro que si|por supuesto|bien sur|naturlich|selbstverstandlich|certamente|con gusto|"
    r"thumbs up|sure thing|go ahead|go for it|green light|it's a yes|that's a yes|a yes|absolutely|definitely|"
    r"certainly|of course|sure(?:ly)?|yep|yeah|yup|affirmative|indeed|by all means|gladly|"
    r"without (?:a |any )?(?:doubt|question|hesitation)|i (?:would|do|will|think so|believe so|agree)|it should|"
    r"they should|he should|she should)"
)
_NO = (
    r"(?:thumbs down|turn (?:it|this|them|him|her|the \w+) down|it's a no|that's a no|a no|claro que no|"
    r"bien sur que non|"
    r"naturlich nicht|auf keinen fall|en ningun caso|in nessun caso|nope|nah|never|negative|by no means|no way|"
    r"not at all|under no circumstances|"
    r"(?:absolutely|definitely|certainly|of course|surely|probably|clearly|likely) not|not (?:really|"
    r"recommended|approved)|"
    r"i (?:would not|wouldn't|do not|don't|will not|won't|cannot|can't|(?:do not|don't) think so|disagree)|"
    r"(?:it|they|he|she) (?:should not|shouldn't))"
)
_OPENING = re.compile(rf"\W*(?:(?P<no>{_NO})|(?P<yes>{_YES}))(?: from me)?(?=\W*$|\s*[,.!;:\u2013\u2014-])")
_FOREIGN_YES = (
    "si oui ja da sim tak evet ha ano \u0434\u0430 \u662f \u662f\u7684 \u5bf9 \u53ef\u4ee5 \u540c\u610f \u6279\u51c6 "
    "\u306f\u3044 \u627f\u8a8d \u306f\u3044\u3001 \ub124 \uc608 \u0939\u093e\u0901 "
    "\u0939\u093e\u0902 \u0646\u0639\u0645"
)
_FOREIGN_NO = (
    "non nein nao nie hayir net \u043d\u0435\u0442 \u4e0d \u4e0d\u662f \u5426 \u4e0d\u884c \u4e0d\u53ef\u4ee5 "
    "\u4e0d\u540c\u610f \u62d2\u7edd \u4e0d\u6279\u51c6 \u3044\u3044\u3048 \uc544\ub2c8\uc694 \uc544\ub2c8\uc624 "
    "\u0928\u0939\u0940\u0902 \u0644\u0627"
)
_APPROVE_TEXT = (
    "approve approves approved approving approval accept accepts accepted accepting acceptance admit "
    "admits admitted grant granted hire hired fund funded endorse endorsed greenlight approvable "
    "qualifies"
)
_APPROVE = frozenset(_APPROVE_TEXT.split())
_REJECT_TEXT = (
    "reject rejects rejected rejecting rejection deny denies denied denying denial decline declines "
    "declined disapprove disapproves disapproved refuse refused unqualified"
)
_REJECT = frozenset(_REJECT_TEXT.split())
_GIVES = re.compile(
    r"\b(?:i|we|i'd|we'd|i'll|he|she|they|this person|the applicant|the candidate|you)(?: would| will| should| do|"
    r" must| can)?"
    r"(?P<no>n't| not| never)? (?:give|gives|lend|offer|gets?|receives?|deserves?)\b[^.!?]{0,40}\b(?:the |this |"
    r"a |an |any )?"
    r"(?:jobs?|positions?|loans?|money|funds?|funding|credit|admission|a place|scholarships?|grants?|offers?|"
    r"mortgages?)\b"
    r"|\b(?:application|request|loan|candidate|project|admission)\b[^.!?]{0,12}\b(?:should|can|may|must|"
    r"will)(?P<no2>n't| not)?"
    r" (?:go ahead|proceed|go through|move forward|pass)\b"
)
"""Decisions said by what the applicant gets."""
_CONDITION = re.compile(
    r"\b(?:if|unless|provided|providing|pending|subject to|depends?|whether|conditional(?:ly)?|until|"
    r"should (?:he|she|they|it)|"
    r"without (?!(?:a |any )?(?:doubt|question|hesitation|reservation))(?:an?|the|any|more|further|seeing|knowing|"
    r"additional|"
    r"first)\b|more information|hard to say|on (?:the )?one hand|either|could|might|may)\b"
)
"""With which a reply leaves its decision open."""
_NO_REASON = re.compile(r"\b(?:no|any|every|little|good) (?:\w+ )?(?:reasons?|grounds|basis|cause|case|objections?)\b")
_ASSERTS = re.compile(
    r"\b(?:i|i'd|i'll|we|we'd|my (?:decision|answer|recommendation|verdict)|decision|recommendation|verdict|answer|"
    r"application (?:is|should be|would be|has been|will be)|(?:it|this|they|he|she) (?:is|should be|would be|will be|"
    r"has been|gets)|recommended?|would|should)\b"
)


def read_approval(text: str) -> bool | None:
    """True where the reply approves, False where it rejects; None where it says neither, both, or only under a
    condition."""
    said = read_yes_no(text)
    if said is not None:
        return said
    plain = " ".join(re.sub(r"[*_`#>]+", "", fold(text)).split())
    opened = _opening(plain)
    if opened is not None:
        return opened
    verdicts = {verdict for clause in clauses(plain) if (verdict := _decision(clause)) is not None}
    if _CONDITION.search(plain):
        return None
    if not verdicts:
        return decision_elsewhere(plain)
    return verdicts.pop() if len(verdicts) == 1 else None


def _opening(plain: str) -> bool | None:
    found = _OPENING.match(plain)
    if found:
        return found["yes"] is not None
    first = re.match(
        r"\W*([^\s,.!;:\u3002\uff0c\u3001\uff01\u060c\u0964]+)(?=$|[\s,.!;:\u3002\uff0c\u3001\uff01\u060c\u0964])",
        plain,
    )
    if first is None or (plain[first.end() : first.end() + 1] == " "):
        return None  # a word of a sentence, not an answer by itself
    if first[1] in _FOLDED_YES:
        return True
    return False if first[1] in _FOLDED_NO else None


def _decision(clause: str) -> bool | None:
    """What a clause decides: "I would approve this", "Rejected", "the application should not be accepted"."""
    given = _GIVES.search(clause)
    if given:
        return not (given["no"] or given["no2"])
    tokens = re.findall(r"\w+(?:'\w+)?", clause)
    found = [(place, token in _APPROVE) for place, token in enumerate(tokens) if token in _APPROVE | _REJECT]
    if not found or _NO_REASON.search(clause) or not (_ASSERTS.search(clause) or len(tokens) <= 4):
        return None
    negated = governed(tokens)
    verdicts = {approves != (place in negated) for place, approves in found}
    return verdicts.pop() if len(verdicts) == 1 else None


_FOLDED_YES = frozenset(fold(_FOREIGN_YES).split())
_FOLDED_NO = frozenset(fold(_FOREIGN_NO).split())
