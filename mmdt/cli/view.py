"""The verb ``view``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mmdt.cli.once import OnceCommand
from mmdt.cli.options import plugin_option

if TYPE_CHECKING:
    from mmdt.server.serving import LocalServer


@click.command(cls=OnceCommand)
@click.argument("runs", metavar="[RUNS]...", nargs=-1, type=click.Path(exists=True, file_okay=False))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the page (default: a free one).")
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser.")
@plugin_option
def view_command(runs: tuple[str, ...], port: int, browser: bool) -> None:
    """Show RUNS in the browser: runs, or folders that hold runs (default: runs).

    The page lists the runs with their headlines, shows the report of each with all of its cases, and a run while it
    runs. It listens on 127.0.0.1 only, its address holds a token, and it shows nothing but these runs.

    \b
    mmdt view
    mmdt view runs/a runs/b
    """
    from mmdt.server.view import RUNS, view

    def opened(server: LocalServer) -> None:
        click.echo(f"runs at {server.url}\nCtrl-C ends it", err=True)
        if browser:
            click.launch(server.url)

    view(runs or RUNS, port=port, opened=opened)
