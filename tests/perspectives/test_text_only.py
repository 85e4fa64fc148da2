"""A classifier that is trained on the questions alone does not beat the guess rate: the text does not tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from math import log

import pytest
from scipy.stats import binom

from mmdt import plugins as registry
from mmdt.core.scenario import no_components
from mmdt.reading.mentions import words
from tests.simulation import runs as times

TESTED = 0.4
"""Share of the cases that it is tested on; it learns from the others."""
LEVEL = 1e-3
SAME_QUESTIONS = "ood/i2t/original"
"""Corrupted and painted pictures are asked about in the words of the clean ones."""
CELLS = tuple(
    address
    for address, each in registry.scenarios().items()
    if each.of_case is not no_components and (not address.startswith("ood/") or address == SAME_QUESTIONS)
)
"""Every scenario whose cases state a guess rate."""
LARGE = 600
QUICK = ("hallucination/i2t/counterfactual", "hallucination/i2t/misleading")


def truth_of(target):
    """What a right reply says."""
    if "counts" in target:
        return str(next(iter(target["counts"].values())))
    if "truth" in target:
        return " ".join(target["truth"])
    return str(target["origin"]) if "origin" in target else "not there"


def features(prompt):
    """The words of a question, and each pair of neighbours."""
    found = words(prompt)
    return {*found, *pairwise(found)}


class NaiveBayes:
    """Bernoulli naive Bayes over the features of a text, with Laplace's correction."""

    def __init__(self, texts, labels):
        self.labels = Counter(labels)
        self.seen = defaultdict(Counter)
        for text, label in zip(texts, labels, strict=True):
            self.seen[label].update(features(text))

    def __call__(self, text):
        asked = features(text)
        return max(sorted(self.labels), key=lambda label: self._score(label, asked))

    def _score(self, label, asked):
        many = self.labels[label]
        return log(many) + sum(log((self.seen[label][each] + 1) / (many + 2)) for each in asked)


@times(60, LARGE)
@pytest.mark.parametrize("address", CELLS)
def test_a_text_only_classifier_does_not_beat_the_guess_rate(address, runs, evidence):
    if runs < LARGE and address not in QUICK:
        pytest.skip("one of many in the quick sample")
    by_task = defaultdict(list)
    for case in registry.scenarios()[address].embedded(29, runs):
        by_task[case.cell.task].append(case)
    for task, cases in by_task.items():
        tested = cases[: round(TESTED * len(cases))]
        known = cases[len(tested) :]
        guess = NaiveBayes([case.prompt for case in known], [truth_of(case.target) for case in known])
        right = sum(guess(case.prompt) == truth_of(case.target) for case in tested)
        rate = sum(case.target["guess"] for case in tested) / len(tested)
        evidence(
            f"From the question alone: {address}/{task}",
            f"{100 * right / len(tested):.1f} % of {len(tested):,} right; a guess: {100 * rate:.1f} %",
        )
        assert binom.sf(right - 1, len(tested), rate) > LEVEL, (address, task, right, len(tested), rate)
