"""Work on the side, in threads that neither a cancelled wait nor the end of the program waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from threading import Thread
from typing import TypeVar

R = TypeVar("R")


def import_early(modules: Iterable[str]) -> None:
    """Import libraries that are needed only later; what cannot be imported is told to those who need it."""
    for name in dict.fromkeys(modules):
        with suppress(Exception):
            import_module(name)


def import_aside(modules: Iterable[str]) -> None:
    """The same in a thread; whoever imports one of them meanwhile waits until it is there."""
    names = tuple(modules)
    Thread(target=lambda: import_early(names), name="mmdt-imports", daemon=True).start()


async def aside(work: Callable[[], R]) -> R:
    """What ``work`` returns or raises; the threads of asyncio's own pool would hold up the end of the program."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[R] = loop.create_future()

    def settle(give: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(lambda: None if future.done() else give())

    def run() -> None:
        try:
            result = work()
        except BaseException as error:
            problem = error  # outlives the clause
            settle(lambda: future.set_exception(problem))
        else:
            settle(lambda: future.set_result(result))

    Thread(target=run, name="mmdt-aside", daemon=True).start()
    return await future
