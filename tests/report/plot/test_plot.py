from __future__ import annotations

import io

import pytest

from mmdt.report.export.rows import TRADE_OFFS, trade_off_rows
from mmdt.report.html.compare import build_comparison
from mmdt.report.html.report import build_report
from mmdt.report.names import DisplayNames
from mmdt.report.plot.labels import Rectangle
from mmdt.report.plot.marks import REACH, SHAPES, css_of
from mmdt.report.plot.plot import ALONE, TOGETHER, plots
from mmdt.report.terminal.scorecard import print_scorecard
from mmdt.report.view import sections
from mmdt.stats.trade_offs import points
from tests.report.html.test_report import Page
from tests.report.synthetic import PAYLOAD
from tests.report.trade_off_runs import perspective, run


def drawn(*runs, size=ALONE, order=()):
    declared = runs[0].perspectives
    found = [point for each in runs for point in points(declared, each.scorecard, each.manifest["model"]["name"])]
    return plots(found, DisplayNames.of(declared), size, order)


def test_a_point_is_at_its_numbers():
    (plot,) = drawn(run("a", left=12, right=36, top=30))
    assert [tick.text for tick in plot.across_ticks] == ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]
    assert [tick.text for tick in plot.up_ticks] == ["0%", "20%", "40%", "60%", "80%"]
    (mark,) = plot.marks
    assert mark.x == pytest.approx(plot.frame.left + 0.4 / 0.5 * (plot.frame.right - plot.frame.left))
    assert mark.y == pytest.approx(plot.frame.bottom - 0.5 / 0.8 * (plot.frame.bottom - plot.frame.top))
    assert mark.x_arm[0] < mark.x < mark.x_arm[1]
    assert mark.y_arm[1] < mark.y < mark.y_arm[0]  # y grows downwards
    assert mark.label is None
    assert mark.across.estimate.value == "0.400" and mark.up.estimate.value == "50.0%"
    assert (mark.across.scope, mark.up.scope) == ("summary:fairness/t2i/both", "fairness/t2i/top")


def test_a_substitute_number_is_announced():
    ((both,), (left,)) = (plot.marks for run_ in (run("a", left=12, right=30, top=3), run("b", left=12, top=3))
                          for plot in drawn(run_))  # fmt: skip
    assert not both.across.stand_in
    assert left.across.stand_in and left.across.title == "Left"


@pytest.mark.parametrize(
    ("across", "up", "right", "top"),
    [("lower", "lower", False, False), ("higher", "lower", True, False), ("lower", "higher", False, True),
     ("higher", "higher", True, True)],
)  # fmt: skip
def test_better_is_marked_in_the_corner_where_both_are_better(across, up, right, top):
    (plot,) = drawn(run("a", declared=perspective(across, up), left=12, right=36, top=30))
    assert (plot.better.x > plot.width / 2, plot.better.y < plot.height / 2) == (right, top)
    assert (plot.across.direction, plot.up.direction) == (f"{across} is better", f"{up} is better")


def test_no_corner_is_better_where_a_number_has_no_better_side():
    (plot,) = drawn(run("a", declared=perspective("neither", "lower"), left=12, right=36, top=30))
    assert plot.better is None


def test_models_have_distinct_and_stable_marks():
    runs = [run(f"model {number}", left=3 * number, right=12, top=40 - number) for number in range(10)]
    (plot,) = drawn(*runs, size=TOGETHER)
    looks = [(mark.shape, mark.css) for mark in plot.marks]
    assert len(set(looks)) == 10
    assert looks[len(SHAPES)][0] == looks[0][0] and "hollow" in looks[len(SHAPES)][1]
    (fewer,) = drawn(*runs[3:], size=TOGETHER, order=[f"model {number}" for number in range(10)])
    assert [(mark.shape, mark.css) for mark in fewer.marks] == looks[3:]
    boxes = [mark.label.box for mark in plot.marks if mark.label]
    assert len(boxes) == 10
    assert all(box.within(plot.frame) for box in boxes)
    reach = [Rectangle.around(mark.x, mark.y, REACH) for mark in plot.marks]
    assert not any(box.meets(mark) for box in boxes for mark in reach)
    assert css_of(0) != css_of(8) != css_of(1)


def test_a_run_without_one_of_the_numbers_has_no_plot():
    assert drawn(run("a", left=12, right=36)) == ()
    (section,) = sections(run("a", left=12, right=36).scorecard, (perspective(),))
    assert section.plots == ()


def test_the_report_shows_numbers_as_text_and_leads_to_their_cases(tmp_path):
    text = build_report(run("a", left=12, right=36, top=30), tmp_path / "r.html").read_text(encoding="utf-8")
    page = Page(text)
    assert "One against the other" in page.text and "They tend to be traded." in page.text
    (label,) = [
        attrs["aria-label"]
        for tag, attrs in page.tags
        if tag == "svg" and attrs.get("role") == "img" and str(attrs["aria-label"]).startswith("One against")
    ]
    assert "Number across 0.400 [" in label and "Number up 50.0% [" in label
    addresses = [attrs.get("href", "") for tag, attrs in page.tags if tag == "a"]
    assert (
        addresses.count("#scope=summary%3Afairness/t2i/both&metric=number&show=cases") == 3
    )  # the overview, its tile, its point
    assert not any("style" in attrs for _, attrs in page.tags)


def test_runs_share_a_plot_and_names_stay_text(tmp_path):
    runs = [run(f"one {PAYLOAD}", left=12, right=36, top=30), run("two", left=40, right=36, top=3)]
    text = build_comparison(runs, tmp_path / "c.html").read_text(encoding="utf-8")
    page = Page(text)
    assert [tag for tag, _ in page.tags].count("figure") == 1
    assert "window.pwned" not in "".join(raw for _, attrs, raw in page.raw if "type" not in attrs)
    assert "two: Number across 0.633 [" in next(
        attrs["aria-label"]
        for tag, attrs in page.tags
        if tag == "svg" and attrs.get("role") == "img" and str(attrs["aria-label"]).startswith("One against")
    )


def test_the_terminal_shows_both_numbers():
    stream = io.StringIO()
    print_scorecard(run("a", left=12, top=30).scorecard, perspectives=(perspective(),), stream=stream)
    lines = [line.strip() for line in stream.getvalue().splitlines()]
    place = lines.index("One against the other")
    assert lines[place + 1].startswith("Number across") and lines[place + 1].endswith("lower is better, only: Left")
    assert lines[place + 2].startswith("Number up") and "50.0% [" in lines[place + 2]


def test_points_as_rows_have_every_column():
    made = run("a", left=12, right=36, top=30)
    (row,) = trade_off_rows(points(made.perspectives, made.scorecard, "a"))
    assert list(row) == [column.name for column in TRADE_OFFS]
    assert (row["across_address"], row["across_value"]) == ("fairness/t2i/both", pytest.approx(0.4))
    assert row["up_value"] == pytest.approx(0.5)
    assert row["up_low"] < 0.5 < row["up_high"]
