"""The verb ``list``: everything that can be named in a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click

from mmdt import plugins
from mmdt.cli.benchmarks import print_benchmarks
from mmdt.cli.help import Alone
from mmdt.cli.options import output_options, plugin_option, select_option
from mmdt.cli.streams import json_line
from mmdt.errors import UsageError
from mmdt.runs import catalog

_LISTS: dict[str, Callable[[tuple[str, ...]], list[catalog.CatalogEntry]]] = {
    "cells": lambda globs: catalog.list_cells(*globs),
    "models": lambda _: catalog.list_models(),
    "evaluators": lambda _: catalog.list_evaluators(),
    "attacks": lambda _: catalog.list_attacks(),
    "searches": lambda _: catalog.list_searches(),
    "prompts": lambda _: catalog.list_judge_prompts(),
    "exports": lambda _: catalog.list_exports(),
    "frameworks": lambda _: catalog.list_frameworks(),
    "data": lambda globs: catalog.list_data(*globs),
}
REFERENCES = "references"
BENCHMARKS = "benchmarks"
SELECTED = ("cells", "data", REFERENCES)
"""The kinds that are about cells."""


@click.command(cls=Alone)
@click.argument("kind", type=click.Choice([*_LISTS, BENCHMARKS, REFERENCES]), metavar="KIND")
@select_option
@plugin_option
@output_options
def list_command(kind: str, select: tuple[str, ...], as_json: bool) -> None:
    """List everything of KIND that can be named in a command; references are numbers that others published.

    KIND: cells, models, evaluators, attacks, searches, prompts, exports, frameworks, data, benchmarks or references.

    --select filters cells, data and references.

    \b
    mmdt list cells --select 'hallucination/i2t/**'
    mmdt list models
    """
    what, globs = kind, select
    if globs and kind not in SELECTED:
        raise UsageError(f"--select has no meaning for {kind}", hint=f"use it for: {', '.join(SELECTED)}")
    if what == BENCHMARKS:
        print_benchmarks((), as_json)
        return
    if what == REFERENCES:
        _references(globs, as_json)
        return
    entries = _LISTS[what](globs)
    if as_json:
        more = _of_attack if what == "attacks" else lambda name: {}
        _print_json(what, [{"name": each.name, "about": each.about, **more(each.name)} for each in entries])
        return
    width = max((len(each.name) for each in entries), default=0)
    for each in entries:
        click.echo(f"{each.name:<{width}}  {each.about}".rstrip())


def _of_attack(name: str) -> dict[str, Any]:
    """All that is known of an attack besides what it does."""
    found = plugins.attack(name)
    return {
        "modalities": sorted(found.modalities),
        "kind": found.kind,
        "access": found.access,
        "cost": found.cost,
        "constraint": found.constraint,
        "source": found.source,
        "parameters": found.recorded_parameters,
    }


def _references(globs: tuple[str, ...], as_json: bool) -> None:
    """Published numbers with their source and date."""
    found = catalog.list_references(*globs)
    if as_json:
        _print_json(REFERENCES, [asdict(each) for each in found])
        return
    for each in found:
        note = f" ({each.note})" if each.note else ""
        click.echo(f"{each.address}  {each.metric}  {each.model}  {each.text}  {each.source}, {each.date}{note}")


def _print_json(what: str, entries: list[dict[str, Any]]) -> None:
    click.echo(json_line({"kind": "list", "of": what, "entries": entries}))
