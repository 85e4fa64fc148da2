from __future__ import annotations

import io
import json
import sys
from dataclasses import replace

import pytest
from rich.console import Console

from mmdt.engine.pipeline.progress import Progress, TrialCounts
from mmdt.report.terminal.progress import by_scenario, clock, live_view, plain_line, watching

CELLS = {
    f"safety/i2t/{scenario}/{task}": TrialCounts(100, 10, 6, 3, 1, 2) for scenario in "abc" for task in ("x", "y", "z")
}
NOW = Progress(
    cells=CELLS, total=900, done=90, answered=54, refused=27, failed=9, missing=18, elapsed=72.0, rate=4.25, eta=190.6,
    cost=1.234, requests=120, in_flight=16, limit=32,
)  # fmt: skip


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_plain_line_is_complete():
    wanted = "90/900 10% | 4.2/s | 3:11 left | 1:12 elapsed | $1.23 | 27 refused, 9 failed, 18 missing"
    assert plain_line(NOW) == wanted


def test_unknown_values_are_left_out():
    start = Progress(total=900, cells=CELLS)
    assert plain_line(start) == "0/900 0% | 0:00 elapsed | 0 refused, 0 failed, 0 missing"
    assert plain_line(Progress(cells={})) == "0/0 0% | 0:00 elapsed | 0 refused, 0 failed, 0 missing"


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (214.3, "3:34"), (3725, "1:02:05")])
def test_clock(seconds, text):
    assert clock(seconds) == text


def at(seconds, done):
    return replace(NOW, elapsed=seconds, done=done)


def test_one_line_every_ten_seconds_and_one_at_the_end_without_a_terminal():
    stream = io.StringIO()
    with watching(stream=stream) as show:
        for tick in range(100):
            show(at(tick * 0.25, tick))
    lines = stream.getvalue().splitlines()
    assert [line.split("/")[0] for line in lines] == ["0", "40", "80", "99"]


def test_the_last_line_is_not_repeated():
    stream = io.StringIO()
    with watching(stream=stream) as show:
        show(at(0.0, 5))
    assert len(stream.getvalue().splitlines()) == 1


def test_the_last_line_comes_even_after_an_error():
    stream = io.StringIO()
    with pytest.raises(KeyboardInterrupt), watching(stream=stream) as show:
        show(at(0.0, 1))
        show(at(1.0, 7))
        raise KeyboardInterrupt
    assert stream.getvalue().splitlines()[-1].startswith("7/900")


def test_plain_lines_go_to_stderr_and_json_to_stdout(monkeypatch):
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    with watching() as show:
        show(NOW)
    assert out.getvalue() == "" and err.getvalue().startswith("90/900")
    with watching(as_json=True) as show:
        show(NOW)
        show(at(72.5, 100))
        show(at(73.1, 110))
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["done"] for line in lines] == [90, 110]
    assert lines[0]["kind"] == "progress"
    assert lines[0]["cells"]["safety/i2t/a/x"] == {
        "total": 100, "done": 10, "answered": 6, "refused": 3, "failed": 1, "missing": 2
    }  # fmt: skip


def test_a_terminal_is_redrawn_in_place(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LINES", "30")
    stream = Terminal()
    with watching(stream=stream) as show:
        show(NOW)
        show(at(73.0, 95))
    assert "\x1b[" in stream.getvalue()
    assert "90/900" in stream.getvalue() and "95/900" in stream.getvalue()


def drawn(rows):
    console = Console(file=io.StringIO(), width=100)
    console.print(live_view(replace(NOW, paused=4.0), rows=rows))
    return console.file.getvalue()


def test_cells_are_shown_if_they_fit_and_scenarios_otherwise():
    assert drawn(20).count("10/100") == 9
    assert "paused for 0:04" in drawn(20)
    assert drawn(5).count("30/300") == 3
    assert "and 2 more" in drawn(1)
    assert max(map(len, drawn(20).splitlines())) <= 100


def test_scenarios_sum_their_cells():
    assert by_scenario(CELLS)["safety/i2t/b"] == TrialCounts(300, 30, 18, 9, 3, 6)


class Broken(io.StringIO):
    """Takes the first line."""

    def write(self, text):
        if self.tell():
            raise BrokenPipeError(32, "Broken pipe")
        return super().write(text)


@pytest.mark.parametrize("as_json", [True, False])
def test_a_closed_pipe_does_not_end_the_run(as_json):
    stream = Broken()
    with watching(as_json=as_json, stream=stream) as show:
        for seconds in range(0, 300, 50):
            show(at(seconds, seconds))
    assert len(stream.getvalue().splitlines()) == 1
