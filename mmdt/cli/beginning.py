"""The beginning of a run at a terminal: its plan and a question where it costs money, then what runs and where."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmdt.errors import MmdtError
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from mmdt.runs.plan import Plan
    from mmdt.runs.settings import Settings

NO_LIMIT = "no --max-cost: nothing limits what this run spends"


def confirm(plan: Callable[[], Plan], *, yes: bool, as_json: bool) -> None:
    """:func:`confirm_all` for one run."""
    confirm_all([plan], yes=yes, as_json=as_json)


def confirm_all(plans: Sequence[Callable[[], Plan]], *, yes: bool, as_json: bool) -> None:
    """Show the plans of runs without a budget in money, and ask; raises MmdtError where the answer is no.

    Only at a terminal: a program cannot answer, so there it is said and the run goes on.
    """
    if yes:
        return
    if as_json or not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        click.echo(f"mmdt: {NO_LIMIT}; not asking, since this is no terminal (--yes leaves out this line)", err=True)
        return
    from mmdt.cli.plan import plan_text

    costly = [made for made in (plan() for plan in plans) if made.cost is None or made.cost]
    if not costly:
        return
    click.echo(visible("\n\n".join(plan_text(made, cells=False) for made in costly)), err=True)
    if not click.confirm(f"{NO_LIMIT}. Run it?", err=True):
        raise MmdtError("nothing was asked, nothing was spent", hint="--max-cost sets a limit")


def announce_again(folder: str, given: Mapping[str, Any]) -> None:
    """:func:`announce` for a run that is there already; ``given``: its new limits. Says nothing where the run
    cannot be read: resuming it may bring it back, or says why not."""
    from mmdt.runs.manifest import read

    try:
        settings = read(Path(folder)).settings
    except MmdtError:
        return
    limits = {name: given.get(name) or getattr(settings, name) for name in ("max_cost", "max_requests")}
    announce(replace(settings, **limits), Path(folder))


def announce(settings: Settings, folder: Path) -> None:
    """Name the model, the folder, the budget and the way to stop, before the progress begins."""
    _announce(settings.model, settings, folder)


def announce_several(count: int, settings: Settings, folder: Path) -> None:
    """:func:`announce` for several models. ``settings``: those of any of them; their limits are for all together."""
    _announce(f"{count} models", settings, folder)


def _announce(what: str, settings: Settings, folder: Path) -> None:
    limits = [f"${settings.max_cost:,.2f}"] if settings.max_cost is not None else []
    limits += [f"{settings.max_requests:,} requests"] if settings.max_requests is not None else []
    budget = " or ".join(limits) or "no limit"
    where = shlex.quote(str(folder))
    lines = (f"{what} -> {where}", f"budget: {budget}; Ctrl-C stops, `mmdt resume {where}` goes on")
    click.echo(visible("\n".join(lines)), err=True)
