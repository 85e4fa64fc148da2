"""At once: several questions of one hunt, whose results do not depend on which is answered first."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from mmdt.search.hunt_end import HuntOverError
from mmdt.search.move import Move
from mmdt.search.turn import Turn

if TYPE_CHECKING:
    from mmdt.search.hunt import Hunt

R = TypeVar("R")


async def settled(works: Iterable[Coroutine[Any, Any, R]]) -> list[R | HuntOverError]:
    """What each returns, in their order, once all have ended, or what ended the hunt in it.

    Raises the first of any other exceptions: what ends the whole search goes before what ends a hunt.
    """
    found = await asyncio.gather(*works, return_exceptions=True)
    for each in found:
        if isinstance(each, BaseException) and not isinstance(each, HuntOverError):
            raise each
    return [each for each in found if isinstance(each, HuntOverError) or not isinstance(each, BaseException)]


async def grow(hunt: Hunt, lines: Sequence[Sequence[Turn]], *, on_topic: bool = False) -> list[list[Turn]]:
    """Each line with one more turn: the attacker's move after it, asked. As many at once as the attacker proposes
    without having seen what comes of the others, and as many in all as queries are left.

    ``on_topic``: lines whose move has left the topic are left out, before it is asked. Raises as ``hunt.ask_all``.
    """
    grown: list[list[Turn]] = []
    step = hunt.attacker.ahead or max(1, len(lines))
    for start in range(0, len(lines), step):
        part = lines[start : start + min(step, hunt.left)]
        moves = await _proposed(hunt, part, on_topic=on_topic)
        kept = [(line, move) for line, move in zip(part, moves, strict=True) if move is not None]
        if not kept:
            continue
        parents = [line[-1].number if line else 0 for line, _ in kept]
        turns = await hunt.ask_all([move for _, move in kept], parents)
        grown += [[*line, turn] for (line, _), turn in zip(kept, turns, strict=True)]
    return grown


async def _proposed(hunt: Hunt, lines: Sequence[Sequence[Turn]], *, on_topic: bool) -> list[Move | None]:
    """The attacker's move after each line; None for one that is off the topic. Raises what ended the hunt, if
    something did."""

    async def one(branch: Hunt, line: Sequence[Turn]) -> Move | None:
        move = await branch.attacker.propose(branch, line)
        return move if not on_topic or await branch.attacker.on_topic(branch, move) else None

    found = await settled(one(branch, line) for branch, line in zip(hunt.branches(len(lines)), lines, strict=True))
    moves: list[Move | None] = []
    for each in found:
        if isinstance(each, HuntOverError):
            raise each
        moves.append(each)
    return moves
