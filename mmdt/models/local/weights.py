"""While weights are loaded, nothing else in the process loads or computes.

transformers and diffusers change the whole process while they build a network: torch's default precision, which
functions initialise a layer, whether weights are tied. A second network built meanwhile may be left without its weights
(transformers #40357, #41782), and one that answers meanwhile may make tensors of another precision: numbers that are
wrong, and no error that says so.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Many threads may compute at once; one that loads does so alone. Who waits to load lets no new one in."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._computing = 0
        self._waiting = 0
        self._loading = False
        self._mine = threading.local()

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Wait until nothing is loaded. A thread that is inside already, either way, goes on at once."""
        if self._inside():
            yield
            return
        with self._changed:
            self._changed.wait_for(lambda: not self._loading and not self._waiting)
            self._computing += 1
        self._mine.inside = "computing"
        try:
            yield
        finally:
            self._mine.inside = ""
            with self._changed:
                self._computing -= 1
                self._changed.notify_all()

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Wait until nobody loads or computes. Raises RuntimeError in a thread that computes, which would wait for
        itself."""
        if self._inside() == "loading":
            yield
            return
        if self._inside():
            raise RuntimeError("weights are loaded before anything is computed with them, not meanwhile")
        with self._changed:
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: not self._loading and not self._computing)
                self._loading = True
            finally:
                self._waiting -= 1
        self._mine.inside = "loading"
        try:
            yield
        finally:
            self._mine.inside = ""
            with self._changed:
                self._loading = False
                self._changed.notify_all()

    def _inside(self) -> str:
        return getattr(self._mine, "inside", "")


GATE = Gate()
"""The process's own."""
