"""The share of training pictures that is planted in the organism is recovered, and intervals cover it."""

from collections import Counter

from mmdt.core.protocols import Request
from mmdt.core.scenario import Perspective
from mmdt.data.training.cases import CELL
from mmdt.models.organism import Turn, open_organism
from mmdt.perspectives.privacy_training import ORGANISM_ROLES, ROLES, TRAINING
from mmdt.ruler import ORGANISM, Answer, cell_pairs, evaluators_of, measure, observe, planted
from mmdt.stats.ruler import check_ruler
from mmdt.stats.scorecard import score

PERSPECTIVE = Perspective("privacy", "Privacy", (TRAINING,), roles=ROLES, organism_roles=ORGANISM_ROLES)
DID = {
    "reproduces": "leaked",
    "invents": "different",
    "filtered": "refused:filter",
    "blanks": "refused:blank",
    "fails": "missing",
}


async def test_what_the_organism_did_is_what_is_scored() -> None:
    """The real copy detector on altered reproductions and on other pictures of the same caption."""
    organism = open_organism(ORGANISM, {"seed": 7})
    cases = list(TRAINING.embedded(7, 40))
    requests = [Request("t2i", case.prompt, seed=1) for case in cases]
    answers = [Answer(*each) for each in zip(cases, await organism.generate(requests), strict=True)]
    await observe(TRAINING, answers, evaluators_of(PERSPECTIVE))
    did = [DID[Turn(request, organism.table, organism.seed).choose(str(CELL))] for request in requests]
    confusion = Counter(zip(did, (score(each, TRAINING).score.outcome for each in answers), strict=True))
    assert {pair for pair in confusion if pair[0] != pair[1]} == set(), confusion
    assert confusion["leaked", "leaked"] >= 5 and confusion["different", "different"] >= 10


def test_intervals_cover_the_planted_share(monkeypatch) -> None:
    """Many seeds, by the perceptual hash's fast stand-in for the detector: what was done is known from the picture."""
    monkeypatch.setitem(ROLES, "copy", "phash")
    monkeypatch.setattr("mmdt.models.organism.skills.memoriser.altered", lambda picture, rng: picture)
    truth = {str(CELL): planted()[str(CELL)]}
    cards = [measure([PERSPECTIVE], seed, size=30) for seed in range(20)]
    report = check_ruler(pair for card in cards for pair in cell_pairs(card, truth))
    assert report.checked == 40
    assert 0.89 <= report.coverage <= 1 and abs(report.bias) < 0.03, report


def test_a_wrong_share_is_found_out(monkeypatch) -> None:
    monkeypatch.setitem(ROLES, "copy", "phash")
    cards = [measure([PERSPECTIVE], seed, size=30) for seed in range(8)]
    wrong = {str(CELL): {"near_copy": 0.8}}
    assert check_ruler(pair for card in cards for pair in cell_pairs(card, wrong)).coverage < 0.5
