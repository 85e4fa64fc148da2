"""Figures: what is drawn is what was measured, as SVG that is safe, PNG that opens and a table."""

from __future__ import annotations

import csv
import io
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest
from PIL import Image

from mmdt.errors import StoreError, UsageError
from mmdt.report.figures.all import all_figures
from mmdt.report.figures.drawing import DASHES, PAINTS, Area, Drawing, Line, Words, mark
from mmdt.report.figures.heat_map import level_of
from mmdt.report.figures.overall import overall
from mmdt.report.figures.png import png
from mmdt.report.figures.queries import Attacked, success_curves
from mmdt.report.figures.resilience import resilience_planes
from mmdt.report.figures.subject import Subject
from mmdt.report.figures.svg import svg
from mmdt.report.figures.write import write_drawing
from mmdt.report.html.compare import compare_inputs
from mmdt.stats.explain.evidence import Measured
from mmdt.stats.explain.plane import PlanePoint
from mmdt.stats.intervals.wilson import wilson
from tests.report.synthetic import PAYLOAD, PERSPECTIVES, TOPICS, report_input, rows

SVG = "{http://www.w3.org/2000/svg}"


def two():
    """Two runs of the same cases that differ."""
    first, second = report_input(rows(160)), report_input(rows(160, seed=2))
    return [first, replace(second, manifest={**second.manifest, "model": {"name": f"b {PAYLOAD}"}})]


def drawings(number):
    return {each.name: each for each in all_figures(two()[:number])}


def table(drawing):
    return [dict(zip(drawing.columns, row, strict=True)) for row in drawing.rows]


def test_one_run_has_heat_map_radar_and_forest_plot_and_several_have_differences():
    planes = ["resilience-i2t", "resilience-t2i"]
    assert list(drawings(1)) == ["heat-map", "radar", "forest", *planes]
    assert list(drawings(2))[-2:] == planes
    assert "differences" in drawings(2)


@pytest.mark.parametrize("number", [1, 2])
def test_every_number_of_the_forest_plot_is_the_scorecard_s(number):
    inputs = two()[:number]
    found = table(drawings(number)["forest"])
    assert len(found) == number * sum(len(each.scenarios) for each in PERSPECTIVES)
    for index, each in enumerate(found):
        estimate = inputs[index % number].scorecard.result(each["address"]).estimate()
        assert (each["value"], each["low"], each["high"]) == (estimate.value, estimate.low, estimate.high)


def test_what_was_not_run_is_written_and_not_drawn():
    whole = report_input(rows(120)).scorecard
    part = replace(whole, results=tuple(each for each in whole.results if "jailbreak" not in each.address))
    (forest,) = [each for each in overall([Subject.of("m", part, PERSPECTIVES)]) if each.name == "forest"]
    (row,) = [each for each in table(forest) if each["address"] == "safety/i2t/jailbreak"]
    assert row["value"] is None
    assert [each.text for each in forest.shapes if isinstance(each, Words)].count("not run") == 1
    assert "Jailbreak not run" in forest.text


@pytest.mark.parametrize("number", [1, 2])
def test_the_resilience_plane_has_every_category_of_every_model(number):
    inputs = two()[:number]
    found = {
        (each["model"], each["scenario"], each["category"]): each for each in table(drawings(number)["resilience-i2t"])
    }
    cells = [each for each in inputs[0].scorecard.results if each.level == "cell" and "safety/i2t/" in each.address]
    assert len(found) == number * len(cells) and len({model for model, *_ in found}) == number
    whole = inputs[0].scorecard.result("safety/i2t/typography")
    mine = [each for (_, scenario, _), each in found.items() if scenario == whole.address][: len(TOPICS)]
    assert {each["category"] for each in mine} == set(TOPICS)
    for each in mine:
        estimate = inputs[0].scorecard.result(f"{whole.address}/{each['category']}").estimate("hgr")
        assert each["hgr"] == pytest.approx(estimate.value) and each["missing"] == estimate.missing
        assert each["hgr"] <= each["br"] and each["br_low"] <= each["br"] <= each["br_high"]


def test_marks_of_the_plane_are_where_the_rates_are():
    where = Measured(0.25, 0.1, 0.4, 20, 20), Measured(0.0, 0.0, 0.16, 20, 20)
    unknown = Measured(math.nan, math.nan, math.nan, 0, 0)
    points = [PlanePoint("m", "safety/i2t/a", "x", *where, (0, 0, 0)),
              PlanePoint("m", "safety/i2t/a", "y", unknown, unknown, (0, 0, 0))]  # fmt: skip
    (drawn,) = resilience_planes(points)
    assert [row[2] for row in drawn.rows] == ["x"]
    middle = [sum(axis) / 24 for axis in zip(*drawn.shapes[-1].points, strict=True)]
    axes = {each.text: each for each in drawn.shapes if isinstance(each, Words)}
    left, right = axes["Up: harmful of all requests (HGR), lower is better"].x, axes["answers, but harmlessly"].x + 10
    assert middle[0] == pytest.approx(left + 0.25 * (right - left), abs=0.5)
    assert middle[1] == pytest.approx(axes["answers, but harmlessly"].y + 10, abs=0.5)
    assert resilience_planes(points[1:]) == []


