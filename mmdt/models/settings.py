"""Settings of a runtime: checked against what the runtime knows, with the known names in the error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from mmdt.errors import UsageError

T = TypeVar("T", bound=msgspec.Struct)


def read_settings(kind: type[T], settings: Mapping[str, Any], where: str) -> T:
    """``settings`` as ``kind``; text from a command line becomes a number or a truth value where one is due.

    Raises UsageError on an unknown name or a value of the wrong type, naming ``where`` and what is known.
    """
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    for name in settings:
        if name not in known:
            cure = f"use one of: {', '.join(sorted(known))}"
            raise UsageError(f"unknown setting {name!r}", where=where, cure=cure)
    try:
        return msgspec.convert(dict(settings), kind, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"a setting has the wrong type: {error}", where=where, cure="correct its value") from error


def stated(settings: msgspec.Struct, silent: frozenset[str]) -> dict[str, Any]:
    """The settings that differ from their defaults, without the ``silent`` ones: what a run is described by."""
    found = {}
    for field in msgspec.structs.fields(settings):
        value = getattr(settings, field.name)
        if field.name not in silent and value != field.default:
            found[field.encode_name] = msgspec.to_builtins(value)
    return found
