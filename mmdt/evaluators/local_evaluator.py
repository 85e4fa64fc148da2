"""What all evaluators with a network of their own share: loaded once, at first use, and used in one thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Generic, TypeVar

from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorInfo, Item
from mmdt.errors import DataError
from mmdt.models.local.device import best_device, free_memory, out_of_memory
from mmdt.models.local.weights import GATE

if TYPE_CHECKING:
    from PIL import Image as Pil

N = TypeVar("N")
"""The network."""
J = TypeVar("J")
"""A job: an item made ready."""

BATCH_SIZES: Mapping[str, int] = {"cuda": 16, "mps": 4, "cpu": 4}
"""Items a network sees at a time, by device; halved whenever they do not fit."""


class LocalEvaluator(Generic[N, J]):
    """An evaluator on this machine. A subclass says how to load, what a job is, and how jobs are worked on.

    The event loop stays free: everything happens in a thread of the evaluator's own.
    """

    def __init__(self, info: EvaluatorInfo) -> None:
        self._info = info
        self._network: N | None = None
        self._at_once = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"mmdt-{info.name.partition('/')[0]}")

    @property
    def info(self) -> EvaluatorInfo:
        return self._info

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        """Raises UsageError where the weights cannot be loaded: no item could be observed, so the run must stop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._observe, items)

    async def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._network = None

    def _load(self) -> N:
        """Everything that is needed, ready for use."""
        raise NotImplementedError

    def _start_size(self) -> int:
        return BATCH_SIZES[best_device()]

    def _job(self, network: N, item: Item) -> J:
        """The item made ready. Raises DataError or ValueError where it cannot be: the observation is then missing."""
        raise NotImplementedError

    def _work(self, network: N, jobs: Sequence[J]) -> list[Observation]:
        """One observation a job, in order."""
        raise NotImplementedError

    def _observe(self, items: Sequence[Item]) -> list[Observation]:
        if self._network is None:
            self._network = self._load()
            self._at_once = self._start_size()
        with GATE.computing():
            return self._seen(self._network, items)

    def _seen(self, network: N, items: Sequence[Item]) -> list[Observation]:
        seen: dict[int, Observation] = {}
        jobs: dict[int, J] = {}
        for place, item in enumerate(items):
            try:
                jobs[place] = self._job(network, item)
            except (DataError, ValueError) as error:
                seen[place] = Observation.failed(str(error))
        seen |= zip(jobs, self._in_batches(network, list(jobs.values())), strict=True)
        return [seen[place] for place in range(len(items))]

    def _in_batches(self, network: N, jobs: Sequence[J]) -> Iterator[Observation]:
        done = 0
        while done < len(jobs):
            batch = jobs[done : done + self._at_once]
            try:
                found = self._work(network, batch)
            except Exception as error:
                if not out_of_memory(error):
                    raise
                free_memory()
                if len(batch) > 1:
                    self._at_once = len(batch) // 2
                    continue
                found = [Observation.failed(f"one item alone does not fit into the device's memory: {error}")]
            yield from found
            done += len(batch)


def output_picture(item: Item) -> Pil.Image:
    """The output's first picture, decoded. Raises ValueError where there is none, DataError where it is damaged."""
    if not item.output.images:
        raise ValueError("the output has no picture")
    return item.output.images[0].pil()
