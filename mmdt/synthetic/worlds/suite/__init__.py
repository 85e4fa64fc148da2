"""The embedded cases of hallucination, out-of-distribution and adversarial robustness, made from worlds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module

from mmdt.core.case import Case
from mmdt.core.modality import Modality

Embedded = Callable[[int, int], Iterable[Case]]
"""``cases(seed, n_per_task)``."""

_ONE_A_FILE = ("natural", "counterfactual", "distraction", "misleading")
_HERE = "mmdt.synthetic.worlds.suite"


def embedded(perspective: str, modality: Modality, scenario: str) -> Embedded:
    """The case generator of a scenario; modules of worlds are imported when it is called.

    Covers every scenario of hallucination, ood and adversarial. Raises KeyError for any other.
    """
    module, first = _place(perspective, modality, scenario)
    return partial(_cases, module, modality, first)


def _cases(module: str, modality: Modality, first: tuple[str, ...], seed: int, count: int) -> Iterable[Case]:
    make: Callable[..., Iterable[Case]] = getattr(import_module(f"{_HERE}.{module}"), modality)
    return make(*first, seed, count)


def _place(perspective: str, modality: Modality, scenario: str) -> tuple[str, tuple[str, ...]]:
    """The module that makes the cases, and the arguments of its function before the seed."""
    if perspective in ("ood", "adversarial"):
        return perspective, (scenario,)
    if perspective == "hallucination" and scenario in _ONE_A_FILE:
        return scenario, ()
    if perspective == "hallucination" and scenario == "ocr":
        return f"ocr_{modality}", ()
    if perspective == "hallucination" and scenario.startswith("cooccurrence_"):
        return f"cooccurrence_{modality}", (scenario.removeprefix("cooccurrence_"),)
    raise KeyError(f"{perspective}/{modality}/{scenario}")
