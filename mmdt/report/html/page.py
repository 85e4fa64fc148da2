"""Renders a template to a self-contained HTML page, with inline styles and scripts and a strict content policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from mmdt.disk.private import open_result
from mmdt.disk.whole import whole
from mmdt.errors import StoreError
from mmdt.report.figures.drawing import Drawing
from mmdt.report.figures.svg import svg
from mmdt.report.html.embed import csp_hash
from mmdt.report.methods import methods
from mmdt.report.terminal.explanation import correlation_text, measured_text, p_text
from mmdt.report.wide import parts
from mmdt.safe_text.redaction import redact


@dataclass(frozen=True, slots=True)
class Served:
    """Addresses of a page that a server shows, relative to the page: of the folder of its styles and scripts, of its
    cases' parts, and of the list of runs. ``links``: what else the page leads to, by title."""

    assets: str
    parts: str
    home: str
    links: tuple[tuple[str, str], ...] = ()


def write_page(
    template: str, values: Mapping[str, Any], path: Path, *, styles: Sequence[str], scripts: Sequence[str] = ()
) -> Path:
    """Stream a rendered template to ``path``, as a complete file or not at all.

    The page's content security policy allows only these styles and scripts, by their hashes, and pictures embedded in
    the page; the page cannot load anything else. Raises StoreError if the file cannot be written.
    """
    style, script = _assets(tuple(styles)), _script(tuple(scripts))
    scripted = csp_hash(script) if script else "'none'"
    policy = (
        f"default-src 'none'; style-src {csp_hash(style)}; script-src {scripted}; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )
    # Markup: these texts are our own files, and the hashes cover every byte.
    fixed = {"policy": policy, "style": Markup(style), "script": Markup(script), "served": None}  # noqa: S704
    pieces = _environment().get_template(template).generate(**values, **fixed)
    how = {"encoding": "utf-8", "errors": "replace", "newline": "\n"}
    try:
        with whole(path) as part, open_result(part, "w", **how) as file:
            file.writelines(map(redact, pieces))
    except OSError as error:
        hint = "choose another path, or free disk space"
        raise StoreError("the report cannot be written", where=f"{path}: {error.strerror}", hint=hint) from error
    return path


def served_page(template: str, values: Mapping[str, Any], served: Served) -> bytes:
    """The same page for a server, which sends style, script and the parts of the data when the page asks for them."""
    pieces = _environment().get_template(template).generate(**values, policy="", style="", script="", served=served)
    return "".join(map(redact, pieces)).encode("utf-8", "replace")


def style_text(names: Sequence[str]) -> str:
    """The styles of a page, joined."""
    return _assets(tuple(names))


def script_text(names: Sequence[str]) -> str:
    """The scripts of a page, joined."""
    return _script(tuple(names))


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("mmdt.report.html"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = lambda number: f"{number:,}"
    environment.filters["parts"] = parts
    environment.filters["methods"] = methods
    environment.filters["svg"] = _themed
    environment.filters["measured"] = measured_text
    environment.filters["p_value"] = p_text
    environment.filters["correlation"] = correlation_text
    return environment


def _themed(drawing: Drawing) -> Markup:
    """A drawing whose colours follow the page's theme. Markup: ``svg`` escapes every text."""
    return Markup(svg(drawing, themed=True))  # noqa: S704


@cache
def _assets(names: tuple[str, ...]) -> str:
    folder = files("mmdt.report.html") / "assets"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


@cache
def _script(names: tuple[str, ...]) -> str:
    """All scripts in one function, so that they share their names with each other but not with the page."""
    return f"(() => {{\n'use strict';\n{_assets(names)}\n}})();" if names else ""
