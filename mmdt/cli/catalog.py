"""The verb that lists what there is: cells, models, evaluators, data."""

from __future__ import annotations

import json
from collections.abc import Callable

import click

from mmdt import plugins as registry
from mmdt.cli.options import output_options
from mmdt.core.cell import Selection

Entry = tuple[str, str]


@click.command()
@click.argument("what", type=click.Choice(["cells", "models", "evaluators", "attacks", "data"]), default="cells")
@click.argument("globs", nargs=-1, metavar="[GLOB]...")
@output_options
def list_command(what: str, globs: tuple[str, ...], as_json: bool) -> None:
    """List cells (the default; GLOB narrows them), models, evaluators, attacks or data."""
    entries = _LISTS[what](Selection.of(globs or ("**",)))
    if as_json:
        click.echo(json.dumps([{"name": name, "about": about} for name, about in entries], indent=1))
        return
    width = max((len(name) for name, _ in entries), default=0)
    for name, about in entries:
        click.echo(f"{name:<{width}}  {about}".rstrip())


def _cells(selection: Selection) -> list[Entry]:
    return [
        (str(cell), scenario.title)
        for scenario in registry.scenarios().values()
        for cell in scenario.cells
        if (cell.task == "*" and selection.may_match(scenario.address, None)) or selection.matches(cell)
    ]


def _models(_: Selection) -> list[Entry]:
    return [(f"{name}/...", registry.describe(registry.MODELS, name)) for name in registry.names(registry.MODELS)]


def _evaluators(_: Selection) -> list[Entry]:
    names = registry.names(registry.EVALUATORS)
    return [(name.replace(".", "="), registry.describe(registry.EVALUATORS, name)) for name in names]


def _attacks(_: Selection) -> list[Entry]:
    return [(name, registry.describe(registry.ATTACKS, name)) for name in registry.attacks()]


def _data(selection: Selection) -> list[Entry]:
    found: list[Entry] = []
    for scenario in registry.scenarios().values():
        if not selection.may_match(scenario.address, scenario.tasks):
            continue
        sources = [f"hub {each.repo} ({each.config}, {each.split})" for each in scenario.published]
        sources += ["embedded"] if scenario.embedded else []
        found.append((scenario.address, "; ".join(sources) or "your own files only"))
    return found


_LISTS: dict[str, Callable[[Selection], list[Entry]]] = {
    "cells": _cells,
    "models": _models,
    "evaluators": _evaluators,
    "attacks": _attacks,
    "data": _data,
}
