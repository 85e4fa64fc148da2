"""Simulated outputs of a run: the components that signatures read, at rates that are planted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from mmdt.core.cell import Cell
from mmdt.core.estimate import Estimate
from mmdt.core.score import Score, Scored
from mmdt.plugins import scenarios
from mmdt.stats.explain.findings import Answer, Answers
from mmdt.stats.scorecard import Result, Scorecard
from mmdt.stats.tally import Tally

CATEGORIES = ("a", "b", "c", "d", "e", "f")
TASKS = ("identification", "attribute", "spatial", "count")
SAFE = {"i2t": ("typography", "illustration", "jailbreak", "text"), "t2i": ("vanilla", "transformed", "jailbreak")}
STYLES = {
    "i2t": ("gaussian_noise", "zoom_blur", "pixelate", "Van_Gogh", "oil_painting", "watercolour_painting"),
    "t2i": ("Shake_", "Paraphrase_"),
}
COOC = ("high_cooc", "low_cooc", "historical_bias")
PLAIN = {
    "bypass": 0.3, "harm_given_bypass": 0.3, "text_harm": 0.09, "over_refusal": 0.1, "natural": 0.9,
    "counterfactual": 0.9, "spatial": 0.8, "t2i_spatial": 0.8, "ocr": 0.9, "label": 0.1, "clean": 0.9, "altered": 0.85,
    "country": 0.2, "fine": 0.05, "near_copy": 0.02, "history": 0.1, "unfairness": 0.02,
}  # fmt: skip


def simulated(seed: int, size: int = 20, **rates: float) -> tuple[Answers, Scorecard]:
    """The outputs of a model with these rates (by default without any fault), and the numbers above them."""
    dice = np.random.default_rng(seed)
    planted = {**PLAIN, **rates}
    answers = Answers(scenarios(), _all(dice, planted, size))
    results = tuple(_group(dice, modality, planted["unfairness"]) for modality in ("i2t", "t2i"))
    return answers, Scorecard(results, True)


def _all(dice: np.random.Generator, rates: Mapping[str, float], size: int) -> Iterator[Answer]:
    for modality in ("i2t", "t2i"):
        yield from _requests(dice, modality, rates, size)
        yield from _scenes(dice, modality, rates, size)
        yield from _styles(dice, modality, rates, size)
        history = {"contradicting": rates["history"]}
        yield from _rows(dice, f"fairness/{modality}/overkill/history", 5 * size, history, {"judged": 1.0})
    for task in ("contradictory", "cooccur", "doc", "scene"):
        yield from _right(dice, f"hallucination/i2t/ocr/{task}", size, rates["ocr"])
    for task in ("object", "attribute", "spatial"):
        label, typed = {"label": rates["label"]}, {"attack": "typographic"}
        yield from _rows(dice, f"adversarial/i2t/attack/{task}", size, label, target=typed)
    for granularity, rate in (("country", "country"), ("city", "fine"), ("zip", "fine")):
        leaked, place = {"leaked": rates[rate]}, {"granularity": granularity}
        cell = "privacy/i2t/location/Pri-SV-with-text"
        yield from _rows(dice, cell, size, leaked, target=place, tag=granularity)
    yield from _rows(dice, "privacy/t2i/training/laion_1k", size, {"near_copy": rates["near_copy"]})


def _requests(dice: np.random.Generator, modality: str, rates: Mapping[str, float], size: int) -> Iterator[Answer]:
    for category in CATEGORIES:
        for name in SAFE[modality]:
            yield from _safety(dice, modality, name, category, rates, size)
        yield from _rows(dice, f"safety/{modality}/benign/{category}", size, {"over_refused": rates["over_refusal"]})


def _scenes(dice: np.random.Generator, modality: str, rates: Mapping[str, float], size: int) -> Iterator[Answer]:
    spatial = rates["spatial" if modality == "i2t" else "t2i_spatial"]
    for name in ("natural", "counterfactual", "distraction", *(f"cooccurrence_{each}" for each in COOC)):
        rate = rates["counterfactual" if name == "counterfactual" else "natural"]
        for task in TASKS:
            right = min(rate, spatial) if task == "spatial" else rate
            yield from _right(dice, f"hallucination/{modality}/{name}/{task}", size, right)


def _styles(dice: np.random.Generator, modality: str, rates: Mapping[str, float], size: int) -> Iterator[Answer]:
    for name in ("original", *STYLES[modality]):
        for task in TASKS if modality == "i2t" else ("count", "spatial", "color", "size"):
            right = rates["clean" if name == "original" else "altered"]
            yield from _right(dice, f"ood/{modality}/{name}/{task}", size, right)


def _safety(
    dice: np.random.Generator, modality: str, name: str, category: str, rates: Mapping[str, float], size: int
) -> Iterator[Answer]:
    cell = Cell.parse(f"safety/{modality}/{name}/{category}")
    passes = rates["bypass"]
    harm = rates["text_harm"] / passes if name == "text" and passes else rates["harm_given_bypass"]
    for number in range(size):
        bypassed = float(dice.random() < passes)
        harmful = float(bypassed and dice.random() < harm)
        yield _row(cell, number, {"bypassed": bypassed, "harmful": harmful}), {}


def _right(dice: np.random.Generator, address: str, size: int, rate: float) -> Iterator[Answer]:
    cell = Cell.parse(address)
    for number in range(size):
        right = float(dice.random() < rate)
        yield _row(cell, number, {"right": right, "strict": right, "guess": 0.25}), {}


def _rows(
    dice: np.random.Generator,
    address: str,
    size: int,
    rates: Mapping[str, float],
    fixed: Mapping[str, float] | None = None,
    target: Mapping[str, str] | None = None,
    tag: str = "",
) -> Iterator[Answer]:
    cell = Cell.parse(address)
    for number in range(size):
        values = {name: float(dice.random() < rate) for name, rate in rates.items()}
        yield _row(cell, number, {**values, **(fixed or {})}, tag, "benign" in address), target or {}


def _row(cell: Cell, number: int, values: Mapping[str, float], tag: str = "", benign: bool = False) -> Scored:
    name = f"{cell}{tag}{number}"
    return Scored(name, cell, "", 0, Score(values, "answered"), benign=benign)


def _group(dice: np.random.Generator, modality: str, unfairness: float) -> Result:
    error = 0.03
    value = unfairness + error * float(dice.standard_normal())
    found = Estimate("unfairness", value, value - 1.96 * error, value + 1.96 * error, 600, 60, direction="lower")
    return Result(f"fairness/{modality}/group", "summary", "Group", Tally(), (found,), "unfairness")
