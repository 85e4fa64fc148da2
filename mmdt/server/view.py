"""The verb ``view``: runs in a browser, while they run and afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from mmdt.errors import UsageError
from mmdt.server.serving import LocalServer
from mmdt.server.viewer.app import viewer_app
from mmdt.server.viewer.folders import RunFolders

RUNS = "runs"
"""Where runs are unless they were put elsewhere."""


def view(
    runs: str | Path | Sequence[str | Path] = RUNS,
    *,
    port: int = 0,
    opened: Callable[[LocalServer], None] | None = None,
) -> None:
    """Show runs on a page on 127.0.0.1 until it is interrupted.

    ``runs``: folders of runs, or folders that hold runs; no other file is shown. ``port`` 0 takes a free one.
    ``opened`` is called with the server before it serves; its ``url`` is the page's address.

    Raises UsageError where there is no such folder, or the port is taken.
    """
    named = [runs] if isinstance(runs, str | Path) else list(runs)
    if not named:
        raise UsageError("no run is named", hint="name a run, or the folder that holds runs")
    server = LocalServer(viewer_app(RunFolders.of(named)), port)
    if opened:
        opened(server)
    server.serve()
