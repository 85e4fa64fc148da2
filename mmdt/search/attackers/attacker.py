"""Attacker: proposes the next move, from what came of the earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from mmdt.search.move import Move
from mmdt.search.turn import Turn

if TYPE_CHECKING:
    from mmdt.search.hunt import Hunt


class Attacker(Protocol):
    """Proposes moves. Whatever is random comes from ``hunt.rng``."""

    @property
    def name(self) -> str: ...

    @property
    def ahead(self) -> int:
        """How many moves of a hunt it proposes before it needs to see what came of them; 0 for any number."""
        ...

    async def propose(self, hunt: Hunt, line: Sequence[Turn]) -> Move:
        """The next move after a line of turns, the last of which is to be improved; the first move without any."""
        ...

    async def escalate(self, hunt: Hunt, talk: Sequence[Turn], step: int, steps: int, declined: Turn | None) -> Move:
        """The message with number ``step`` of ``steps`` of a conversation that comes closer to the behaviour with each;
        the last one asks for it. ``talk``: the turns that were answered; ``declined``: what was just declined."""
        ...

    async def on_topic(self, hunt: Hunt, move: Move) -> bool:
        """Whether the move still asks for the behaviour."""
        ...
