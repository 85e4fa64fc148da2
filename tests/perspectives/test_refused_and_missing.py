"""Refused, wrong and missing are three outcomes, in every perspective that scores pictures."""

import pytest

from mmdt.core.observation import Observation
from mmdt.core.output import Output, RefusedBy
from mmdt.perspectives.adversarial import scenarios as adversarial
from mmdt.perspectives.adversarial import scores as adversarial_scores
from mmdt.perspectives.hallucination import scenarios as hallucination
from mmdt.perspectives.hallucination import scores as hallucination_scores
from mmdt.perspectives.ood import scenarios as ood
from mmdt.perspectives.ood import scores as ood_scores
from mmdt.perspectives.shared.probes import REFUSAL_IN_WORDS
from tests.perspectives.outputs import PICTURE, SHOWN, case, declined

PICTURE_SCORES = {
    "hallucination/t2i/natural": (hallucination.PERSPECTIVE, hallucination_scores.picture),
    "ood/t2i/Shake_": (ood.PERSPECTIVE, ood_scores.picture),
    "adversarial/t2i/attack": (adversarial.PERSPECTIVE, adversarial_scores.picture),
}
TARGETS = {
    "hallucination": ("identification", {"objects": ["cat"]}),
    "ood": ("count", {"counts": {"cat": 1}}),
    "adversarial": ("object", {"origin": "cat", "label": "dog"}),
}


def asked_for(address):
    task, target = TARGETS[address.partition("/")[0]]
    return case(f"{address}/{task}", **target)


@pytest.mark.parametrize("address", PICTURE_SCORES)
class TestWordsInPlaceOfAPicture:
    def test_the_probes_ask_for_no_picture(self, address):
        perspective, _ = PICTURE_SCORES[address]
        (scenario,) = [each for each in perspective.scenarios if each.address == address]
        one, words = asked_for(address), Output.answered("I would rather not.")
        asked = {probe.name for probe in scenario.probes if probe.question(one, words) is not None}
        assert asked == {"refusal"}
        assert REFUSAL_IN_WORDS.question(one, Output.answered("Here it is.", (PICTURE,))) is None

    def test_refused_in_words(self, address):
        _, score = PICTURE_SCORES[address]
        found = score(asked_for(address), Output.answered("I cannot."), declined())
        assert found.outcome == "refused:text"
        assert found.values.get("right", found.values.get("valid")) == 0

    def test_neither_a_picture_nor_a_refusal_is_missing(self, address):
        _, score = PICTURE_SCORES[address]
        one = asked_for(address)
        found = score(one, Output.answered("What a lovely idea!"), declined(by=""))
        assert (found.outcome, found.values) == ("missing", {})
        assert "refusal" in score(one, Output.answered("Hm."), {}).missing

    def test_filtered_and_unseen(self, address):
        _, score = PICTURE_SCORES[address]
        one = asked_for(address)
        assert score(one, Output.refused(RefusedBy.FILTER), {}).outcome == "refused:filter"
        assert score(one, SHOWN, {"boxes": Observation.failed("out of memory")}).missing == "boxes: out of memory"


def test_a_target_that_holds_nothing_is_missing():
    assert hallucination_scores.picture(case("hallucination/t2i/natural/count"), SHOWN, {}).outcome == "missing"
    said = hallucination_scores.reply(case("hallucination/i2t/natural/count"), Output.answered("two"), {})
    assert said.outcome == "missing"
