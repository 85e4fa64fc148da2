import asyncio
import os
import signal

import pytest

from mmdt.engine.pipeline.interrupts import interrupts


@pytest.fixture
def usual():
    """Something else that handles SIGINT, and what it has seen."""
    seen = []
    before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    yield seen
    signal.signal(signal.SIGINT, before)


async def send(number=signal.SIGINT):
    os.kill(os.getpid(), number)
    await asyncio.sleep(0.01)


async def test_the_first_signal_stops_the_run_and_the_second_is_handled_as_usual(usual):
    wishes = []
    with interrupts(lambda: wishes.append("stop")):
        await send()
        assert (wishes, usual) == (["stop"], [])
        await send()
        assert (wishes, usual) == (["stop"], [signal.SIGINT])


async def test_sigterm_stops_the_run_too(usual):
    wishes = []
    with interrupts(lambda: wishes.append("stop")):
        await send(signal.SIGTERM)
    assert wishes == ["stop"]


async def test_the_previous_handlers_are_restored(usual):
    before = signal.getsignal(signal.SIGTERM)  # a library that another test used may have set its own
    with interrupts(lambda: None):
        pass
    await send()
    assert usual == [signal.SIGINT]
    assert signal.getsignal(signal.SIGTERM) is before


def test_in_another_thread_nothing_happens(usual):
    async def work():
        with interrupts(lambda: None):
            return "done"

    import threading

    found = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(work())))
    thread.start()
    thread.join()
    assert found == ["done"]
