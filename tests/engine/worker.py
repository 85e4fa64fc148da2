"""Starts or resumes a run in a separate process that a test may kill, and prints how it ended.

``python -m tests.engine.worker FOLDER BASE_URL``
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from mmdt.core.observation import Observation
from mmdt.core.output import Status
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item, Request
from mmdt.core.scenario import Probe
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.context import EngineContext
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.store.store import Store
from mmdt.errors import MmdtError, StoreError
from mmdt.plugins import open_model
from tests.engine.builders import I2T, LENGTH, T2I, Measurer, case, picture, scenario, scenarios

CASES = 900
JUDGE = "openai/gpt-4o"


def shade(number: int) -> tuple[int, int, int]:
    return number % 256, number // 256, 77


def all_cases():
    """One case in three is t2i; the others have one picture each, and one in five of them has two repeats."""
    for number in range(CASES):
        if number % 3 == 0:
            yield case(number, T2I), 1
        else:
            yield case(number, I2T, images=(picture(shade(number)),)), 2 if number % 5 == 0 else 1


class ChatJudge:
    """Sends one question per item to a judge model over HTTP."""

    info = EvaluatorInfo("judge.test", "fp-judge", concurrency=8)

    def __init__(self, context: EvaluatorContext) -> None:
        self._ask = context.ask(JUDGE)

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return [await self._judge(item) for item in items]

    async def _judge(self, item: Item) -> Observation:
        reply = await self._ask(Request.of(f"judge {item.case.prompt}"))
        if reply.status is not Status.ANSWERED:
            return Observation.failed(f"the judge gave no verdict: {reply.failure}")
        return Observation({"verdict": len(reply.text) % 2 == 0}, evidence=reply.text)


VERDICT = Probe("verdict", "judge", lambda case, output: {"is": "it even"})


def opened(folder: Path) -> Store:
    """The run with its cases; a process killed while it added them has left none."""
    try:
        Store.open(folder).close()
    except StoreError:
        store = Store.create(folder)
    else:
        store = Store.open(folder, write=True)
    if not store.counts():
        store.add_cases(all_cases())
    return store


async def work(folder: Path, url: str) -> dict:
    budget = Budget()
    settings = {"base_url": url, "modality": "both"}
    context = EngineContext(budget, settings={JUDGE: settings}, default=Limits(concurrency=8))
    endpoint = Endpoint(open_model("openai/llava", settings), Limits(concurrency=8), budget)
    both = scenarios(scenario(I2T, (LENGTH, VERDICT)), scenario(T2I, (VERDICT,)))
    print("started", flush=True)
    try:
        with opened(folder) as store:
            outcome = await execute(
                store, both, endpoint, {"measure": Measurer(), "judge": ChatJudge(context)}, seed=11
            )
    finally:
        await endpoint.close()
        await context.close()
    return {"end": outcome.end, "reason": outcome.reason, "done": outcome.progress.done}


if __name__ == "__main__":
    try:
        print(json.dumps(asyncio.run(work(Path(sys.argv[1]), sys.argv[2]))), flush=True)
    except MmdtError as problem:
        print(json.dumps({"error": str(problem)}), flush=True)
