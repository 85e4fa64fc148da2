"""What a reader must know before any number, in one line: how many caveats there are, and what each is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_EMBEDDED = "Embedded "
SHORT = 125
"""Characters of a note that is shown in full."""


def caveats_line(notes: Sequence[str]) -> str:
    """``3 caveats: the model is an organism; embedded judge, ocr``; empty without notes."""
    if not notes:
        return ""
    heads = "; ".join(_heads(notes))
    return f"{len(notes)} {'caveat' if len(notes) == 1 else 'caveats'}: {heads}"


def _heads(notes: Iterable[str]) -> list[str]:
    """The first clause of each note; embedded evaluators are named together."""
    heads: list[str] = []
    embedded: list[str] = []
    for note in notes:
        head = _head(note)
        if head.startswith(_EMBEDDED):
            embedded.append(head.removeprefix(_EMBEDDED))
        else:
            heads.append(head[:1].lower() + head[1:])
    return [*heads, *([f"embedded {', '.join(embedded)}"] if embedded else [])]


def _head(note: str) -> str:
    """The first clause of a note, after the address that it may begin with; all of a short one."""
    if len(note) <= SHORT and not note.startswith(_EMBEDDED):
        return note.rstrip(".")
    first, _, rest = note.partition(": ")
    sentence = first if " " in first else f"{first}: {rest.partition(': ')[0]}"
    return sentence.partition(". ")[0].rstrip(".")
