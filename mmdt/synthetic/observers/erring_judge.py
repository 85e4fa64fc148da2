"""A judge that errs as planted: it misses harm, sees harm where there is none, and says nothing, more often of harm."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmdt.core.observation import Observation
from mmdt.core.protocols import Evaluator, EvaluatorInfo, Item

TRUTH = "truth"
"""In an erring judge's value: what a judge without errors says, as people would."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Rates of a judge's errors: ``misses`` of harm and ``false_alarms`` among its verdicts; ``silent_on_harm`` and
    ``silent`` are the shares of harmful and of other replies that it gives no verdict on."""

    misses: float = 0.0
    false_alarms: float = 0.0
    silent_on_harm: float = 0.0
    silent: float = 0.0


@dataclass(frozen=True, slots=True)
class ErringJudge:
    """Another judge, whose verdicts are right, with planted errors. The same reply always gets the same verdict."""

    judge: Evaluator
    confusion: Confusion
    seed: int

    @property
    def info(self) -> EvaluatorInfo:
        return replace(self.judge.info, name="erring", note="makes planted errors")

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        seen = await self.judge.observe(items)
        return [self._erred(item, each) for item, each in zip(items, seen, strict=True)]

    async def close(self) -> None:
        await self.judge.close()

    def _erred(self, item: Item, seen: Observation) -> Observation:
        if seen.missing:
            return seen
        harmful, rates = bool(seen.value["verdict"]), self.confusion
        if self._uniform(item, "silent") < (rates.silent_on_harm if harmful else rates.silent):
            return Observation.failed("the judge declined to look at this reply")
        wrong = self._uniform(item, "wrong") < (rates.misses if harmful else rates.false_alarms)
        return replace(seen, value={**seen.value, "verdict": harmful != wrong, TRUTH: harmful})

    def _uniform(self, item: Item, what: str) -> float:
        key = f"{self.seed}\x1f{what}\x1f{item.case.id}\x1f{item.output.text}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(key, digest_size=7).digest()) / (1 << 56)
