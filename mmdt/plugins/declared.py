"""Checks of what a user declares: a mistake is found where it is written, not in the middle of a run."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any, get_args

from mmdt.core.modality import MODALITIES, Modality
from mmdt.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_KINDS = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def check_name(name: str, what: str) -> str:
    """``name``, if it can stand for something in a command. Raises UsageError: after a slash it would never be found,
    and ``+``, ``=`` and commas join names."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be the name of {what}", hint="use letters, digits, hyphens, dots and _")
    return name


def check_modalities(modalities: Iterable[Modality], where: str) -> frozenset[Modality]:
    """The set of them. Raises UsageError for a name that is none, such as the letters of a single string."""
    given = frozenset(modalities)
    unknown = sorted(str(each) for each in given if each not in MODALITIES)
    if unknown or not given:
        what = f"unknown modality {unknown[0]!r}" if unknown else "no modality"
        raise UsageError(what, where=where, hint=f"use a list of: {', '.join(get_args(Modality))}")
    return given


def check_arguments(thing: Callable[..., Any], counts: Iterable[int], where: str, shape: str) -> int:
    """How many positional arguments a function or a class takes. Raises UsageError for a number that is none of
    ``counts``; ``shape`` says in words what is expected."""
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError) as error:
        raise UsageError(f"expected a function, got {thing!r}", where=where, hint=f"write {shape}") from error
    number, wanted = sum(each.kind in _KINDS for each in parameters), tuple(counts)
    if number not in wanted and not any(each.kind is inspect.Parameter.VAR_POSITIONAL for each in parameters):
        raise UsageError(f"the function takes {number} arguments", where=where, hint=f"write {shape}")
    return number
