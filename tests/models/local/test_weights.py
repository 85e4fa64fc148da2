"""Networks are loaded one at a time, while nothing computes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from mmdt.models.local.checkpoint import Checkpoint
from mmdt.models.local.weights import Gate
from tests import tiny

AT_ONCE = 8


def test_the_same_weights_whatever_is_loaded_meanwhile(tmp_path: Path) -> None:
    """transformers alone fails here, or leaves a network without its weights, in most rounds."""
    pytest.importorskip("transformers")
    from PIL import Image as Pil

    from mmdt.evaluators.detector.grounding_dino import GroundingDino
    from mmdt.evaluators.similarity.clip import Clip
    from mmdt.models.local.checkpoint import loaded

    kinds = {Clip: tiny.write_clip(tmp_path / "clip"), GroundingDino: tiny.write_grounding_dino(tmp_path / "dino")}
    black = Pil.new("RGB", (32, 32))
    start = threading.Barrier(AT_ONCE)

    def load(number: int) -> Clip | GroundingDino:
        kind, folder = list(kinds.items())[number % 2]
        checkpoint = Checkpoint(str(folder))
        start.wait()
        return loaded("the network", checkpoint, lambda: kind(checkpoint))

    with ThreadPoolExecutor(AT_ONCE) as threads:
        networks = list(threads.map(load, range(AT_ONCE)))
    seen = [network.pictures([black]) for network in networks if isinstance(network, Clip)]
    assert len(seen) == AT_ONCE // 2
    for one in seen:
        np.testing.assert_array_equal(one, seen[0])


def test_many_compute_at_once_and_one_loads_alone() -> None:
    gate, inside, met = Gate(), {"computing": 0, "loading": 0}, []
    lock = threading.Lock()

    def work(number: int) -> None:
        way = "loading" if number % 5 == 0 else "computing"
        with getattr(gate, way)():
            with lock:
                inside[way] += 1
                met.append(dict(inside))
            time.sleep(0.002)
            with lock:
                inside[way] -= 1

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(60)))
    assert all(now["loading"] == 0 or now == {"loading": 1, "computing": 0} for now in met)
    assert max(now["computing"] for now in met) > 1


def test_a_thread_that_waits_to_load_stops_new_computations() -> None:
    gate, order = Gate(), []
    computing, leave = threading.Event(), threading.Event()

    def first() -> None:
        with gate.computing():
            computing.set()
            leave.wait()

    def then(way: str) -> None:
        with getattr(gate, way)():
            order.append(way)

    threads = [threading.Thread(target=first), *(threading.Thread(target=then, args=[w]) for w in _LATER)]
    threads[0].start()
    computing.wait()
    threads[1].start()
    _until(lambda: gate._waiting == 1)
    threads[2].start()
    leave.set()
    for thread in threads:
        thread.join()
    assert order == list(_LATER)


_LATER = ("loading", "computing")


def test_a_failed_load_releases_the_lock() -> None:
    gate = Gate()
    for way in (gate.loading, gate.computing):
        with pytest.raises(ValueError, match="damaged"), way():
            raise ValueError("damaged")
    with gate.loading():
        pass
    with gate.computing():
        pass


def test_a_thread_inside_goes_on_but_never_loads_while_it_computes() -> None:
    gate = Gate()
    with gate.loading(), gate.loading(), gate.computing():
        pass
    refused = pytest.raises(RuntimeError, match="cannot load weights")
    with gate.computing(), gate.computing(), refused, gate.loading():
        pass
    with gate.loading():
        pass


async def test_a_network_loads_only_when_no_other_answers(tmp_path: Path) -> None:
    """An evaluator that starts late waits for the answer under way, and the next answer waits for it."""
    from mmdt.core.protocols import EvaluatorInfo
    from mmdt.evaluators.local_evaluator import LocalEvaluator

    log: list[str] = []
    answering = threading.Event()

    class Slow(LocalEvaluator[str, str]):
        def __init__(self, name: str) -> None:
            super().__init__(EvaluatorInfo(name, "v1", batch_size=1))

        def _load(self) -> str:
            def load() -> str:
                log.append(f"{self.info.name} loads")
                time.sleep(0.02)
                return self.info.name

            from mmdt.models.local.checkpoint import loaded

            return loaded("it", Checkpoint(str(tmp_path)), load)

        def _start_size(self) -> int:
            return 1

        def _prepare(self, network: str, item: object) -> str:
            return network

        def _run(self, network: str, inputs: object) -> list[object]:
            answering.set()
            time.sleep(0.05)
            log.append(f"{network} answers")
            return [None]

    early, late = Slow("early"), Slow("late")
    first = asyncio.ensure_future(early.observe([None]))
    await asyncio.to_thread(answering.wait)
    await asyncio.gather(first, late.observe([None]))
    assert log == ["early loads", "early answers", "late loads", "late answers"]
    await early.close()
    await late.close()


def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0.001)
