import asyncio

import pytest

from mmdt.engine.endpoint.batcher import CANCEL_TIMEOUT, LINGER, Batcher
from tests.clock import settle

pytestmark = pytest.mark.usefixtures("clock")


class Runner:
    def __init__(self, delay=0.0):
        self.delay = delay
        self.sizes = []
        self.at_once = self.peak = 0

    async def __call__(self, items):
        self.sizes.append(len(items))
        self.at_once += 1
        self.peak = max(self.peak, self.at_once)
        await asyncio.sleep(self.delay)
        self.at_once -= 1
        if "bad" in items:
            raise ValueError("a bad one")
        return [f"<{item}>" for item in items]


async def test_everybody_gets_their_own_result_from_full_batches():
    runner = Runner()
    batcher = Batcher(runner, 8, 1)
    assert await asyncio.gather(*(batcher.submit(n) for n in range(64))) == [f"<{n}>" for n in range(64)]
    assert runner.sizes == [8] * 8
    await batcher.close()


async def test_the_next_batch_fills_while_one_is_processed():
    runner = Runner(delay=0.05)
    batcher = Batcher(runner, 8, 1)
    tasks = []
    for n in range(24):  # items come one by one, slowly
        tasks.append(asyncio.create_task(batcher.submit(n)))
        await asyncio.sleep(0.003)
    await asyncio.gather(*tasks)
    assert runner.sizes == [7, 8, 8, 1], "what came while the first batch lingered, then full ones"
    await batcher.close()


async def test_a_single_item_does_not_wait_long_for_more(clock):
    batcher = Batcher(Runner(), 8, 1)
    began = clock.now
    assert await batcher.submit(1) == "<1>"
    assert clock.now - began == pytest.approx(LINGER)
    await batcher.close()


async def test_no_more_calls_than_workers():
    runner = Runner(delay=0.01)
    batcher = Batcher(runner, 2, 3)
    await asyncio.gather(*(batcher.submit(n) for n in range(40)))
    assert runner.peak == 3
    await batcher.close()


async def test_an_exception_reaches_only_the_items_of_its_batch():
    batcher = Batcher(Runner(), 2, 1)
    found = await asyncio.gather(*(batcher.submit(n) for n in (1, "bad", 2, 3)), return_exceptions=True)
    assert [type(each) for each in found] == [ValueError, ValueError, str, str]
    await batcher.close()


async def test_a_cancelled_item_is_dropped():
    runner = Runner(delay=0.02)
    batcher = Batcher(runner, 1, 1)
    first = asyncio.create_task(batcher.submit(1))
    await asyncio.sleep(0.005)
    gone, last = (asyncio.create_task(batcher.submit(n)) for n in (2, 3))
    await asyncio.sleep(0)
    gone.cancel()
    assert await first == "<1>"
    assert await last == "<3>"
    assert len(runner.sizes) == 2
    await batcher.close()


async def test_closing_cancels_all_waiting_callers(clock):
    batcher = Batcher(Runner(delay=3600), 1, 1)
    tasks = [asyncio.create_task(batcher.submit(n)) for n in range(3)]
    await settle()
    began = clock.now
    await batcher.close()
    for task in tasks:
        with pytest.raises(asyncio.CancelledError):
            await task
    assert clock.now - began <= CANCEL_TIMEOUT


async def test_the_size_may_be_lowered():
    runner = Runner()
    batcher = Batcher(runner, 8, 1)
    batcher.size = 2
    await asyncio.gather(*(batcher.submit(n) for n in range(8)))
    assert runner.sizes == [2] * 4
    await batcher.close()


class Lengths(Runner):
    def __init__(self, delay):
        super().__init__(delay)
        self.batches = []

    async def __call__(self, items):
        self.batches.append(list(items))
        return await super().__call__([str(item) for item in items])


async def test_batches_contain_items_of_similar_length():
    runner = Lengths(delay=0.01)
    batcher = Batcher(runner, 4, 1, length=float)
    lengths = [n % 2 * 100 + n for n in range(32)]  # short ones and long ones in turn
    results = await asyncio.gather(*(batcher.submit(n) for n in lengths))
    assert results == [f"<{n}>" for n in lengths]
    assert sorted(item for batch in runner.batches for item in batch) == sorted(lengths)
    assert all(len(batch) == 4 for batch in runner.batches)
    assert all(max(batch) - min(batch) < 100 for batch in runner.batches)
    await batcher.close()


@pytest.mark.parametrize("seed", range(5))
async def test_no_item_waits_for_ever(seed):
    """Whoever has waited longest is in the next batch, however unlike the others."""
    import random

    dice = random.Random(seed)
    runner = Lengths(delay=0)
    batcher = Batcher(runner, 3, 1, length=float)
    lengths = [1000.0, *(dice.uniform(0, 10) for _ in range(40))]
    dice.shuffle(lengths)
    await asyncio.gather(*(batcher.submit(n) for n in lengths))
    place = {n: number for number, batch in enumerate(runner.batches) for n in batch}
    assert len(place) == len(lengths)
    assert all(place[n] <= came for came, n in enumerate(lengths))
    await batcher.close()
