"""Repairs for keyboards and screen readers: what scrolls can be reached."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

PRE = re.compile(r"<pre>")


def repair(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: nodes.document | None) -> None:
    if "body" in context:
        context["body"] = PRE.sub('<pre tabindex="0">', context["body"])


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", repair)
    return {"parallel_read_safe": True}
