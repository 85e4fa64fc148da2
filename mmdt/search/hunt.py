"""Hunt: what a method has for one behaviour. It asks, and learns what came of it, until the queries are used up."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, Self

from mmdt.core.attack import Attempt
from mmdt.core.behaviour import Behaviour
from mmdt.core.message import Message, Messages
from mmdt.core.modality import Modality, flow
from mmdt.core.output import Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.search.at_once import settled
from mmdt.search.hunt_end import FellError, HuntOverError, SpentError
from mmdt.search.move import Move, Space
from mmdt.search.turn import Turn

if TYPE_CHECKING:
    from mmdt.search.attackers.attacker import Attacker

State = str
"""``fell``: the model did it; ``held``: the queries were used up; ``broken``: something failed; ``open``: not ended."""


@dataclass(frozen=True, slots=True)
class HuntId:
    """``model``: the target; ``method``: how it is attacked; ``behaviour``: the id of what it should do."""

    model: str
    method: str
    behaviour: str

    def __str__(self) -> str:
        return f"{self.model} | {self.method} | {self.behaviour}"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the target: ``number`` counts the queries of a hunt from 1, ``attempt`` is what the move made of
    the behaviour, and ``parent`` the number of the query that it was developed from, 0 for none."""

    number: int
    messages: Messages
    move: Move
    attempt: Attempt
    parent: int = 0


class Desk(Protocol):
    """Asks and keeps; the only way from a hunt to a model."""

    async def query(self, hunt: Hunt, question: Question) -> Turn: ...

    async def consult(self, hunt: Hunt, request: Request, call: str) -> Output: ...

    @property
    def attacker_info(self) -> ModelInfo | None: ...


@dataclass
class Hunt:
    """One behaviour under attack by one method on one model.

    ``limit`` is the number of queries. ``rng`` decides everything random, so that a hunt that is carried out again
    with the same answers asks the same, in whatever order they arrive. ``wait``, where given, is awaited before each
    query (a scheduler's permit). ``pending``: moves that were proposed and not asked yet. ``name``: the branch's.
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
    pending: list[Move] = field(default_factory=list)
    name: str = ""
    calls: int = 0
    groups: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(f"{self.seed}/{self.id}{self.name}")

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
        (turn,) = await self._asked([move], [parent], talk)
        return turn

    async def ask_all(self, moves: Sequence[Move], parents: Sequence[int] = ()) -> list[Turn]:
        """Ask the model with several moves at once, as many as queries are left. They are numbered in this order, and
        all of them are asked, in whatever order the answers arrive: so the result is the same at any speed.

        Returns a turn for each that was asked. Raises as :meth:`ask`, after the last of them.
        """
        return await self._asked(moves, parents or [0] * len(moves), ())

    async def _asked(self, moves: Sequence[Move], parents: Sequence[int], talk: Messages) -> list[Turn]:
        if self.left <= 0:
            raise SpentError
        numbered = list(zip(moves, parents, strict=True))[: self.left]
        questions = [
            self._question(number, move, parent, talk)
            for number, (move, parent) in enumerate(numbered, len(self.turns) + 1)
        ]
        self.pending.clear()
        found = await settled(self._send(each) for each in questions)
        turns: list[Turn] = []
        for each in found:  # none after one that broke off: it would not be known whether it is the first to succeed
            if isinstance(each, HuntOverError):
                break
            turns.append(each)
        self.turns.extend(turns)
        if any(turn.harmful for turn in turns):
            raise FellError
        for each in found:
            if isinstance(each, HuntOverError):
                raise each
        return turns

    def _question(self, number: int, move: Move, parent: int, talk: Messages) -> Question:
        attempt = self.space.attempt(move, self.behaviour)
        images = attempt.images if flow(self.modality).sends_images else ()
        earlier = talk if self.conversational else ()
        messages = (*earlier, Message.of("user", attempt.prompt, images))
        return Question(number, messages, move, attempt, parent)

    async def _send(self, question: Question) -> Turn:
        if self.wait is not None:
            await self.wait()
        return await self.desk.query(self, question)

    def branches(self, number: int) -> list[Self]:
        """That many views of this hunt, for proposals that are made at once: each draws its own random numbers, so that
        the order in which an attacker answers decides nothing. They share turns and notes."""
        self.groups += 1
        self.pending.clear()
        names = [f"{self.name}/{self.groups}.{each}" for each in range(1, number + 1)]
        return [replace(self, name=name, calls=0, groups=0) for name in names]

    async def consult(self, request: Request) -> Output:
        """The attacker model's answer; no query of the target."""
        self.calls += 1
        return await self.desk.consult(self, request, f"{self.name}/{self.calls}".strip("/"))
