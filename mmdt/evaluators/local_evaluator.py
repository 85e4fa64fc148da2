"""Base class of evaluators that run a network on this machine: loaded at first use, and used in one thread."""

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
I = TypeVar("I")  # noqa: E741
"""An item prepared for the network."""

BATCH_SIZES: Mapping[str, int] = {"cuda": 16, "mps": 4, "cpu": 4}
"""Initial batch size by device; halved whenever a batch does not fit into memory."""


class LocalEvaluator(Generic[N, I]):
    """A local evaluator. Subclasses define how to load the network, prepare an item, and run a batch.

    All work happens in the evaluator's own thread, so that the event loop stays free.
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
        """Observe the items. Raises UsageError if the weights cannot be loaded: no item could be observed."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._observe, items)

    async def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._network = None

    def _load(self) -> N:
        """Load the network."""
        raise NotImplementedError

    def _start_size(self) -> int:
        return BATCH_SIZES[best_device()]

    def _prepare(self, network: N, item: Item) -> I:
        """Prepare an item. Raises DataError or ValueError if that is impossible: the observation is then missing."""
        raise NotImplementedError

    def _run(self, network: N, inputs: Sequence[I]) -> list[Observation]:
        """One observation per input, in order."""
        raise NotImplementedError

    def _observe(self, items: Sequence[Item]) -> list[Observation]:
        if self._network is None:
            self._network = self._load()
            self._at_once = self._start_size()
        with GATE.computing():
            return self._observe_items(self._network, items)

    def _observe_items(self, network: N, items: Sequence[Item]) -> list[Observation]:
        observations: dict[int, Observation] = {}
        inputs: dict[int, I] = {}
        for place, item in enumerate(items):
            try:
                inputs[place] = self._prepare(network, item)
            except (DataError, ValueError) as error:
                observations[place] = Observation.failed(str(error))
        observations |= zip(inputs, self._in_batches(network, list(inputs.values())), strict=True)
        return [observations[place] for place in range(len(items))]

    def _in_batches(self, network: N, inputs: Sequence[I]) -> Iterator[Observation]:
        done = 0
        while done < len(inputs):
            batch = inputs[done : done + self._at_once]
            try:
                found = self._run(network, batch)
            except Exception as error:
                if not out_of_memory(error):
                    raise
                free_memory()
                if len(batch) > 1:
                    self._at_once = len(batch) // 2
                    continue
                found = [Observation.failed(f"a single item does not fit into the device's memory: {error}")]
            yield from found
            done += len(batch)


def output_picture(item: Item) -> Pil.Image:
    """The output's first image, decoded. Raises ValueError if there is none, DataError if it is damaged."""
    if not item.output.images:
        raise ValueError("the output has no picture")
    return item.output.images[0].pil()
