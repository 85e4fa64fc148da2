"""Work in daemon threads: neither a cancelled wait nor the end of the program waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from threading import Thread
from typing import TypeVar

R = TypeVar("R")


def import_all(modules: Iterable[str]) -> None:
    """Import libraries before they are needed. Failures are ignored: the code that needs the library reports them."""
    for name in dict.fromkeys(modules):
        with suppress(Exception):
            import_module(name)


def in_background(work: Callable[[], object]) -> None:
    """Do work in a thread whose result nobody waits for. What it raises is ignored: the code that needs the result
    does the work again and reports it. An import of the same library elsewhere waits for one that is going on."""

    def quietly() -> None:
        with suppress(Exception):
            work()

    Thread(target=quietly, name="mmdt-ahead", daemon=True).start()


async def run_in_thread(work: Callable[[], R]) -> R:
    """Return what ``work`` returns, or raise what it raises.

    ``asyncio.to_thread`` will not do: the end of the program waits for the threads of its pool.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[R] = loop.create_future()

    def settle(give: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(lambda: None if future.done() else give())

    def run() -> None:
        try:
            result = work()
        except BaseException as error:
            problem = error  # Python deletes ``error`` at the end of the clause
            settle(lambda: future.set_exception(problem))
        else:
            settle(lambda: future.set_result(result))

    Thread(target=run, name="mmdt-background", daemon=True).start()
    return await future
