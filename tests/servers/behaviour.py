"""How a test server behaves: a script of faults, written by hand or on the command line."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.servers.asked import Asked

FAULTS = frozenset(
    {
        "answer",
        "refusal",  # a refusal in the field the provider has for it
        "filter",  # the provider's content filter, as an error
        "filter_finish",  # the provider's content filter, as the reason why the text stopped
        "empty",  # a well-formed reply with nothing in it
        "cut_short",  # the token limit was reached
        "rate_limit",
        "quota",  # no money left
        "server_error",
        "overloaded",
        "wrong_key",
        "not_found",
        "bad_request",
        "reset",  # the connection is reset before a byte is sent
        "hang",  # no byte is ever sent
        "drip",  # the reply comes a few bytes at a time
        "malformed",  # JSON that breaks off, with a correct length
        "truncated_body",  # fewer bytes than announced, then the connection closes
        "html",  # a gateway's error page with status 200
        "wrong_shape",  # valid JSON that holds something else
        "truncated_image",
        "wrong_media",  # a picture was due, something else came
        "picture",  # text was due, a picture came
    }
)


@dataclass(frozen=True)
class Fault:
    """One way to reply. ``value`` is Retry-After in seconds for ``rate_limit`` and ``overloaded``, the seconds that a
    ``drip`` takes, or the status of a ``server_error``; ``header`` how Retry-After is written: seconds, ms or date."""

    kind: str = "answer"
    value: float | None = None
    header: str = "seconds"

    def __post_init__(self) -> None:
        assert self.kind in FAULTS, f"{self.kind!r} is none of {sorted(FAULTS)}"

    @classmethod
    def parse(cls, text: str) -> Fault:
        """``kind``, ``kind:value`` or ``kind:value:header``."""
        kind, _, rest = text.partition(":")
        value, _, header = rest.partition(":")
        fault = cls(kind, float(value) if value else None)
        return replace(fault, header=header) if header else fault


Behaviour = Callable[[Asked, int], Fault]
"""``behaviour(asked, nth)``: how to reply when this content is asked for the nth time (from 1)."""


def _faults(text: str) -> list[Fault]:
    faults: list[Fault] = []
    for part in filter(None, text.split(",")):
        fault, _, times = part.partition("*")
        faults += [Fault.parse(fault)] * int(times or 1)
    return faults


def script(text: str = "", then: str = "answer") -> Behaviour:
    """Faults in the order of arrival, for example ``"rate_limit:0.2*2,reset"``; ``then`` ever after."""
    waiting = _faults(text)
    last = Fault.parse(then)

    def behave(_asked: Asked, _nth: int) -> Fault:
        return waiting.pop(0) if waiting else last

    return behave


def each(text: str, then: str = "answer") -> Behaviour:
    """The same faults for every content: ``each("reset")`` resets the first attempt at each."""
    faults = _faults(text)
    last = Fault.parse(then)
    return lambda _asked, nth: faults[nth - 1] if nth <= len(faults) else last


def chaos(rate: float, text: str, seed: int = 0) -> Behaviour:
    """A share ``rate`` of all requests meets one of the faults, the same ones in every run with the same seed."""
    faults = _faults(text)

    def behave(asked: Asked, nth: int) -> Fault:
        dice = random.Random(f"{seed}/{asked.content}/{nth}")
        return dice.choice(faults) if dice.random() < rate else Fault()

    return behave


def by_prompt(rules: dict[str, str]) -> Behaviour:
    """The fault of the first key that the prompt contains; an answer where there is none."""
    faults = {key: Fault.parse(text) for key, text in rules.items()}
    return lambda asked, _nth: next((fault for key, fault in faults.items() if key in asked.prompt), Fault())


def parse(text: str) -> Behaviour:
    """From a command line: a script, ``each=<script>``, or ``chaos=<rate>/<script>``."""
    how, _, rest = text.rpartition("=")
    if how == "each":
        return each(rest)
    if how == "chaos":
        rate, _, faults = rest.partition("/")
        return chaos(float(rate), faults)
    return script(text)
