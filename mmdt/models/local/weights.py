"""A lock: while weights are loading, nothing else in the process loads or computes.

While transformers and diffusers build a network, they change global state: torch's default precision, the functions
that initialise layers, whether weights are tied. A second network built meanwhile may end up without its weights
(transformers #40357, #41782), and one that computes meanwhile may create tensors of another precision: wrong numbers
without an error.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Any number of threads may compute at once, but a thread that loads does so alone. While one waits to load, no new
    thread may start to compute."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._computing = 0
        self._waiting = 0
        self._loading = False
        self._mine = threading.local()

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Wait until nothing is loading. A thread that already computes or loads goes on at once."""
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
        """Wait until no thread loads or computes. Raises RuntimeError in a thread that computes, since it would wait
        for itself."""
        if self._inside() == "loading":
            yield
            return
        if self._inside():
            raise RuntimeError("a thread that is computing cannot load weights")
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
"""The lock of this process."""
