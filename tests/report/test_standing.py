from __future__ import annotations

import math
from dataclasses import replace

import pytest

from mmdt.report.names import DisplayNames, summary_address
from mmdt.report.overview import overview
from mmdt.report.standing import furthest, standings
from mmdt.stats.scorecard import Scorecard
from tests.report.cards.page import built_in
from tests.report.synthetic import PERSPECTIVES, report_input, rows


def of(card, perspectives=PERSPECTIVES):
    return standings(overview(card, perspectives), DisplayNames.of(perspectives))


def with_values(values):
    """The synthetic scorecard with other values: address -> value, low, high."""
    card = report_input(rows(120)).scorecard
    found = []
    for result in card.results:
        if result.address in values:
            value, low, high = values[result.address]
            changed = tuple(
                replace(each, value=value, low=low, high=high) if each.metric == result.headline else each
                for each in result.estimates
            )
            found.append(replace(result, estimates=changed))
        else:
            found.append(result)
    return Scorecard(tuple(found), True)


VALUES = {
    "safety/i2t": (0.30, 0.25, 0.36),
    "safety/t2i": (0.10, 0.05, 0.17),
    "hallucination/i2t/natural": (0.60, 0.50, 0.66),
}


def test_right_is_better_whatever_the_direction():
    found = {each.headline.address: each for each in of(with_values(VALUES))}
    harm, seen = found["safety/i2t"], found["hallucination/i2t/natural"]
    assert (harm.share, harm.low, harm.high) == pytest.approx((0.70, 0.64, 0.75))
    assert (seen.share, seen.low, seen.high) == pytest.approx((0.60, 0.50, 0.66))
    assert (harm.distance, harm.best) == ("30.0 points", "0%")
    assert (seen.distance, seen.best) == ("40.0 points", "100%")


def test_the_furthest_from_its_best_is_named_with_those_that_its_interval_reaches():
    worst, near = furthest(of(with_values(VALUES)))
    assert worst.headline.address == "hallucination/i2t/natural"
    assert [each.headline.address for each in near] == ["safety/i2t"]  # 0.64 to 0.75 and 0.50 to 0.66 overlap
    clear = {**VALUES, "hallucination/i2t/natural": (0.40, 0.35, 0.45)}
    assert furthest(of(with_values(clear)))[1] == ()


def test_what_has_no_value_stands_nowhere():
    gone = dict.fromkeys(VALUES, (math.nan, math.nan, math.nan))
    assert furthest(of(with_values(gone))) is None
    assert furthest(()) is None


def test_every_headline_of_mmdt_has_a_worst_and_a_best_value():
    names = DisplayNames.of(built_in())
    for perspective in built_in():
        for summary in perspective.summaries:
            if summary.headline:
                address = summary_address(perspective.name, summary.name)
                assert names.style(address, summary.metric).card.span is not None, summary.name
