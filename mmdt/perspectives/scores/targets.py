"""What a case's target says, checked: a word that is none of those known would count for the wrong side in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def one_of(target: Mapping[str, Any], key: str, known: Sequence[str], default: str | None = None) -> str:
    """The entry of a target in small letters, or ``default`` where it has none (if there is one).

    Raises ValueError where it is none of those known.
    """
    said = str(target.get(key, default)).strip().lower()
    if said not in known:
        raise ValueError(f"the target's {key} is {target.get(key)!r}, and one of {', '.join(known)} is due")
    return said
