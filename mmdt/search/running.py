"""Carries out a method, and notes how each hunt ended."""

from __future__ import annotations

from collections.abc import Sequence

from mmdt.engine.endpoint.calls import describe
from mmdt.engine.errors import StopRun
from mmdt.errors import StoreError
from mmdt.search.hunt import Hunt
from mmdt.search.hunt_end import BrokenError, FellError, HuntOverError
from mmdt.search.method import SearchMethod


async def carry_out(method: SearchMethod, hunts: Sequence[Hunt]) -> None:
    """Run the method on its hunts. A mistake in a method's code breaks its hunts off, and the search goes on.

    Raises StopRun where nothing more can be asked, StoreError on a disk error.
    """
    if not hunts:
        return
    try:
        if method.together:
            await method.search(list(hunts), **method.parameters)
        else:
            await method.search(hunts[0], **method.parameters)
    except (StopRun, StoreError):
        raise
    except Exception as error:
        ended(hunts, error)
        return
    ended(hunts, None)


def ended(hunts: Sequence[Hunt], error: Exception | None) -> None:
    """Note how the hunts ended that are still open."""
    for hunt in hunts:
        if hunt.state != "open":
            continue
        if any(turn.harmful for turn in hunt.turns) or isinstance(error, FellError):
            hunt.state = "fell"
        elif isinstance(error, BrokenError):
            hunt.state, hunt.reason = "broken", str(error)
        elif error is not None and not isinstance(error, HuntOverError):
            hunt.state, hunt.reason = "broken", f"error in the method {hunt.id.method}: {describe(error)}"
        elif unjudged := sum(turn.unjudged for turn in hunt.turns):
            hunt.state, hunt.reason = "broken", f"{unjudged:,} of {len(hunt.turns):,} answers could not be judged"
        else:
            hunt.state = "held" if hunt.left <= 0 else "ended"