def test_nothing_is_drawn_of_an_empty_run():
    assert all_figures([report_input([])]) == []


def test_the_difference_is_that_of_the_comparison_and_right_of_zero_is_better():
    found = table(drawings(2)["differences"])
    _, tables, _ = compare_inputs(two())
    compared = {(row.address, row.metric): row.values[1] for one in tables for row in one.rows}
    written = [shape.text for shape in drawings(2)["differences"].shapes if isinstance(shape, Words)]
    assert found
    for each in found:
        value = compared[each["address"], each["metric"]]
        assert each["difference"] == value.difference.of.value
        assert each["low"] <= each["difference"] <= each["high"]
        assert value.difference.text in written


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("themed", [True, False])
def test_an_svg_is_well_formed_and_no_text_becomes_markup(number, themed):
    for drawing in drawings(number).values():
        root = ET.fromstring(svg(drawing, themed=themed))  # noqa: S314 - our own
        assert root.tag == f"{SVG}svg"
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-label"]
        kinds = {each.tag.removeprefix(SVG) for each in root.iter()}
        assert kinds <= {"svg", "title", "desc", "rect", "path", "text"}
        assert not [name for each in root.iter() for name in each.attrib if name.startswith("on") or name == "style"]


def test_nothing_is_drawn_outside_of_the_picture():
    for drawing in [*drawings(1).values(), *drawings(2).values()]:
        for shape in drawing.shapes:
            points = ((shape.x, shape.y),) if isinstance(shape, Words) else shape.points
            assert all(-1 <= x <= drawing.width + 1 and -1 <= y <= drawing.height + 1 for x, y in points), drawing.name


def test_a_png_shows_ink_and_is_twice_as_large():
    for drawing in drawings(2).values():
        picture = Image.open(io.BytesIO(png(drawing)))
        assert picture.size == (round(drawing.width * 4) // 2, round(drawing.height * 4) // 2)
        assert picture.convert("L").getextrema()[0] < 100


def test_the_picture_is_readable_without_colour():
    """The first sixteen runs have marks that differ in shape or outline alone, and lines differ in dashes."""
    marks = [(each.points, each.fill == "paper") for each in (mark(index, 0, 0) for index in range(16))]
    assert len(set(marks)) == 16
    assert len(set(DASHES)) == 8
    greys = [sum(int(PAINTS[f"heat-{level}"][at : at + 2], 16) for at in (1, 3, 5)) for level in range(5)]
    assert greys == sorted(greys, reverse=True)
    assert all(one - other > 60 for one, other in pairwise(greys))


def test_darker_is_further_from_the_best():
    assert [level_of(each) for each in (1.0, 0.81, 0.79, 0.5, 0.0)] == [0, 0, 1, 2, 4]


def test_files_are_complete_and_the_table_has_no_formulas(tmp_path):
    drawing = Drawing("x", "X", "X", 10, 10, (Line(((0, 0), (9, 9))), Area(((0, 0), (5, 0), (5, 5)))), ("a", "b", "c"),
                      (("=1+1", math.nan, None), ("fine", 0.5, 3)))  # fmt: skip
    files = write_drawing(drawing, tmp_path / "new" / "folder")
    assert [each.name for each in files] == ["x.svg", "x.png", "x.csv"]
    assert list(csv.reader(files[2].open())) == [["a", "b", "c"], ["'=1+1", "", ""], ["fine", "0.5", "3"]]
    assert sorted(each.name for each in (tmp_path / "new" / "folder").iterdir()) == ["x.csv", "x.png", "x.svg"]


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="figures cannot be written"):
        write_drawing(drawings(1)["radar"], tmp_path / "file" / "below")


def test_letters_that_no_font_has_do_not_stop_a_png():
    words = tuple(Words(5, 20, text) for text in ("模型 é ✓ \ue000", "a\x00b\u202e", "x" * 500))
    assert png(Drawing("x", "X", "X", 60, 30, words, (), ()))


def test_success_over_queries_rises_by_the_cases_that_fell():
    attack = Attacked("search", (1, 3, 3, None), budget=10, missing=2)
    drawing = success_curves([attack])
    found = [(each["queries"], each["successes"], each["share"]) for each in table(drawing)]
    assert found == [(0, 0, 0.0), (1, 1, 0.25), (3, 3, 0.75), (10, 3, 0.75)]
    for each in table(drawing):
        assert (each["low"], each["high"]) == wilson(each["successes"], 4)
    assert any("2 cases missing" in each.text for each in drawing.shapes if isinstance(each, Words))
    assert "75.0% after 10 queries" in drawing.text


@pytest.mark.parametrize(("queries", "budget"), [((), 5), ((0,), 5), ((6,), 5)])
def test_impossible_queries_are_refused(queries, budget):
    with pytest.raises(UsageError):
        Attacked("search", queries, budget)


def test_no_attacks_are_nothing_to_draw():
    with pytest.raises(UsageError, match="no attacks to draw"):
        success_curves([])
