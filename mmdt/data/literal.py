"""Parse values written as Python literals in text, within limits and without evaluating anything."""

from __future__ import annotations

import ast
import math
import warnings
from decimal import Decimal
from typing import Any

MAX_LENGTH = 20_000
"""Most characters of a literal."""
MAX_DEPTH = 12
"""Most levels of lists and dicts inside each other."""
MAX_NODES = 4_000
"""Most values in total."""
MAX_NUMBER = 2**63
"""Not every JSON reader can store whole numbers of this size."""

_ALLOWED = (ast.Expression, ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp, ast.USub, ast.UAdd, ast.Load)


def parse_literal(text: str) -> Any:
    """The JSON value of a Python literal (tuples become lists).

    Raises ValueError, with a reason that can be shown to the user, for anything but lists, tuples, dicts with text
    keys, text, finite numbers, booleans and None, and beyond the limits of this module.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"the literal has {len(text):,} characters; at most {MAX_LENGTH:,} are allowed")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd escapes in the data should not print warnings
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ValueError(f"{_short(text)} is not a Python literal") from error
    _check_tree(tree)
    try:
        value = ast.literal_eval(tree)
    except (ValueError, TypeError, SyntaxError) as error:
        raise ValueError(f"{_short(text)} is not a literal of plain values") from error
    return to_json_value(value)


def _check_tree(tree: ast.AST) -> None:
    level: list[ast.AST] = [tree]
    nodes = depth = 0
    while level:  # level by level: recursion into a deep tree could exhaust the stack
        depth += 1
        nodes += len(level)
        if depth > 2 * MAX_DEPTH or nodes > 3 * MAX_NODES:  # the tree also has nodes that are not values
            raise ValueError(f"the literal is larger than {MAX_NODES:,} values or {MAX_DEPTH} levels")
        for node in level:
            if not isinstance(node, _ALLOWED):
                raise ValueError(f"the literal contains a {type(node).__name__.lower()}; only plain values are allowed")
        level = [child for node in level for child in ast.iter_child_nodes(node)]


def to_json_value(value: Any) -> Any:
    """``value`` as JSON: lists, dicts with text keys, text, finite numbers, booleans, None.

    Raises ValueError for anything else and beyond the limits of this module.
    """
    return _Converter().convert(value, MAX_DEPTH)


class _Converter:
    """Converts nested values and counts them."""

    def __init__(self) -> None:
        self.left = MAX_NODES

    def convert(self, value: Any, depth: int) -> Any:
        self.left -= 1
        if self.left < 0 or depth < 0:
            raise ValueError(f"the value is larger than {MAX_NODES:,} values or {MAX_DEPTH} levels")
        if isinstance(value, dict):
            return {self._key(key): self.convert(item, depth - 1) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.convert(item, depth - 1) for item in value]
        return _scalar(value)

    def _key(self, key: Any) -> str:
        if not isinstance(key, str):
            raise ValueError(f"{_short(repr(key))} is a key, but keys must be text")
        return key


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal) and value.is_finite():  # tables from databases have decimals
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, int | float):
        if not math.isfinite(value) or (isinstance(value, int) and abs(value) >= MAX_NUMBER):
            raise ValueError("a number is not finite or too large")
        return value
    raise ValueError(f"it contains a {type(value).__name__}; only plain values are allowed")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else text[:57] + "...")
