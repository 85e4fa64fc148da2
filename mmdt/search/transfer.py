"""Transfer: what was found on one target is tried on another one, once each, word for word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mmdt.search.hunt import Hunt
from mmdt.search.hunt_end import BrokenError
from mmdt.search.result import Query, Search

if TYPE_CHECKING:
    from mmdt.search.desk import EngineDesk


def earlier(folders: Iterable[str]) -> list[Query]:
    """The successes of earlier searches. Raises StoreError for a folder without one."""
    return [query for folder in folders for query in Search(Path(folder)).found]


async def try_on(hunt: Hunt, queries: Sequence[Query], desk: EngineDesk) -> None:
    """Ask the hunt's target each conversation, one query each; a success does not end it."""
    for query in queries:
        try:
            turn = await desk.repeat(hunt, query)
        except BrokenError as error:
            hunt.state, hunt.reason = "broken", str(error)
            return
        hunt.turns.append(turn)
    hunt.state = "ended"
