"""Whether judges work at the same time as the model: a run's time over the slower of generating and judging alone.

The model and the judge are local servers with a fixed latency, called through OpenAI's SDK, each with the same number
of requests in flight. Generating alone is a run without a judge; judging alone applies a judge to stored outputs.
Prints one JSON line for each pair of latencies; 1.0 is perfect overlap, 2.0 two separate passes.

    python -m bench.overlap [--cases 600] [--in-flight 16] [--latencies 0.1:0.1 0.1:0.05 0.05:0.1]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bench.inputs import CELL, make_cases
from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.protocols import Evaluator, EvaluatorInfo, Item, Request
from mmdt.core.scenario import Observations, Probe, Scenario
from mmdt.core.score import Score
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.progress import End
from mmdt.engine.store.store import Store
from mmdt.plugins import open_model
from mmdt.stats.metrics import mean_of
from tests.servers.cli import spawned


class Judge:
    """Sends every reply to a chat model."""

    def __init__(self, endpoint: Endpoint, in_flight: int) -> None:
        self.info = EvaluatorInfo("judge", "fp-1", concurrency=in_flight)
        self._endpoint = endpoint

    async def observe(self, items: list[Item]) -> list[Observation]:
        outputs = [await self._endpoint.ask(Request.of(f"Judge: {item.output.text}")) for item in items]
        return [Observation({"verdict": bool(output.text)}) for output in outputs]

    async def close(self) -> None:
        await self._endpoint.close()


def scenarios(*probes: Probe) -> dict[str, Scenario]:
    def score(case: Case, output: Output, seen: Observations) -> Score:
        return Score({"good": float(bool(seen["judged"].value["verdict"]))} if "judged" in seen else {})

    made = Scenario("safety", "i2t", "typography", "bench", None, score, (mean_of("good"),), "good", probes=probes)
    return {made.address: made}


JUDGED = Probe("judged", "judge", lambda case, output: {"about": CELL.task})


async def seconds(
    store: Store, which: Mapping[str, Scenario], endpoint: Endpoint | None, evaluators: Mapping[str, Evaluator]
) -> float:
    began = time.perf_counter()
    outcome = await execute(store, which, endpoint, evaluators, seed=1)
    assert outcome.end is End.COMPLETE, outcome
    return time.perf_counter() - began


async def measured(cases: int, in_flight: int, model_url: str, judge_url: str, folder: Path) -> dict[str, float]:
    def endpoint(url: str) -> Endpoint:
        return Endpoint(open_model("openai/gpt-4o", {"base_url": url}), Limits(concurrency=in_flight), Budget())

    async def warm(url: str) -> None:
        way = endpoint(url)
        await way.ask(Request.of("warm"))
        await way.close()

    await warm(model_url)
    with Store.create(folder / "apart") as store:
        store.add_cases(make_cases(cases))
        asking = endpoint(model_url)
        alone = await seconds(store, scenarios(), asking, {})
        await asking.close()
        judge = Judge(endpoint(judge_url), in_flight)
        judging = await seconds(store, scenarios(JUDGED), None, {"judge": judge})
        await judge.close()
    with Store.create(folder / "together") as store:
        store.add_cases(make_cases(cases))
        asking, judge = endpoint(model_url), Judge(endpoint(judge_url), in_flight)
        together = await seconds(store, scenarios(JUDGED), asking, {"judge": judge})
        await asking.close()
        await judge.close()
    return {"asking_s": alone, "judging_s": judging, "together_s": together, "ratio": together / max(alone, judging)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--latencies", nargs="+", default=["0.1:0.1", "0.1:0.05", "0.05:0.1"])
    given = parser.parse_args()
    os.environ["OPENAI_API_KEY"] = "local"
    for pair in given.latencies:
        asked, judged = pair.split(":")
        with (
            tempfile.TemporaryDirectory() as name,
            spawned("openai_server", "--latency", asked) as model,
            spawned("openai_server", "--latency", judged) as judge,
        ):
            found = asyncio.run(measured(given.cases, given.in_flight, model.url, judge.url, Path(name)))
        line = {"benchmark": "overlap", "cases": given.cases, "in_flight": given.in_flight, "latencies_s": pair}
        print(json.dumps({**line, **{what: round(value, 3) for what, value in found.items()}}), flush=True)


if __name__ == "__main__":
    main()
