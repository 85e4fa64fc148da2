"""mmdt: how far can a multimodal foundation model be trusted?

>>> import mmdt
>>> run = mmdt.run("organism/demo", select="safety/**")  # doctest: +SKIP
>>> run.estimates()  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmdt.api import batches, open_run, plan, resume, run, score
    from mmdt.checks.check import check_evaluators
    from mmdt.registry import register
    from mmdt.runs import Run

__all__ = ["Run", "batches", "check_evaluators", "open_run", "plan", "register", "resume", "run", "score"]

_HOME = {"check_evaluators": "mmdt.checks.check", "Run": "mmdt.runs", "register": "mmdt.registry"}


def __getattr__(name: str) -> Any:
    # Loaded when first used: `mmdt --help` must not pay for the engine.
    if name not in __all__:
        raise AttributeError(f"module 'mmdt' has no attribute {name!r}")
    home = importlib.import_module(_HOME.get(name, "mmdt.api"))
    return getattr(home, name)
