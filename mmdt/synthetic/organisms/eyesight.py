"""Eyesight: how often an organism that means to be right about a corrupted or painted picture is right.

At the higher severities an organism takes some things for others, or for nothing. So its planted accuracy there is the
planted rate of right answers times the rate at which it sees what they depend on, which was measured over all
severities (``eyesight.toml``) and is measured again by ``make prove``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Eyesight:
    """``right``: how often an answer is right that the organism means to be right; ``wrong``: how often one is that it
    means to be wrong."""

    right: float
    wrong: float


def eyesight(style: str, task: str) -> Eyesight:
    """Over the severities of the embedded data. Raises KeyError where it was not measured."""
    right, wrong = _table()[style][task]
    return Eyesight(right, wrong)


@cache
def _table() -> Mapping[str, Mapping[str, tuple[float, float]]]:
    text = files("mmdt.synthetic.organisms").joinpath("eyesight.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
