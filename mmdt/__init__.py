"""mmdt: how far can a multimodal foundation model be trusted?

>>> import mmdt
>>> run = mmdt.run("organism/demo", select="safety/**")  # doctest: +SKIP
>>> run.estimates()  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmdt.plugins import register
    from mmdt.runs.result import Run
    from mmdt.runs.verbs import batches, open_run, plan, resume, run, score
    from mmdt.validate.evaluators.check import check_evaluators

__all__ = ["Run", "batches", "check_evaluators", "open_run", "plan", "register", "resume", "run", "score"]

_HOME = {"check_evaluators": "mmdt.validate.evaluators.check", "Run": "mmdt.runs.result", "register": "mmdt.plugins"}


def __getattr__(name: str) -> Any:
    # Loaded when first used: `mmdt --help` must not pay for the engine.
    if name not in __all__:
        raise AttributeError(f"module 'mmdt' has no attribute {name!r}")
    home = importlib.import_module(_HOME.get(name, "mmdt.runs.verbs"))
    return getattr(home, name)
