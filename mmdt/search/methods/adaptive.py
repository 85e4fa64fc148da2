"""Adaptive: a bandit over methods. It learns over all behaviours which method works on this model, and gives that one
more of the queries.

Thompson sampling (1933) with a Beta posterior of each method's successes per query. In each round every behaviour that
still holds asks one query, with the method that is drawn for it; the posterior is updated between rounds, so that the
order in which answers arrive changes nothing. What it cost to learn is the regret (``mmdt.search.regret``).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from mmdt.core.output import Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.search.hunt import Hunt, Question
from mmdt.search.hunt_end import BrokenError, FellError, HuntOverError
from mmdt.search.method import SearchMethod, method
from mmdt.search.turn import Turn

AT_ONCE = 256
"""Behaviours whose next query is made and asked at a time: pictures are large."""
ARMS = "tap,crescendo,best-of-n,figstep-loop,sneaky,random"


@dataclass
class Arm:
    """One method at work on one behaviour: it asks only when it is let."""

    name: str
    hunt: Hunt
    permit: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    broken: BrokenError | None = None
    """What broke off one query of several that the method asks at once, while others of them wait to be let."""

    async def step(self, chosen: SearchMethod) -> bool:
        """Let it ask one query; whether it goes on. Raises what ended it."""
        if self.task is None:
            self.task = asyncio.ensure_future(chosen.search(self.hunt, **chosen.parameters))
            self.task.add_done_callback(lambda _: self.answered.set())
        if not self.task.done():  # else it ended after its last query was answered
            self.answered.clear()
            self.permit.release()
            await self.answered.wait()
        if self.broken is not None:
            raise self.broken
        if self.task.done() and (error := self.task.exception()) is not None:
            raise error
        return not self.task.done()

    async def stop(self) -> None:
        if self.task is not None and not self.task.done():
            self.task.cancel()
            with suppress(asyncio.CancelledError, HuntOverError):
                await self.task


@dataclass
class ArmDesk:
    """Asks in the name of the behaviour's own hunt, which counts the queries of all its arms."""

    whole: Hunt
    arm: Arm | None = None
    name: str = ""

    @property
    def attacker_info(self) -> ModelInfo | None:
        return self.whole.desk.attacker_info

    async def query(self, hunt: Hunt, question: Question) -> Turn:
        try:
            by = replace(question.move, by=self.name)
            asked = replace(question, number=len(self.whole.turns) + 1, move=by, parent=0)
            turn = await self.whole.desk.query(self.whole, asked)
            self.whole.turns.append(turn)
            return replace(turn, number=question.number, move=question.move, parent=question.parent)
        except BrokenError as error:
            if self.arm is not None:
                self.arm.broken = error
            raise
        finally:
            if self.arm is not None:
                self.arm.answered.set()

    async def consult(self, hunt: Hunt, request: Request, call: str) -> Output:
        return await self.whole.desk.consult(self.whole, request, call)


async def search(hunts: Sequence[Hunt], arms: str) -> None:
    """``arms``: the methods to choose from, with commas between them; those that do not fit the model are left out."""
    if not hunts:
        return
    named = [method(name.strip()) for name in arms.split(",") if name.strip()]
    usable = {each.name: each for each in named if each.fits(hunts[0].modality) and not each.together}
    dice = random.Random(f"{hunts[0].seed}/adaptive/{hunts[0].id.model}")
    posterior = dict.fromkeys(usable, (1.0, 1.0))
    working = {id(hunt): {name: _arm(hunt, name) for name in usable} for hunt in hunts}
    try:
        await _rounds(hunts, usable, dice, posterior, working)
    finally:
        await asyncio.gather(*(arm.stop() for each in working.values() for arm in each.values()))


async def _rounds(
    hunts: Sequence[Hunt],
    usable: dict[str, SearchMethod],
    dice: random.Random,
    posterior: dict[str, tuple[float, float]],
    working: dict[int, dict[str, Arm]],
) -> None:
    """One query for each behaviour that holds, again and again, until none has a query left."""
    while live := [hunt for hunt in hunts if hunt.state == "open" and hunt.left > 0 and working[id(hunt)]]:
        drawn = [_chosen(dice, posterior, list(working[id(hunt)])) for hunt in live]
        free = asyncio.Semaphore(AT_ONCE)
        steps = (_step(hunt, working[id(hunt)], usable[name], free) for hunt, name in zip(live, drawn, strict=True))
        results: list[Any] = await asyncio.gather(*steps, return_exceptions=True)
        for hunt, name, found in zip(live, drawn, results, strict=True):
            if isinstance(found, BrokenError):
                hunt.state, hunt.reason = "broken", str(found)
            elif isinstance(found, BaseException):
                raise found
            elif found is not None:
                won, lost = posterior[name]
                posterior[name] = (won + found, lost + (not found))


def _chosen(dice: random.Random, posterior: dict[str, tuple[float, float]], names: list[str]) -> str:
    return max(names, key=lambda name: dice.betavariate(*posterior[name]))


async def _step(hunt: Hunt, arms: dict[str, Arm], chosen: SearchMethod, free: asyncio.Semaphore) -> bool | None:
    """One query with an arm: whether it succeeded, None where the arm had nothing more to ask."""
    arm = arms[chosen.name]
    before = len(hunt.turns)
    try:
        async with free:
            going = await arm.step(chosen)
    except FellError:
        hunt.state = "fell"
        return True
    except BrokenError:
        raise
    except HuntOverError:
        going = False
    if not going:
        del arms[chosen.name]
    if len(hunt.turns) == before:
        return None
    if hunt.turns[-1].harmful:
        hunt.state = "fell"
        return True
    return False


def _arm(whole: Hunt, name: str) -> Arm:
    desk = ArmDesk(whole, name=name)
    own = Hunt(
        whole.id, whole.behaviour, whole.modality, whole.space, whole.limit, whole.seed, whole.attacker, desk,
        pictures=whole.pictures, notes=whole.notes, name=f"/{name}",
    )  # fmt: skip
    arm = Arm(name, own)
    desk.arm = arm
    own.wait = arm.permit.acquire
    return arm


ADAPTIVE = SearchMethod(
    "adaptive",
    search,
    "a bandit over the other methods: learns over all behaviours which one works on this model",
    parameters={"arms": ARMS},
    attacker=True,
    together=True,
    source="Thompson 1933, Biometrika 25",
)
