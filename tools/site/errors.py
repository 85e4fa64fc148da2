"""The directive ``{errors}``: every message of mmdt with its advice, made from the source at each build."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tools.site.messages import ErrorMessage, messages

PACKAGE = Path(__file__).resolve().parents[2] / "mmdt"
AREAS = {
    "attacks": "Attacks",
    "benchmarks": "Named benchmarks",
    "cli": "The command line",
    "core": "Cases, pictures and models of your own",
    "data": "Data",
    "engine": "The engine and the store of a run",
    "evaluators": "Judges and other evaluators",
    "models": "Models and providers",
    "perspectives": "Scenarios",
    "plugins": "Plugins",
    "report": "Reports and exports",
    "runs": "Runs and their settings",
    "search": "Searches for attacks",
    "server": "Pages on this machine",
    "stats": "Statistics",
    "synthetic": "Organisms and worlds",
    "validate": "Checks",
}


class Errors(SphinxDirective):
    """Sections of definition lists: the message, and below it what to do."""

    def run(self) -> list[nodes.Node]:
        found = messages(PACKAGE)
        return [_section(area, list(group)) for area, group in groupby(found, key=lambda each: each.area)]


def _section(area: str, found: list[ErrorMessage]) -> nodes.Node:
    title = AREAS.get(area, area.capitalize())
    section = nodes.section(ids=[f"errors-{area}"], names=[f"errors-{area}"])
    section += nodes.title(text=title)
    listed = nodes.definition_list()
    for what, group in groupby(found, key=lambda each: each.what):
        hints = sorted({each.hint for each in group} - {""})
        item = nodes.definition_list_item("", nodes.term("", "", nodes.literal(text=what)))
        item += nodes.definition("", *(nodes.paragraph(text=hint) for hint in hints))
        listed += item
    section += listed
    return section


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("errors", Errors)
    return {"parallel_read_safe": True}
