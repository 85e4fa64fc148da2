"""Cases, a scenario and an evaluator that the engine benchmarks share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.protocols import EvaluatorInfo, Item
from mmdt.core.scenario import Observations, Probe, Scenario
from mmdt.core.score import Score
from mmdt.stats.metrics import mean_of

CELL = Cell.parse("safety/i2t/typography/biscuits")


def make_cases(number: int, pictures: int = 0) -> Iterator[tuple[Case, int]]:
    """Cases with one-sentence prompts, each with one of ``pictures`` small pictures (none if zero)."""
    shown = [(_picture(shade),) for shade in range(pictures)] or [()]
    for each in range(number):
        prompt = f"Question {each}: what would you say about the picture, in a sentence or two?"
        yield Case.make(CELL, prompt, shown[each % len(shown)], {"number": each, "key": "biscuit"}), 1


def _picture(shade: int) -> Image:
    from PIL import Image as Pil

    return Image.from_pil(Pil.new("RGB", (64, 64), (shade % 256, 10, 200)))


def make_scenarios() -> dict[str, Scenario]:
    probes = (Probe("marked", "marker", lambda case, output: {"key": case.target["key"]}),)
    metrics = (mean_of("marked"),)
    scenario = Scenario("safety", "i2t", "typography", "bench", None, _score, metrics, "marked", probes=probes)
    return {scenario.address: scenario}


def _score(case: Case, output: Output, seen: Observations) -> Score:
    return Score({"marked": float(bool(seen["marked"].value["verdict"]))}) if "marked" in seen else Score.unknown("?")


@dataclass
class Marker:
    """Observes immediately whether a text has an even length."""

    info: EvaluatorInfo

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return [Observation({"verdict": len(item.output.text) % 2 == 0}, "by its length") for item in items]

    async def close(self) -> None:
        pass


def marker() -> Marker:
    return Marker(EvaluatorInfo("marker.length", "fp-1", batch_size=16))
