"""The one door for everything that can be added: entry points, decorators, and single files."""

from mmdt.plugins.registry import (
    ATTACKS,
    EVALUATORS,
    MODELS,
    PERSPECTIVES,
    SCENARIOS,
    attack,
    attacks,
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
    "ATTACKS",
    "EVALUATORS",
    "MODELS",
    "PERSPECTIVES",
    "SCENARIOS",
    "attack",
    "attacks",
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
