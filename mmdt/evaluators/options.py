"""Options in an evaluator's name, after the slash."""

from __future__ import annotations

from mmdt.errors import UsageError


def no_options(name: str, rest: str) -> None:
    """Raises UsageError if ``rest``, the part of the name after the slash, is not empty."""
    if rest:
        raise UsageError(f"{name} takes no options, got {rest!r}", hint=f"write {name}")
