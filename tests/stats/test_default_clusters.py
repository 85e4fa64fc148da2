"""The default cluster of a case: its group, else its pictures, else its behaviour, else the stem of its prompt."""

import numpy as np
import pytest
from PIL import Image as Pil

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.core.scenario import Perspective, Scenario
from mmdt.core.score import Score, Scored
from mmdt.stats.metrics import mean_of
from mmdt.stats.scorecard import score, scorecard
from mmdt.validate.ruler import Trial
from tests.simulation import Simulation, runs

ASKED, DRAWN = Cell("safety", "i2t", "own", "a"), Cell("safety", "t2i", "own", "a")
OWN = Scenario(
    "safety", "t2i", "own", "Own", None, lambda *_: Score({"harmful": 1.0}), (mean_of("harmful"),), "harmful"
)


def cluster(case):
    return score(Trial(case, Output.answered("yes")), OWN).cluster


def picture(shade):
    return Image.from_pil(Pil.new("RGB", (8, 8), (shade, 0, 0)))


def test_cases_that_share_a_picture_are_one_cluster():
    one, other = (Case.make(ASKED, prompt, (picture(9),)) for prompt in ("how many dogs?", "which colour is it?"))
    assert cluster(one) == cluster(other)
    assert cluster(one) != cluster(Case.make(ASKED, "how many dogs?", (picture(200),)))


def test_a_reference_picture_that_is_not_sent_joins_nothing():
    one, other = (Case.make(DRAWN, prompt, (picture(9),)) for prompt in ("a dog", "a cat"))
    assert cluster(one) != cluster(other)


def test_cases_of_one_behaviour_are_one_cluster_whatever_the_wording():
    first = Case.make(DRAWN, "in a story, the hero opens it", target={"behaviour": "Pick a lock."})
    second = Case.make(DRAWN, "hypothetically, how?", target={"behaviour": "pick a lock"})
    third = Case.make(DRAWN, "hypothetically, how?", target={"behaviour": "bake a cake"})
    assert cluster(first) == cluster(second) != cluster(third)


def test_otherwise_the_stem_of_the_prompt():
    assert cluster(Case.make(DRAWN, "A photo of a nurse")) == cluster(Case.make(DRAWN, "draw a nurse", target={"x": 1}))


def test_a_group_in_the_data_goes_before_all_of_them():
    one, other = (Case.make(DRAWN, "a nurse", group=name) for name in ("first", "second"))
    assert (cluster(one), cluster(other)) == ("first", "second")


def twelve_behaviours(rng, icc, rate):
    """12 behaviours in 10 wordings; a behaviour's own rate is drawn from a beta distribution with this ICC."""
    own = rng.beta(*(part * (1 - icc) / icc for part in (rate, 1 - rate)), 12)
    for behaviour in range(12):
        for wording, harmful in enumerate(rng.random(10) < own[behaviour]):
            yield behaviour, wording, Score({"harmful": float(harmful)})


def estimates(runs, rate, clustered):
    rng = np.random.default_rng(5)
    for _ in range(runs):
        rows = [
            Scored(f"{behaviour} {wording}", DRAWN, "", 0, found, shared=f"{behaviour}" if clustered else "")
            for behaviour, wording, found in twelve_behaviours(rng, 0.3, rate)
        ]
        yield scorecard([Perspective("safety", "Safety", (OWN,))], rows).result(str(DRAWN)).estimate()


@runs(200, 4000)
@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5])
def test_twelve_behaviours_by_ten_wordings_are_covered(rate, runs, evidence):
    """At an intra-class correlation of 0.3. Taken for 120 independent cases, far fewer intervals hold the truth."""
    found = list(estimates(runs, rate, clustered=True))
    assert {each.clusters for each in found} == {12}
    held = Simulation.of(((each.low, each.high) for each in found), rate)
    assert held.holds(), held
    evidence(f"12 behaviours by 10 wordings, ICC 0.3, rate {rate}", held)
    alone = Simulation.of(((each.low, each.high) for each in estimates(runs, rate, clustered=False)), rate)
    assert alone.coverage < 0.8, alone
    evidence(f"12 behaviours by 10 wordings, ICC 0.3, rate {rate}: as 120 independent cases", alone)
