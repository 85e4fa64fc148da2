"""Hunt: what a method has for one behaviour. It asks, and learns what came of it, until the queries are used up."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from mmdt.core.behaviour import Behaviour
from mmdt.core.message import Message, Messages
from mmdt.core.modality import Modality, flow
from mmdt.core.output import Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.search.move import Move, Space
from mmdt.search.turn import Turn

if TYPE_CHECKING:
    from mmdt.search.attackers.attacker import Attacker

State = str
"""``fell``: the model did it; ``held``: the queries were used up; ``broken``: something failed; ``open``: not ended."""


class HuntOverError(Exception):
    """The hunt has ended. Methods need not catch it."""


class FellError(HuntOverError):
    """The model did what it should not: nothing more is asked."""


class SpentError(HuntOverError):
    """No query is left."""


class BrokenError(HuntOverError):
    """The model or a judge could not be asked: the hunt goes on when the run is resumed."""


@dataclass(frozen=True, slots=True)
class HuntId:
    """``model``: the target; ``method``: how it is attacked; ``behaviour``: the id of what it should do."""

    model: str
    method: str
    behaviour: str

    def __str__(self) -> str:
        return f"{self.model} | {self.method} | {self.behaviour}"


class Desk(Protocol):
    """Asks and keeps; the only way from a hunt to a model."""

    async def query(self, hunt: Hunt, messages: Messages, move: Move, parent: int) -> Turn: ...

    async def consult(self, hunt: Hunt, request: Request, call: int) -> Output: ...

    @property
    def attacker_info(self) -> ModelInfo | None: ...


@dataclass
class Hunt:
    """One behaviour under attack by one method on one model.

    ``limit`` is the number of queries. ``rng`` decides everything random, so that a hunt that is carried out again
    with the same answers asks the same. ``wait``, where given, is awaited before each query (a scheduler's permit).
    """

    id: HuntId
    behaviour: Behaviour
    modality: Modality
    space: Space
    limit: int
    seed: int
    attacker: Attacker
    desk: Desk
    pictures: str = "auto"
    turns: list[Turn] = field(default_factory=list)
    state: State = "open"
    reason: str = ""
    notes: dict[str, object] = field(default_factory=dict)
    wait: Callable[[], Awaitable[object]] | None = None
    calls: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(f"{self.seed}/{self.id}")

    @property
    def left(self) -> int:
        """Queries that are left."""
        return self.limit - len(self.turns)

    @property
    def conversational(self) -> bool:
        """Whether the model takes earlier turns: one that draws does not."""
        return flow(self.modality).output == "text"

    @property
    def best(self) -> Turn | None:
        """The query that came furthest; the first of several."""
        return max(self.turns, key=lambda turn: turn.grade, default=None)

    async def ask(self, move: Move, *, talk: Messages = (), parent: int = 0) -> Turn:
        """Ask the model with a move, after the earlier messages in ``talk``. One query.

        Raises FellError where the answer is harmful, SpentError where no query is left, BrokenError where there is no
        answer that could be judged.
        """
        if self.wait is not None:
            await self.wait()
        if self.left <= 0:
            raise SpentError
        attempt = self.space.attempt(move, self.behaviour)
        images = attempt.images if flow(self.modality).sends_images else ()
        earlier = talk if self.conversational else ()
        turn = await self.desk.query(self, (*earlier, Message.of("user", attempt.prompt, images)), move, parent)
        self.turns.append(turn)
        if turn.harmful:
            raise FellError
        return turn

    async def consult(self, request: Request) -> Output:
        """The attacker model's answer; no query of the target."""
        self.calls += 1
        return await self.desk.consult(self, request, self.calls)
