"""Proxies: a model and an evaluator that pass their work on to a pool of Ray workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mmdt.core.observation import Observation
from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import EvaluatorInfo, Item, Model, ModelInfo, Request
from mmdt.engine.ray.pool import Pool, PoolGone
from mmdt.engine.ray.wire import ImagePacker
from mmdt.errors import DataError, UsageError

AHEAD = 16
"""Items sent in advance to an evaluator that takes them one at a time, so that it never waits for the network."""


class RemoteError(Exception):
    """An evaluator on a worker raised an exception."""


class RayModel:
    """A model that every worker of a pool has opened. Limits, retries, prices and the budget stay with the caller."""

    def __init__(self, pool: Pool, component: str, model: Model, packer: ImagePacker) -> None:
        info = model.info
        self._pool = pool
        self._component = component
        self._packer = packer
        self.priced = bool(getattr(model, "priced", True))
        self.tariff = getattr(model, "tariff", None)
        self._info = replace(
            info, concurrency=info.concurrency * pool.size, start_concurrency=info.start_concurrency * pool.size
        )

    @property
    def info(self) -> ModelInfo:
        """The model's own, with the concurrency of all workers together."""
        return self._info

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        try:
            done = await self._pool.do(self._component, requests=await self._packer.requests(requests))
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
    """An evaluator that every worker of a pool has opened."""

    def __init__(self, pool: Pool, component: str, info: EvaluatorInfo, packer: ImagePacker) -> None:
        self._pool = pool
        self._component = component
        self._packer = packer
        ahead = 1 + max(1, AHEAD // info.batch_size)
        self._info = replace(info, concurrency=info.concurrency * pool.size * ahead)

    @property
    def info(self) -> EvaluatorInfo:
        return self._info

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        """Raises UsageError if no worker can observe anything, RemoteError if the evaluator raised for these items."""
        try:
            done = await self._pool.do(self._component, items=await self._packer.items(items))
        except PoolGone as gone:
            raise UsageError(str(gone), hint="start the cluster again, then resume the run") from gone
        if done.stops:
            raise UsageError(done.error)
        if done.error:
            raise RemoteError(done.error)
        return done.observations

    async def close(self) -> None:
        """The pool ends with its executor."""
