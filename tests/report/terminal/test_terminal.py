from __future__ import annotations

import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.estimate import Estimate
from mmdt.report.terminal.scorecard import print_scorecard, printable
from mmdt.report.terminal.table import TextColumn, panels
from mmdt.stats.scorecard import Result, Scorecard, Tally
from tests.report.synthetic import MANIFEST, PERSPECTIVES, report_input, rows


class Terminal(io.StringIO):
    def isatty(self):
        return True


def printed(card, stream=None, **options):
    stream = stream or io.StringIO()
    print_scorecard(card, stream=stream, **{"manifest": MANIFEST, "perspectives": PERSPECTIVES, **options})
    return stream.getvalue()


@pytest.fixture(scope="module")
def card():
    return report_input(rows(240)).scorecard


def test_every_number_is_shown_with_its_interval_and_counts(card):
    text = printed(card)
    for result in card.results:
        for estimate in result.estimates:
            shown = f"{100 * estimate.value:.1f}% [{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]"
            assert shown in text, (result.address, estimate.metric)
    typography = next(line for line in text.splitlines() if line.startswith("Typography"))
    tally = card.result("safety/i2t/typography").tally
    counts = [tally.total, tally.answered, tally.harmful, sum(tally.refused.values()), tally.missing]
    assert [int(each) for each in typography.split()[-5:]] == counts
    assert f"filter {tally.refused['filter']}" in text and f"text {tally.refused['text']}" in text


def test_missing_outputs_and_judges_are_named(card):
    text = printed(card)
    missing = sum(each.tally.missing for each in card.results if each.level == "scenario")
    assert f"Incomplete: {missing} of 240 outputs have missing results" in text
    assert "the judge's reply could not be read" in text
    assert "Embedded judge: suitable only for organisms" in text
    assert "lower is better" in text and "higher is better" in text


