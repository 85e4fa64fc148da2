"""The one door for everything that can be added: entry points, decorators, and single files."""

from mmdt.plugins.registry import (
    EVALUATORS,
    MODELS,
    PERSPECTIVES,
    SCENARIOS,
    describe,
    find,
    names,
    open_evaluator,
    open_model,
    perspectives,
    register,
    registered,
    scenarios,
)

__all__ = [
    "EVALUATORS",
    "MODELS",
    "PERSPECTIVES",
    "SCENARIOS",
    "describe",
    "find",
    "names",
    "open_evaluator",
    "open_model",
    "perspectives",
    "register",
    "registered",
    "scenarios",
]
