"""How often a guess is right on embedded data."""

from __future__ import annotations

from collections.abc import Sequence

LABELS = {"identification": 25, "attribute": 10, "spatial": 4, "count": 5, "action": 8}
"""Number of equally frequent answers of embedded questions, by task."""


def guess_rates(tasks: Sequence[str]) -> str:
    """The probability that a guess is right, by task, in words."""
    shares = ", ".join(f"{1 / LABELS[task]:.3g} ({task})" for task in tasks)
    return f"On embedded data, where answers are balanced, a guess is right with probability {shares}."