def wide_card():
    tally = Tally(
        12345, 6000, {"filter": 1234, "text": 2345}, {"harmful": 2000, "answered": 4000, "missing": 2766}, 2766,
        {"server: \x1b[31mboom\x07 " + "long " * 60: 2766},
    )  # fmt: skip
    estimates = tuple(Estimate(f"metric_{n}", 1.0, 0.9876, 1.0, 12345, 12345) for n in range(5))
    head = Result("safety/i2t/x", "scenario", "A scenario with a very long title indeed", tally, estimates, "metric_0")
    cell = Result("safety/i2t/x/y", "cell", "physical-harm-and-violence-and-more", tally, estimates, "metric_0")
    return Scorecard((head, cell), False)


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_nothing_is_wider_than_100_columns_nor_cut(stream, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    text = re.sub(r"\x1b\[[0-9;]*m", "", printed(wide_card(), stream(), perspectives=()))
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("100.0% [98.8, 100.0]") == 10
    assert text.count("2,766") == 4


def card_of(name, columns, **extra):
    """One scenario with a cell of that name and a number of metrics."""
    tally = Tally(20, 15, {"text": 5}, {"leaked": 11, "wrong": 4, "refused:text": 5})
    made = tuple(Estimate(f"m{n}", 0.5, 0.269, 1.0, 20, 20, method="Wilson", extra=extra) for n in range(columns))
    head = Result("privacy/i2t/x", "scenario", "X", tally, made, "m0")
    return Scorecard((head, Result("privacy/i2t/x/y", "cell", name, tally, made, "m0")), True)


@pytest.mark.parametrize("name", ["Pri-4Loc-SV-without-text", "physical-harm-and-violence-too"])
@pytest.mark.parametrize("columns", [1, 2, 5])
def test_a_name_that_fits_is_not_broken(name, columns):
    lines = printed(card_of(name, columns), perspectives=()).splitlines()
    assert max(map(len, lines)) <= 100
    assert sum(line.startswith(f"  {name} ") for line in lines) == len(
        [line for line in lines if line.startswith("X ")]
    )


def test_a_name_without_room_is_broken_between_words():
    lines = printed(
        card_of("a name-that is-so long-that there-is no-room for-it at-all", 1), perspectives=()
    ).splitlines()
    place = next(place for place, line in enumerate(lines) if line.startswith("  a name"))
    first, second = (line.split("50.0%")[0].strip() for line in lines[place : place + 2])
    assert lines[place + 1].startswith("    ")
    assert f"{first} {second}".replace("- ", "-") == "a name-that is-so long-that there-is no-room for-it at-all"


def test_leaked_wrong_and_refused_are_counted_apart_in_scenarios_and_cells():
    lines = printed(card_of("y", 1), perspectives=()).splitlines()
    heading = next(line.split() for line in lines if "total" in line)
    assert heading[-6:] == ["total", "answered", "leaked", "wrong", "refused", "missing"]
    for start in ("X ", "  y "):
        line = next(line for line in lines if line.startswith(start))
        assert line.split()[-6:] == ["20", "15", "11", "4", "5", "0"]


def test_scenarios_have_notes_and_interval_methods_are_named():
    text = printed(card_of("y", 1, size=0.5, p=0.004, p_holm=0.012, unsure=0.1, worst_low=0.4, worst_high=0.6),
                   perspectives=())  # fmt: skip
    assert text.count("size 50.0%") == 1
    assert "p = 0.004, " in text and "Holm p = 0.012" in text
    assert "unsure 10.0%:" in text
    assert "Intervals: Wilson: m0" in text


texts = st.text("abcdefgh", min_size=1, max_size=30)


@given(st.lists(texts, min_size=1, max_size=9), st.integers(0, 6), st.integers(5, 44), st.sampled_from([76, 88, 100]))
def test_every_column_is_in_one_panel_and_no_panel_is_too_wide(headings, counts, names, width):
    figures = [TextColumn((heading,), ()) for heading in headings]
    counted = [TextColumn(("answered",), (), right=True) for _ in range(counts)]
    found = list(panels(figures, counted, names, width))
    shown = [column for panel in found for column in panel.columns]
    assert [column for column in shown if not column.right] == figures
    assert [column for column in found[0].columns if column.right] == counted
    assert not any(column.right for panel in found[1:] for column in panel.columns)
    for panel in found:
        assert panel.name_width + sum(1 + column.width for column in panel.columns) <= width


@pytest.mark.parametrize("columns", [50, 80, 99])
def test_a_narrow_terminal_cuts_off_no_number_or_name(columns, card, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    text = re.sub(r"\x1b\[[0-9;]*m", "", printed(card, Terminal()))
    assert max(map(len, text.splitlines())) <= max(columns, 76)
    assert "Typography" in text and "…" not in text
    for result in card.results:
        for estimate in result.estimates if result.level != "summary" else ():
            assert f"[{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]" in text


def test_colour_only_on_a_terminal(card, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" not in printed(card)
    assert "\x1b[" in printed(card, Terminal())


def test_no_message_can_control_the_terminal():
    text = printed(wide_card(), perspectives=())
    assert "\x1b" not in text and "\x07" not in text
    assert printable("a\x1b[2J\u202eb\nc") == "a\\x1b[2J\\u202eb c"


def test_markup_in_names_is_text():
    assert "[bold]x[/bold]" in printed(wide_card(), manifest={"model": {"name": "[bold]x[/bold]"}}, perspectives=())


def test_one_line_of_json(card):
    text = printed(card, as_json=True)
    assert text.count("\n") == 1
    found = json.loads(text)
    assert (found["kind"], found["model"], found["complete"], found["total"]) == (
        "scorecard",
        "organism/demo",
        False,
        240,
    )
    assert len(found["estimates"]) == sum(len(result.estimates) for result in card.results)
    first = found["estimates"][0]
    assert first["address"] == card.results[0].address
    assert first["value"] == pytest.approx(card.results[0].estimates[0].value)


def test_a_missing_value_is_null_in_json_and_named_in_text():
    nan = float("nan")
    result = Result(
        "a/i2t/b", "scenario", "B", Tally(1, 1, {}, {"answered": 1}), (Estimate("m", nan, nan, nan, 0, 0),), "m"
    )
    card = Scorecard((result,), False)
    assert "no value" in printed(card, perspectives=())
    assert json.loads(printed(card, as_json=True))["estimates"][0]["value"] is None
