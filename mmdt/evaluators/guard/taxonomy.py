"""From the categories of guards, and the categories of cases, to hazards in words that all share."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from mmdt.core.fingerprint import fingerprint


def hazards_of(guard: str, codes: Iterable[str]) -> list[str]:
    """The shared hazards of a guard's own codes, each once; a code that the file does not know adds none."""
    known: Mapping[str, list[str]] = _read()["guards"].get(guard, {})
    return list(dict.fromkeys(hazard for code in codes for hazard in known.get(code, ())))


def hazards_in(category: str) -> list[str]:
    """The shared hazards that a case's category names; empty where the file knows none of its words."""
    said = category.lower()
    return [
        name
        for name, each in _read()["hazards"].items()
        if any(re.search(rf"\b{re.escape(word)}", said) for word in each["words"])
    ]


def edition() -> str:
    """Changes with the file."""
    return fingerprint(_text())[:8]


@cache
def _text() -> str:
    return (files(__package__) / "taxonomy.toml").read_text("utf-8")


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(_text())
