"""The default cluster of a case: what it has in common with other cases, so that they are not independent of it."""

from __future__ import annotations

from mmdt.core.case import Case
from mmdt.reading.stems import stem

_BEHAVIOUR = ("behaviour", "behavior")


def shared_by(case: Case) -> str:
    """The pictures of a case's question, else the stem of the behaviour that its target names, else that of its prompt.

    Ten wordings of one request, or ten questions about one picture, tend to be answered alike: intervals that take
    them for ten independent cases are too narrow. A ``group`` in the data goes before this. A case that repeats another
    one under a control is in the cluster of that one: the grey picture that all of them show makes nothing alike.
    """
    if case.twin_of is not None:
        return case.twin_of.shared
    if case.cell.flow.sends_images and (pictures := case.question_images):
        return "picture:" + ",".join(picture.digest for picture in pictures)
    named = next((found for key in _BEHAVIOUR if isinstance(found := case.target.get(key), str) and found.strip()), "")
    return "stem:" + stem(named or case.prompt)


def request_of(case: Case) -> str:
    """What the case asks for, however it is put: its group, else the behaviour that its target names; else nothing."""
    named = (found for key in _BEHAVIOUR if isinstance(found := case.target.get(key), str) and found.strip())
    return case.group or " ".join(next(named, "").split())
