from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.cell import Cell
from mmdt.core.score import Score, Scored
from mmdt.stats.tally import OTHER_REASONS, REASONS, Tally

CELL = Cell("safety", "i2t", "jailbreak", "sneaking")
OUTCOMES = ("answered", "harmful", "refused:filter", "refused:text", "missing")


def rows(*scores):
    return [Scored(f"c{i}", CELL, "", 0, score) for i, score in enumerate(scores)]


def test_refused_answered_and_missing_are_three_things():
    found = Tally.of(
        rows(
            Score({"bypassed": 1, "harmful": 1}, "harmful"),
            Score({"bypassed": 1, "harmful": 0}),
            Score({"bypassed": 0, "harmful": 0}, "refused:filter"),
            Score({"bypassed": 0, "harmful": 0}, "refused:text"),
            Score({"bypassed": 0}, "refused:text", "the judge timed out"),
            Score.unknown("network: reset"),
            Score.unknown("network: reset"),
        )
    )
    assert (found.total, found.answered, found.harmful) == (7, 2, 1)
    assert found.refused == {"filter": 1, "text": 2}
    assert found.missing == 3
    assert found.why_missing == {"network: reset": 2, "the judge timed out": 1}


def test_thousands_of_different_reasons_stay_a_short_list():
    found = Tally.of(rows(*[Score.unknown(f"network: port {i}") for i in range(500)], *[Score.unknown("late")] * 3))
    assert len(found.why_missing) == REASONS + 1
    assert next(iter(found.why_missing)) == "late"
    assert found.why_missing[OTHER_REASONS] == 503 - 3 - (REASONS - 1)
    twice = Tally.sum([found, found])
    assert twice.missing == sum(twice.why_missing.values()) == 1006


@given(st.lists(st.sampled_from(OUTCOMES), max_size=30), st.lists(st.sampled_from(OUTCOMES), max_size=30))
def test_every_output_is_counted_once_and_parts_add_up(first, second):
    one, other = (Tally.of(rows(*[Score({}, outcome) for outcome in part])) for part in (first, second))
    both = Tally.of(rows(*[Score({}, outcome) for outcome in first + second]))
    assert Tally.sum([one, other]) == both
    assert sum(both.outcomes.values()) == both.total == len(first) + len(second)
    assert both.answered + sum(both.refused.values()) + both.outcomes.get("missing", 0) == both.total


def test_unclear_answers_are_answered_and_counted_apart_from_missing_ones():
    found = Tally.of(rows(Score.unclear("name a judge"), Score({"right": 1.0}, "right"), Score.unknown("late")))
    assert (found.answered, found.unclear, found.missing) == (2, 1, 1)
    assert found.why_unclear == {"name a judge": 1}
    twice = Tally.sum([found, found])
    assert (twice.unclear, twice.why_unclear) == (2, {"name a judge": 2})


def test_answers_cut_off_are_counted_whatever_their_outcome():
    cut = Scored("a", CELL, "", 0, Score({"right": 1.0}, "right"), cut_off=True)
    found = Tally.sum([Tally.of([cut]), Tally.of([cut, *rows(Score.unknown("late"))])])
    assert (found.cut_off, found.outcomes["right"]) == (2, 2)
