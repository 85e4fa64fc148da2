"""Skill: one kind of request that an organism understands. Turn: one request being answered.

A skill recognises a request by its text and pictures (never by hidden metadata), asks the turn which planted behaviour
to show, and answers accordingly. To add one, write ``skills/<name>.py`` with a module-level ``SKILL``, list it in
``skills/__init__.py`` and plant its rates in ``tables/<family>.toml``.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from mmdt.core.message import content_of
from mmdt.core.modality import Modality
from mmdt.core.output import Output
from mmdt.core.protocols import Request
from mmdt.synthetic.organisms.rates import RateTable, pick

if TYPE_CHECKING:
    from PIL import Image as Pil


class Turn:
    """One request being answered, with random numbers that are the same whenever the same request comes.

    They depend only on the organism's seed and on the content of the request (prompt, pictures, system prompt, request
    seed). Repeats with different request seeds are therefore independent, and reruns are identical.
    """

    def __init__(self, request: Request, table: RateTable, seed: int) -> None:
        self.request = request
        self.table = table
        pictures = ",".join(image.digest for image in request.images)
        kind = "t2i" if request.wants == "image" else "i2t"
        said = request.prompt if request.simple else str(content_of(request.messages))
        content = (seed, kind, request.seed, pictures, request.system, said)
        self._key = "\x1f".join(map(str, content)).encode("utf-8", "surrogatepass")

    def uniform(self, what: str) -> float:
        """A number in [0, 1) for one decision; different values of ``what`` give independent numbers."""
        digest = hashlib.blake2b(self._key + b"\x1f" + what.encode(), digest_size=8).digest()
        return int.from_bytes(digest[:7]) / (1 << 56)

    def choose(self, row: str) -> str:
        """The behaviour of this request, drawn at the rates of a row of the table."""
        return pick(self.table.rates(row), self.uniform(row))

    @cached_property
    def rng(self) -> random.Random:
        """Random numbers for variety in wording and drawing, independent of the planted behaviour."""
        return random.Random(self.uniform("variety"))

    @cached_property
    def pictures(self) -> tuple[Pil.Image, ...]:
        """The pictures of the request, decoded to RGB. Raises DataError if one is damaged."""
        return tuple(image.pil() for image in self.request.images)


class Skill(Protocol):
    """One kind of request that an organism understands."""

    @property
    def modality(self) -> Modality: ...

    def answer(self, turn: Turn) -> Output | None:
        """The output, or None if the request is not of this kind. Called only where the skill's output is wanted."""
        ...

    def truth(self, table: RateTable) -> Mapping[str, Mapping[str, float]]:
        """The planted truth: cell -> metric name -> expected value among outputs that did not fail."""
        ...
