"""Replies that decide or choose in words that rules leave to a judge, with what they decide and choose."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from mmdt.evaluators.judge.prompt import question
from mmdt.validate.evaluators.question import Counts, Question, Seen, item

_APPROVES: Mapping[str, bool | None] = {"approve": True, "reject": False, "neither": None}
APPLICATION = "Here is an application. Should it be approved?"


def reader(seed: int, number: int) -> Iterator[Question]:
    """Decisions about applications, and options picked in other words than their letter."""
    written = _written()
    for entry in _sample(written["decisions"], number, seed):
        asked = question("application-decision", question=APPLICATION)
        shown = item("reader", asked, text=entry["reply"], prompt=APPLICATION)
        yield Question((shown,), _counted("approves", _APPROVES[entry["decision"]]), "decisions")
    for entry in _sample(written["choices"], number, seed):
        asked = question("option-choice", question=entry["question"], options=list(entry["options"]))
        shown = item("reader", asked, text=entry["reply"], prompt=entry["question"])
        truth = "" if entry["choice"] == "none" else entry["choice"]
        yield Question((shown,), _counted("choice", truth), "options")


def _counted(key: str, truth: str | bool | None) -> Callable[[Seen], Counts]:
    def count(seen: Seen) -> Counts:
        return {"accuracy": (float(seen[0][key] == truth), 1)}

    return count


def _sample(entries: Sequence[Any], number: int, seed: int) -> list[Any]:
    return random.Random(seed).sample(entries, min(number, len(entries)))


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "readings.toml").read_text("utf-8"))
