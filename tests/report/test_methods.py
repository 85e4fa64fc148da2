from __future__ import annotations

from mmdt.core.estimate import Estimate
from mmdt.report.methods import methods
from mmdt.report.view import sections
from mmdt.stats.scorecard import Result, Scorecard, Tally


def table(*lines):
    """(address, method of m0, method of m1...) of each row; two address parts make a scenario, three a cell."""
    results = []
    for address, *used in lines:
        level = "cell" if address.count("/") else "scenario"
        estimates = tuple(Estimate(f"m{n}", 0.5, 0.4, 0.6, 4, 4, method=each) for n, each in enumerate(used))
        results.append(Result(f"a/i2t/{address}", level, address, Tally(4, 4), estimates, "m0"))
    (section,) = sections(Scorecard(tuple(results), True))
    return section.tables[0]


def said(*lines):
    return [each.text for each in methods(table(*lines))]


def test_a_single_method_is_named_once():
    assert said(("x", "t", "t"), ("x/1", "t", "t")) == ["t: all numbers"]
    assert said(("x", "t"), ("x/1", "t")) == ["t: m0"]


def test_columns_are_named_if_they_differ():
    assert said(("x", "t", "Wilson", "t"), ("x/1", "t", "Wilson", "t")) == ["t: m0, m2", "Wilson: m1"]


def test_scenarios_and_cells_are_distinguished():
    lines = (("x", "MOVER", "MOVER"), ("x/1", "t", "Wilson"), ("x/2", "t", "Wilson"))
    assert said(*lines) == ["MOVER (scenarios): all numbers", "t (cells): m0", "Wilson (cells): m1"]


def test_scenarios_are_named_if_they_differ():
    lines = (("x", "t", "t"), ("x/1", "t", "t"), ("y", "Wilson", "t"), ("y/1", "Wilson", "t"))
    assert said(*lines) == ["t (x): m0", "Wilson (y): m0", "t: m1"]


def test_single_rows_are_counted():
    lines = (("x", "t", "t"), ("x/1", "t", "t"), ("x/2", "Wilson", "t"), ("x/3", "", "t"))
    assert said(*lines) == ["t (2 of 3 rows): m0", "Wilson (1 of 3 rows): m0", "t: m1"]


def test_without_methods_there_is_no_text():
    assert said(("x", "")) == []
