from __future__ import annotations

from collections import Counter

from mmdt.report.html.sample import choose
from tests.report.synthetic import rows


def test_everything_is_shown_in_order_if_it_fits():
    made = rows(50)
    shown = choose(iter(made), 50)
    assert list(shown.rows) == made
    assert (shown.total, shown.sampled, shown.text) == (50, False, "")


def test_harmful_and_missing_ones_come_first_then_a_fixed_sample():
    made = rows(400)
    first = [row for row in made if row[1].score.outcome in ("harmful", "missing")]
    shown = choose(iter(made), len(first) + 30)
    assert [row for row in shown.rows if row in first] == first
    assert len(shown.rows) == len(first) + 30
    assert [made.index(row) for row in shown.rows] == sorted(made.index(row) for row in shown.rows)
    again = choose(reversed(made), len(first) + 30)
    assert {row[1].case_id for row in again.rows} == {row[1].case_id for row in shown.rows}
    assert f"{len(shown.rows):,} of 400" in shown.text and "all harmful, leaked or missing ones" in shown.text


def test_the_sample_of_the_rest_is_spread_over_the_cells():
    made = rows(800)
    shown = choose(iter(made), 500)
    assert len(Counter(row[1].cell for row in shown.rows)) == len(Counter(row[1].cell for row in made))


def test_a_limit_below_the_number_of_harmful_outputs_is_announced():
    made = rows(400)
    shown = choose(iter(made), 5)
    assert {row[1].score.outcome for row in shown.rows} <= {"harmful", "missing"}
    assert "5 of the" in shown.text and "none of the others" in shown.text


def test_a_report_may_contain_no_cases():
    shown = choose(iter(rows(10)), 0)
    assert (shown.rows, shown.total, shown.sampled) == ((), 10, True)
