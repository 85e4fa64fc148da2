"""Short replies that are no answer, in several languages: they do not know, or say yes where nothing was claimed."""

from __future__ import annotations

import re

from mmdt.reading.mentions import fold

LONGEST = 200
"""Characters; what is longer says more."""
_NOT_KNOWING = (
    *("I do not know", "I don't know", "idk", "dunno", "no idea", "I have no idea", "no clue", "unknown", "not sure"),
    *("I'm not sure", "I am not sure", "pass", "n/a", "not applicable", "sorry", "?"),
    *("ich weiß nicht", "ich weiß es nicht", "weiß ich nicht", "das weiß ich nicht", "keine Ahnung", "unbekannt"),
    *("je ne sais pas", "je sais pas", "aucune idée", "inconnu", "no sé", "no lo sé", "ni idea", "desconocido"),
    *("não sei", "eu não sei", "desconhecido", "non lo so", "non so", "sconosciuto", "ik weet het niet", "geen idee"),
    *("не знаю", "я не знаю", "неизвестно", "nie wiem", "bilmiyorum", "不知道", "我不知道", "未知", "わかりません"),
    *("分かりません", "知りません", "不明", "모르겠습니다", "모르겠어요", "몰라요", "لا أعرف", "لا أعلم"),
    *("मुझे नहीं पता", "पता नहीं"),
)
_AGREEING = (
    *("yes", "yeah", "yep", "sure", "of course", "certainly", "ok", "okay", "ja", "oui", "si", "sí", "sim", "da"),
    *("да", "是", "是的", "はい", "네", "evet", "نعم", "हाँ"),
)
_PARTS = re.compile(r"[.,;!\u3002\uff0c\uff01\u060c\n]")


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


_SILENT = frozenset(map(_letters, _NOT_KNOWING)) - {""}
_YES = frozenset(map(_letters, _AGREEING))


def knows_nothing(reply: str) -> bool:
    """Whether every part of a short reply says that it does not know, and nothing else."""
    said = _said(reply)
    return bool(said) and all(part in _SILENT for part in said)


def answers_nothing(reply: str) -> bool:
    """Whether a short reply does not know, or says yes to a question that asks for something else.

    "No" alone is not such a reply: asked how many there are, it may be a zero.
    """
    said = _said(reply)
    return any(part in _SILENT | _YES for part in said) and all(part in _SILENT | _YES or part == "no" for part in said)


def _said(reply: str) -> list[str]:
    return [] if len(reply) > LONGEST else [said for said in map(_letters, _PARTS.split(reply)) if said]
