"""How surrogates of local checkpoints are opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mmdt.models.extras import require
from mmdt.models.local.checkpoint import Checkpoint, loaded, quiet

S = TypeVar("S")


def open_surrogate(kind: str, rest: str, make: Callable[[Checkpoint], S]) -> S:
    """The surrogate ``<kind>/<rest>``, where ``rest`` is an id or a folder. Raises UsageError without a name,
    MissingExtraError without torch and transformers, and what ``make`` raises."""
    for module in ("torch", "transformers"):
        require(module, f"the surrogate {kind}", "hf")
    quiet()
    checkpoint = Checkpoint.named(rest, where=f"surrogate: {kind}/{rest}")
    return loaded("the surrogate", checkpoint, lambda: make(checkpoint))
