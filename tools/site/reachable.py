"""Repairs of the theme's pages: what scrolls can be reached with a keyboard, and landmarks have names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

REPAIRS = {
    '<div id="search-results">': '<h1>Search</h1>\n<div id="search-results">',
    "<pre>": '<pre tabindex="0">',
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Pages">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="On this page">',
    '<aside class="toc-drawer no-toc">': '<aside class="toc-drawer no-toc" aria-label="On this page">',
}


TABLE = re.compile(r'<div class="table-wrapper[^"]*"(?=>)')


def repair(app: Sphinx, error: Exception | None) -> None:
    """Rewrite the pages once all of them are there."""
    for page in Path(app.outdir).rglob("*.html") if error is None else ():
        text = page.read_text(encoding="utf-8")
        for before, after in REPAIRS.items():
            text = text.replace(before, after)
        text = TABLE.sub(r'\g<0> tabindex="0"', text)
        page.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("build-finished", repair)
    return {"parallel_read_safe": True}
