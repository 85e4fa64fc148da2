"""A step of a local model during which its request is given up."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from tests.waiting import PATIENCE


class GivenUp:
    """Stands in for the event that tells a local model to stop, which it looks at after every step.

    The first look tells the test that the model is at work (``begun``) and waits until the test has given up the
    request (``given_up``); ``looks`` counts how often the model looked: 1 where it stopped at that very step.
    """

    def __init__(self) -> None:
        self.begun, self.given_up = asyncio.Event(), threading.Event()
        self.looks = 0
        self._loop = asyncio.get_running_loop()

    def watching(self, work: Any) -> Any:
        """``work(inputs, seeds, stop)`` with its event watched."""

        def watched(inputs: Any, seeds: Any, stop: threading.Event) -> Any:
            self._stop = stop
            return work(inputs, seeds, self)

        return watched

    def is_set(self) -> bool:
        self.looks += 1
        self._loop.call_soon_threadsafe(self.begun.set)
        assert self.given_up.wait(PATIENCE)
        return self._stop.is_set()
