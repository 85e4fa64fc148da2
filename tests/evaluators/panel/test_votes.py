"""How votes become one verdict, and when asking stops."""

from itertools import product

import pytest

from mmdt.evaluators.panel.votes import Decided, Open, decide, fewest, vote_of


def asked_until_decided(rule, votes):
    seen = []
    while isinstance(found := decide(rule, seen, len(votes)), Open):
        assert found.ask >= 1
        seen += votes[len(seen) : len(seen) + found.ask]
    return found, len(seen)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
@pytest.mark.parametrize("rule", ["majority", "unanimous", "any", "mean"])
def test_stopping_early_changes_no_verdict(rule, size):
    for votes in product((True, False, None), repeat=size):
        found, asked = asked_until_decided(rule, votes)
        whole = decide(rule, votes, size)
        assert isinstance(whole, Decided)
        assert (found.vote, bool(found.why)) == (whole.vote, bool(whole.why)), (rule, votes)
        assert asked >= fewest(rule, size) or found.why


def test_majority_needs_more_than_half_of_the_whole_panel():
    assert decide("majority", [True, True], 3) == Decided(True)
    assert decide("majority", [], 3) == Open(2)
    assert decide("majority", [True, None], 3) == Open(1)
    assert decide("majority", [True, None, None], 3).why
    assert decide("majority", [True, False], 2).why, "a split is no verdict"
    assert decide("majority", ["complies", "refuses", "complies"], 3) == Decided("complies")


def test_any_and_unanimous():
    assert decide("any", [False, True], 3) == Decided(True)
    assert decide("any", [False, None, False], 3).why, "the one without a verdict might have said yes"
    assert decide("unanimous", [True, False], 3) == Decided(False)
    assert decide("unanimous", [True, True, True], 3) == Decided(True)


def test_mean_is_the_share_of_yeses():
    found = decide("mean", [True, False, False], 3)
    assert found == Decided(False, share=1 / 3)
    assert decide("mean", [True], 3) == Open(2)


def test_choices_go_by_the_majority_whatever_the_rule():
    assert decide("any", ["A", "B", "B"], 3) == Decided("B")
    assert decide("unanimous", ["A", "B", "C"], 3).why


def test_what_a_value_says():
    assert vote_of({"verdict": False, "prompt": "x@1"}) is False
    assert vote_of({"class": "partly", "by": "text"}) == "partly"
    assert vote_of({"counts": {"b": 1, "a": 2}}) == vote_of({"counts": {"a": 2, "b": 1}, "by": "rules"})
    assert vote_of({"approves": None}) != vote_of({"approves": True})
