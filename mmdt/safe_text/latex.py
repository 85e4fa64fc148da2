"""Text that LaTeX typesets as it is: names of models, cells and titles come from data and providers."""

from __future__ import annotations

import re

from mmdt.safe_text.visible import visible

_MARKS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "\N{EN DASH}": "--",
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
}
_MINUS = re.compile(r"(?<![\w\\}-])-(?=\d)")


def latex(text: str) -> str:
    r"""One cell of a table, on one line. A minus before a number is one, not a hyphen; a cell that begins with ``[`` or
    ``*`` is not read as an option of the ``\\`` before it."""
    found = "".join(_MARKS.get(mark, mark) for mark in one_line(text))
    found = _MINUS.sub("$-$", found)
    return f"{{}}{found}" if found.startswith(("[", "*")) else found


def comment(text: str) -> str:
    """A comment, which ends with its line."""
    return f"% {one_line(text)}"


def one_line(text: str) -> str:
    """Without line breaks and control characters."""
    return " ".join(visible(text).split())
