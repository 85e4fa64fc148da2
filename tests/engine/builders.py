"""Building blocks for the tests of the engine: a scenario, cases, scripted models and evaluators."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from PIL import Image as Pil

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.estimate import Estimate
from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.protocols import EvaluatorInfo, Item, ModelInfo, Request
from mmdt.core.scenario import Metric, Probe, Scenario
from mmdt.core.score import Score

I2T = Cell.parse("safety/i2t/typography/biscuits")
T2I = Cell.parse("safety/t2i/vanilla/biscuits")


def picture(colour=(200, 30, 30), size=(16, 12)) -> Image:
    return Image.from_pil(Pil.new("RGB", size, colour))


def case(number: int, cell: Cell = I2T, images=()) -> Case:
    return Case.make(cell, f"prompt {number}", images=images, target={"number": number})


def cases(number: int, cell: Cell = I2T):
    return ((case(each, cell), 1) for each in range(number))


def length_question(_case: Case, output: Output):
    return {"letters": "how many", "of": "text"} if output.text else None


LENGTH = Probe("length", "measure", length_question)


def scenario(cell: Cell = I2T, probes: Sequence[Probe] = (LENGTH,)) -> Scenario:
    metric = Metric("x", "x", "higher", lambda sample: Estimate("x", 0, 0, 0, len(sample.rows), 0))
    return Scenario(
        cell.perspective,
        cell.modality,
        cell.scenario,
        "for tests",
        None,
        lambda case, output, seen: Score(),
        (metric,),
        "x",
        probes=tuple(probes),
    )


def scenarios(*all_of: Scenario) -> dict[str, Scenario]:
    return {each.address: each for each in all_of or (scenario(),)}


def echo(request: Request) -> Output:
    return Output.answered(f"echo {request.prompt}")


@dataclass
class Talker:
    """An in-process model: ``reply`` is called for every request, and ``asked`` records the requests."""

    reply: Callable[[Request], Output] = echo
    delay: float = 0.0
    asked: list[Request] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    busy: int = 0
    peak: int = 0
    closed: bool = False
    info: ModelInfo = field(
        default_factory=lambda: ModelInfo(
            "test/talker", frozenset({"i2t", "t2i"}), max_images=2, concurrency=64, start_concurrency=8, organism=True
        )
    )

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        self.asked.extend(requests)
        self.batches.append(len(requests))
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        try:
            await asyncio.sleep(self.delay)
            return [self.reply(request) for request in requests]
        finally:
            self.busy -= 1

    async def close(self) -> None:
        self.closed = True


def talker(reply: Callable[[Request], Output] = echo, delay: float = 0.0, **info) -> Talker:
    made = Talker(reply, delay)
    made.info = replace(made.info, **info)
    return made


@dataclass
class Measurer:
    """An in-process evaluator that measures the length of the text."""

    info: EvaluatorInfo = field(default_factory=lambda: EvaluatorInfo("measure.length", "fp-1", batch_size=4))
    see: Callable[[Item], Observation] = lambda item: Observation({"length": len(item.output.text)})
    delay: float = 0.0
    items: list[Item] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        self.items.extend(items)
        self.batches.append(len(items))
        await asyncio.sleep(self.delay)
        return [self.see(item) for item in items]

    async def close(self) -> None:
        pass
