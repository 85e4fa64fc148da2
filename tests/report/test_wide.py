from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.estimate import Estimate
from mmdt.report.view import sections
from mmdt.report.wide import LEAST, PAGE, TITLE, even, parts
from mmdt.stats.scorecard import Result, Scorecard, Tally
from tests.report.synthetic import PERSPECTIVES, report_input, rows


def table_of(columns, **outcomes):
    tally = Tally(10, 10, {}, {"answered": 10, **outcomes})
    estimates = tuple(Estimate(f"m{n}", 0.5, 0.4, 0.6, 10, 10, method="Wilson") for n in range(columns))
    head = Result("safety/i2t/x", "scenario", "X", tally, estimates, "m0")
    cell = Result("safety/i2t/x/y", "cell", "y", tally, estimates, "m0")
    (section,) = sections(Scorecard((head, cell), True))
    return section.tables[0]


def metrics(table):
    return [column.metric for column in table.columns]


def test_a_table_that_fits_stays_whole():
    for section in sections(report_input(rows(120)).scorecard, PERSPECTIVES):
        for table in section.tables:
            assert parts(table) == (table,)


@given(st.integers(1, 20), st.integers(0, 9))
def test_every_column_is_in_one_part_and_the_counts_are_in_the_first(columns, outcomes):
    table = table_of(columns, **{f"outcome {n}": 1 for n in range(outcomes)})
    found = parts(table)
    assert [metric for part in found for metric in metrics(part)] == metrics(table)
    assert [part.counted for part in found] == [True] + [False] * (len(found) - 1)
    assert all(TITLE + LEAST * len(part.columns) <= PAGE for part in found[1:])
    for part in found:
        for group in part.groups:
            for line in (group.head, *group.cells):
                assert [figure.metric for figure in line.estimates] == metrics(part)


@given(st.integers(0, 40), st.integers(1, 7))
def test_parts_are_few_and_of_nearly_one_length(number, most):
    found = even(range(number), most)
    assert [each for part in found for each in part] == list(range(number))
    sizes = [len(part) for part in found]
    assert len(found) == -(-number // most)
    assert not sizes or (max(sizes) <= most and max(sizes) - min(sizes) <= 1)
