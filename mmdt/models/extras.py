"""Libraries that only some runtimes need."""

from __future__ import annotations

from importlib.util import find_spec

from mmdt.errors import MissingExtraError


def require(module: str, feature: str, extra: str) -> None:
    """Raises MissingExtraError, with the command that hints it, where ``module`` is not installed; imports nothing."""
    try:
        found = find_spec(module)
    except ModuleNotFoundError:  # the parent package is missing as well
        found = None
    if found is None:
        raise MissingExtraError(feature, extra, ImportError(f"no module named {module}"))


def require_torch(feature: str, extra: str) -> None:
    """As :func:`require`, but imports it: a torch that is there and does not fit the machine is as good as none."""
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(feature, extra, error) from error
