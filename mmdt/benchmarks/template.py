"""Templates: text with the columns of a row in braces, and values that are translated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from mmdt.benchmarks.declaration import Mapped, Value
from mmdt.data.literal import parse_literal, to_json_value
from mmdt.data.row import DataRow

_FIELD = re.compile(r"\{([^{}]+?)(\?)?\}")
_MISSING = object()
MAX_ENTRY = 1_000_000
"""Bytes of one entry of a target as JSON."""


def value_of(row: DataRow, template: str) -> Any:
    """The value of a template that is one column; any other template gives text. None for an absent ``{column?}``.

    Raises DataError naming the column that is absent.
    """
    alone = _FIELD.fullmatch(template)
    if alone is not None:
        return _column(row, alone[1], optional=bool(alone[2]))
    return _FIELD.sub(lambda match: as_text(_column(row, match[1], optional=bool(match[2]))), template)


def text_of(row: DataRow, template: str) -> str:
    """The template as text."""
    return as_text(value_of(row, template))


def as_text(value: Any) -> str:
    """A value as people write it: 2.0 is 2, nothing is empty."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def translated(row: DataRow, value: Value, column: str) -> Any:
    """A value of a declaration for this row, as JSON. Raises DataError for what the map does not have."""
    if isinstance(value, str):
        return _json(row, value_of(row, value), column)
    if not isinstance(value, Mapped):
        return value
    found = as_text(value_of(row, value.column)).strip()
    known = {name.casefold(): each for name, each in value.map.items()}
    if found.casefold() in known:
        return known[found.casefold()]
    if value.otherwise is None:
        raise row.error(_first(value.column), f"{found[:60]!r} is none of {', '.join(value.map)}")
    return text_of(row, value.otherwise)


def is_wanted(row: DataRow, when: Mapping[str, Any]) -> bool:
    """Whether a row has one of the values that the declaration wants in each column."""
    for name, wanted in when.items():
        listed = wanted if isinstance(wanted, list) else [wanted]
        given = as_text(_column(row, name, optional=True)).strip()
        if not any(given if each == "*" else given.casefold() == as_text(each).casefold() for each in listed):
            return False
    return True


def _json(row: DataRow, value: Any, column: str) -> Any:
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    try:
        if isinstance(value, dict | list):
            encoded = msgspec.json.encode(value, enc_hook=_plain)
            if len(encoded) > MAX_ENTRY:
                raise ValueError(f"the value has more than {MAX_ENTRY:,} bytes")
            return msgspec.json.decode(encoded)
        return to_json_value(value)
    except (ValueError, TypeError) as error:
        raise row.error(column, str(error)) from error


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"it contains a {type(value).__name__}; only plain values are allowed")


def _column(row: DataRow, name: str, *, optional: bool) -> Any:
    """A column, or an entry of a record in one (``metadata.over``)."""
    head, *rest = name.split(".")
    whole = row.get(name, _MISSING)
    if whole is not _MISSING:
        return whole
    found = row.get(head, _MISSING) if rest else _MISSING
    if isinstance(found, str):
        try:
            found = parse_literal(found)
        except ValueError:
            found = _MISSING
    for part in rest:
        found = found.get(part, _MISSING) if isinstance(found, Mapping) else _MISSING
    if found is not _MISSING:
        return found
    return None if optional else row.raw(name)


def _first(template: str) -> str:
    found = _FIELD.search(template)
    return found[1] if found else template
