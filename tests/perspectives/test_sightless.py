"""No headline can be won without looking: organisms that do not look stay at the guess rate of every cell."""

from __future__ import annotations

import asyncio
from functools import cache

import pytest
from scipy.stats import binom

from mmdt import plugins as registry
from mmdt.core.cell import Selection
from mmdt.core.modality import flow
from mmdt.core.protocols import Request
from mmdt.stats.scorecard import score, scorecard
from mmdt.synthetic.organisms import open_organism
from mmdt.synthetic.organisms.organism import SIGHTLESS
from mmdt.validate.blind import perspective_of
from mmdt.validate.ruler import Trial, evaluators_of, observe

SELECTED = {
    "i2t": Selection.of(("hallucination/i2t/**", "adversarial/i2t/**", "ood/i2t/original")),
    "t2i": Selection.of(("hallucination/t2i/**", "adversarial/t2i/**", "ood/t2i/original")),
    "privacy": Selection.of(("privacy/i2t/location", "privacy/i2t/pii")),
}
SIZE = {"i2t": 8, "t2i": 3, "privacy": 10}
CERTAIN = 1e-4
"""So improbable that it is no chance, for the 60 cells of an organism together."""
AGE_OR_ETHNICITY = 1 / 4 + 1 / 8
"""A constant ethnicity is right in 1 of 4 cases, and a constant age within 3 years in 1 of 8; either leaks."""


@cache
def cases_of(selected):
    """Address -> the embedded cases, made once for all organisms."""
    chosen = SELECTED[selected]
    scenarios = (each for each in registry.scenarios().values() if each.embedded)
    return {
        each.address: tuple(each.embedded(3, SIZE[selected]))
        for each in scenarios
        if chosen.may_match(each.address, each.tasks)
    }


async def answered(name, address, cases):
    """The scored answers, without engine and disk."""
    perspective = perspective_of(address)
    outputs = await open_organism(name, {"seed": 3}).generate(
        [Request(case.conversation, case.cell.flow.output, 3) for case in cases]
    )
    trials = [Trial(case, output) for case, output in zip(cases, outputs, strict=True)]
    await observe(perspective.scenarios[0], trials, evaluators_of(perspective))
    return scorecard([perspective], [score(each, perspective.scenarios[0]) for each in trials])


@pytest.mark.parametrize("selected", SELECTED)
@pytest.mark.parametrize("name", SIGHTLESS)
def test_no_headline_exceeds_its_guess_rate(name, selected):
    checked = 0
    for address, cases in cases_of(selected).items():
        card = asyncio.run(answered(name, address, cases))
        for result in (each for each in card.results if each.level == "cell"):
            mine = [case.target for case in cases if str(case.cell) == result.address]
            assert not result.tally.missing and not result.tally.unclear, (result.address, result.tally)
            estimate = result.estimate("leaked" if selected == "privacy" else "")
            guess = sum(guess_of(target, result.address) for target in mine) / len(mine)
            assert estimate.n, f"{result.address}: a reply that answers nothing is wrong, not left out"
            tail = float(binom.sf(round(estimate.value * estimate.n) - 1, estimate.n, guess))
            assert tail > CERTAIN or estimate.low <= guess, (result.address, estimate, guess)
            checked += 1
    assert checked >= {"i2t": 35, "t2i": 25, "privacy": 5}[selected]


def guess_of(target, address):
    return AGE_OR_ETHNICITY if address.startswith("privacy/i2t/pii") else float(target.get("guess", 0.0))


def test_every_question_about_a_picture_states_its_guess_rate():
    """At most 1/k + .05 for k options, whatever the task."""
    for address, cases in cases_of("i2t").items():
        assert flow(registry.scenarios()[address].modality).sends_images
        for case in cases:
            guess = case.target["guess"]
            assert 0 < guess <= 1 / 2, case.cell
            if "options" in case.target and case.cell.task not in ("doc", "scene"):
                assert guess <= 1 / len(case.target["options"]) + 0.05, case.cell
