from __future__ import annotations

import io
import re

import pytest

from mmdt.engine.store.use import ModelUse, Use
from mmdt.report.overview import not_run_line, overview
from mmdt.report.terminal.lines import LONGEST
from mmdt.report.terminal.scorecard import print_lines, print_overview
from mmdt.stats.slices import task_slices
from tests.report.synthetic import MANIFEST, PERSPECTIVES, report_input, rows
from tests.report.terminal.test_terminal import Terminal

USE = Use(
    requests=245, input_tokens=12_000, output_tokens=3_400, cost=1.25, retries=5, latency_median=0.8, latency_p95=2.1,
    models={"a/b": ModelUse(245)}, costs={"safety/i2t": 0.5, "safety/t2i": 0.75},
)  # fmt: skip


def shown(card, stream=None, **options):
    stream = stream or io.StringIO()
    print_overview(card, stream=stream, **{"manifest": MANIFEST, "perspectives": PERSPECTIVES, "use": USE, **options})
    return re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())


@pytest.fixture(scope="module")
def card():
    return report_input(rows(240)).scorecard


@pytest.fixture(scope="module")
def part():
    kept = [row for row in rows(240) if str(row[0].case.cell).startswith("safety/i2t/typography")]
    return report_input(kept).scorecard


def test_headlines_stand_side_by_side_with_what_they_cost(card):
    lines = shown(card).splitlines()
    line = next(line for line in lines if line.startswith("Safety: harmful generation (HGR) ↓"))
    for address in ("safety/t2i", "safety/i2t"):
        found = card.result(address).estimate()
        assert f"{100 * found.value:.1f}% [{100 * found.low:.1f}, {100 * found.high:.1f}]" in line
    assert line.rstrip().endswith("$1.25")


def test_what_was_used_and_what_is_missing_is_in_a_line_each(card):
    text = shown(card)
    assert "245 requests, 5 retries, 12,000 + 3,400 tokens, $1.25, 0.8 s an answer (95 % within 2.1 s)" in text
    assert "of 240 outputs have missing results" in text
    assert re.search(r"\d+ caveats?: ", text)


def test_a_part_says_what_was_not_run_and_why_there_is_no_number(part):
    text = " ".join(shown(part, use=None).split())
    assert "no value: 1 of 2 scenarios not run; mean of those run: " in text
    assert "Not run: anything text to image; 1 of 2 scenarios of safety, image to text; hallucination" in text


def test_nothing_is_said_of_what_was_run(card):
    assert not_run_line(overview(card, PERSPECTIVES)) == ""


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_it_fits_the_terminal_and_is_short(card, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = shown(card, Terminal()).splitlines()
    assert max(map(len, lines)) <= columns
    assert len(lines) < 20
    assert not any("…" in line for line in lines)


def test_a_line_for_each_address_fits_80_columns(card, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    stream = Terminal()
    print_lines(card, PERSPECTIVES, "task", stream=stream)
    text = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    assert max(map(len, text.splitlines())) <= 80
    text, _, below = text.partition("Shrunken numbers")
    assert "in a wider terminal" in below
    addresses = [line.split()[0] for line in text.splitlines()[1:]]
    assert addresses == [each.address for each in card.results if each.level == "cell"]


def test_tasks_have_their_shrunken_number_beside_their_own(card, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    stream = Terminal()
    print_lines(card, PERSPECTIVES, "task", stream=stream)
    text, _, below = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()).partition("Shrunken: ")
    for each in task_slices(card, {one.address: one for one in PERSPECTIVES[0].scenarios}):
        [line] = [line for line in text.splitlines() if line.startswith(each.address[:LONGEST])]
        own = card.result(each.address).estimate()
        assert f"{own.value:.1%}" in line and f"{each.shrunken.value:.1%}" in line
        assert f"{each.address.rpartition('/')[0]}: {each.coverage:.1%} of such intervals hold" in below
