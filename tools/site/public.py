"""The public names that no section of the reference names, so that a new one is on the page from its first day."""

from __future__ import annotations

import inspect
import re
from typing import Any

from sphinx.application import Sphinx

import mmdt

MARK = "<!-- the other public names -->"
DIRECTIVE = re.compile(r"^\.\. auto\w+:: mmdt\.(\w+)", re.MULTILINE)


def directive(name: str) -> str:
    """How autodoc is asked for a public name of mmdt."""
    value = getattr(mmdt, name)
    if inspect.isclass(value):
        kind = "autoexception" if issubclass(value, Exception) else "autoclass"
        return f".. {kind}:: mmdt.{name}\n   :members:\n"
    return f".. {'autofunction' if callable(value) else 'autodata'}:: mmdt.{name}\n"


def others(page: str) -> list[str]:
    """The public names that the page does not name yet."""
    return sorted(set(mmdt.__all__) - set(DIRECTIVE.findall(page)) - {"__version__"})


def fill(_app: Sphinx, _docname: str, source: list[str]) -> None:
    if MARK in source[0]:
        names = others(source[0])
        block = "\n".join(map(directive, names))
        section = f"## Everything else\n\n```{{eval-rst}}\n{block}```\n" if names else ""
        source[0] = source[0].replace(MARK, section)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("source-read", fill)
    return {"parallel_read_safe": True}
