"""Models and evaluators that work on a Ray cluster, as the pipeline knows models and evaluators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mmdt.core.observation import Observation
from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import EvaluatorInfo, Item, ModelInfo, Request
from mmdt.engine.ray.pool import Pool, PoolGone
from mmdt.engine.ray.wire import Carrier
from mmdt.errors import DataError, UsageError

AHEAD = 16
"""Items sent ahead of need to an evaluator that takes them one at a time, so that it never waits for the network."""


class RemoteError(Exception):
    """A mistake in an evaluator, met on a worker."""


class RayModel:
    """A model that each worker of a pool has opened. Limits, retries and the budget stay with who asks it."""

    def __init__(self, pool: Pool, part: str, info: ModelInfo, carrier: Carrier) -> None:
        self._pool = pool
        self._part = part
        self._carrier = carrier
        self._info = replace(
            info, concurrency=info.concurrency * pool.size, start_concurrency=info.start_concurrency * pool.size
        )

    @property
    def info(self) -> ModelInfo:
        """As on one worker, with room for all of them."""
        return self._info

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        try:
            done = await self._pool.do(self._part, requests=await self._carrier.requests(requests))
        except DataError as error:
            return [Output.failed(FailureKind.CASE, str(error)) for _ in requests]
        except PoolGone as gone:
            what = f"{gone}: start the cluster again, then resume the run"
            return [Output.failed(FailureKind.SERVER, what, fatal=True) for _ in requests]
        if done.error:
            return [Output.failed(FailureKind.SERVER, done.error, fatal=done.stops) for _ in requests]
        return done.outputs

    async def close(self) -> None:
        """The pool ends with its executor."""


class RayEvaluator:
    """An evaluator that each worker of a pool has opened."""

    def __init__(self, pool: Pool, part: str, info: EvaluatorInfo, carrier: Carrier) -> None:
        self._pool = pool
        self._part = part
        self._carrier = carrier
        ahead = 1 + max(1, AHEAD // info.batch_size)
        self._info = replace(info, concurrency=info.concurrency * pool.size * ahead)

    @property
    def info(self) -> EvaluatorInfo:
        return self._info

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        """Raises UsageError where no worker can observe anything, RemoteError for a mistake with these items."""
        try:
            done = await self._pool.do(self._part, items=await self._carrier.items(items))
        except PoolGone as gone:
            raise UsageError(str(gone), hint="start the cluster again, then resume the run") from gone
        if done.stops:
            raise UsageError(done.error)
        if done.error:
            raise RemoteError(done.error)
        return done.observations

    async def close(self) -> None:
        """The pool ends with its executor."""
