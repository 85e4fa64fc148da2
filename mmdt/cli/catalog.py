"""The verb ``list``: everything that can be named in a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

import click

from mmdt.cli.once import OnceCommand
from mmdt.cli.options import output_options, plugin_option
from mmdt.runs import catalog

_LISTS: dict[str, Callable[[tuple[str, ...]], list[catalog.CatalogEntry]]] = {
    "cells": lambda globs: catalog.list_cells(*globs),
    "models": lambda _: catalog.list_models(),
    "evaluators": lambda _: catalog.list_evaluators(),
    "attacks": lambda _: catalog.list_attacks(),
    "prompts": lambda _: catalog.list_judge_prompts(),
    "exports": lambda _: catalog.list_exports(),
    "data": lambda globs: catalog.list_data(*globs),
}
REFERENCES = "references"


@click.command(cls=OnceCommand)
@click.argument("what", type=click.Choice([*_LISTS, REFERENCES]), default="cells")
@click.argument("globs", nargs=-1, metavar="[GLOB]...")
@plugin_option
@output_options
def list_command(what: str, globs: tuple[str, ...], as_json: bool) -> None:
    """List cells (the default) or what else can be named in a run; references are numbers that others published.

    GLOB filters cells, data and references.
    """
    if what == REFERENCES:
        _references(globs, as_json)
        return
    entries = _LISTS[what](globs)
    if as_json:
        click.echo(json.dumps([{"name": each.name, "about": each.about} for each in entries], indent=1))
        return
    width = max((len(each.name) for each in entries), default=0)
    for each in entries:
        click.echo(f"{each.name:<{width}}  {each.about}".rstrip())


def _references(globs: tuple[str, ...], as_json: bool) -> None:
    """Published numbers with their source and date."""
    found = catalog.list_references(*globs)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=1))
        return
    for each in found:
        note = f" ({each.note})" if each.note else ""
        click.echo(f"{each.address}  {each.metric}  {each.model}  {each.text}  {each.source}, {each.date}{note}")
