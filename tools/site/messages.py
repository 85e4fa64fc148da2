"""The messages of mmdt's errors, read from its source: what a user may see, and what it advises."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mmdt.spelling import on_command_line, option, verb

KINDS = ("UsageError", "DataError", "StoreError", "EndpointError", "MmdtError")
ANYTHING = "…"
"""Stands for what a message quotes: a path, a name, a number."""


@dataclass(frozen=True, order=True)
class ErrorMessage:
    """What one place of the source says. ``area``: the folder of mmdt that says it, such as ``data``."""

    area: str
    what: str
    hint: str
    kind: str


def messages(package: Path) -> list[ErrorMessage]:
    """All messages with at least two words of their own, each once, by area and in alphabetical order."""
    found = {message for file in package.rglob("*.py") for message in _of_file(file, package)}
    return sorted(message for message in found if len(message.what.replace(ANYTHING, " ").split()) > 1)


def _of_file(file: Path, package: Path) -> Iterator[ErrorMessage]:
    area = file.relative_to(package).parts[0].removesuffix(".py")
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for scope in functions:
        names = _assigned(scope)
        for call in ast.walk(scope):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KINDS and call.args:
                hints = [each.value for each in call.keywords if each.arg == "hint"]
                for what in _values(call.args[0], names):
                    hint = _near(hints[0], names, what.lineno) if hints else None
                    for text in _texts(what):
                        for advice in _texts(hint) if hint else [""]:
                            yield ErrorMessage(area, text, "" if advice == ANYTHING else advice, call.func.id)


def _assigned(scope: ast.AST) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def _values(node: ast.expr, names: dict[str, list[ast.expr]]) -> list[ast.expr]:
    """What an argument may be: a name that is set in the function stands for each of its values."""
    return names[node.id] if isinstance(node, ast.Name) and node.id in names else [node]


def _near(node: ast.expr, names: dict[str, list[ast.expr]], line: int) -> ast.expr:
    """The advice that belongs to a message: of several values of a name, the one that is set nearest to it."""
    return min(_values(node, names), key=lambda value: abs(value.lineno - line))


def _texts(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return [" ".join(_text(node).split())]


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(_text, parts))
        case ast.FormattedValue(value=inner):
            return _text(inner)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left) + _text(right)
        case ast.Call(func=ast.Name(id="option" | "verb" as name)):
            return _spelled(option if name == "option" else verb, node)
    return ANYTHING


def _spelled(function: Callable[..., str], call: ast.Call) -> str:
    """An option or a verb as the command line names it; what is known only when the error is raised is left open."""
    values = [each.value if isinstance(each, ast.Constant) else "..." for each in call.args]
    settings = {
        each.arg: each.value.value if isinstance(each.value, ast.Constant) else "..."
        for each in call.keywords
        if each.arg
    }
    with on_command_line():
        return function(*values, **settings).strip("`").replace("...", ANYTHING)
