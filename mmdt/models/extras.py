"""Checks for libraries that only some runtimes need."""

from __future__ import annotations

from importlib.util import find_spec

from mmdt.errors import MissingExtraError


def require(module: str, feature: str, extra: str) -> None:
    """Raises MissingExtraError, with the install command, if ``module`` is not installed. Imports nothing."""
    try:
        found = find_spec(module)
    except ModuleNotFoundError:  # the parent package is missing as well
        found = None
    if found is None:
        raise MissingExtraError(feature, extra, ImportError(f"no module named {module}"))


def require_torch(feature: str, extra: str) -> None:
    """Like :func:`require`, but imports torch: an installed torch that does not fit the machine is of no use."""
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(feature, extra, error) from error
