"""No headline can be won without looking: organisms that do not look stay at the guess rate of every cell."""

from __future__ import annotations

from collections import defaultdict

import pytest
from scipy.stats import binom

import mmdt
from mmdt import plugins as registry
from mmdt.core.modality import flow
from mmdt.synthetic.organisms.organism import SIGHTLESS

REPLIES = ("hallucination/i2t/**", "adversarial/i2t/**", "ood/i2t/original")
PICTURES = ("hallucination/t2i/**", "adversarial/t2i/**", "ood/t2i/original")
SIZE = {"i2t": 10, "t2i": 4}
CERTAIN = 1e-4
"""So improbable that it is no chance, for the 60 cells of an organism together."""


def reached(run):
    """Cell -> (the headline's estimate, the mean guess rate of its cases, the number of cases)."""
    guesses = defaultdict(list)
    for trial in run.joined():
        guesses[str(trial.case.cell)].append(float(trial.case.target.get("guess", 0.0)))
    cells = (each for each in run.scorecard().results if each.level == "cell")
    return {each.address: (each.estimate(), sum(guesses[each.address]) / len(guesses[each.address])) for each in cells}


@pytest.mark.parametrize("name", SIGHTLESS)
@pytest.mark.parametrize("globs", [REPLIES, PICTURES], ids=["i2t", "t2i"])
def test_no_headline_exceeds_its_guess_rate(name, globs, tmp_path):
    size = SIZE["i2t" if globs is REPLIES else "t2i"]
    run = mmdt.run(f"organism/{name}", select=globs, size=size, repeats=1, seed=3, out=tmp_path / "run")
    found = reached(run)
    assert run.manifest.ended.how == "complete" and len(found) > 20
    for address, (estimate, guess) in found.items():
        right = round(estimate.value * estimate.n) if estimate.n else 0
        tail = float(binom.sf(right - 1, estimate.n, guess)) if estimate.n else 1.0
        assert tail > CERTAIN or estimate.low <= guess, (address, estimate, guess)


def test_every_question_about_a_picture_states_its_guess_rate():
    """At most 1/k + .05 for k options, whatever the task."""
    three = ("hallucination", "ood", "adversarial")
    found = [each for each in registry.scenarios().values() if each.perspective in three]
    for scenario in (each for each in found if flow(each.modality).sends_images):
        for case in scenario.embedded(0, 4):
            guess = case.target["guess"]
            assert 0 < guess <= 1 / 2, case.cell
            if "options" in case.target and case.cell.task not in ("doc", "scene"):
                assert guess <= 1 / len(case.target["options"]) + 0.05, case.cell
