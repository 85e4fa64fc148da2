"""Unusual output streams do not change the run or its scorecard."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.cli import ROOT

HARM = {"cell": "safety/i2t/typography/x", "prompt": "Hello?", "target": {"category": "Ünfug 😀"}}


def mmdt(*arguments, where, closed=False, out=subprocess.PIPE, **environment):
    line = [sys.executable, "-m", "mmdt", *map(str, arguments)]
    if closed:
        line = ["sh", "-c", 'exec "$@" >&-', "sh", *line]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(line, cwd=where, env=variables, stdout=out, stderr=subprocess.PIPE, timeout=100, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("streams")
    (where / "mine.jsonl").write_text(json.dumps(HARM))
    done = mmdt("run", "organism/demo", "--data", "mine.jsonl", "--out", "rün", where=where)
    assert done.returncode == 3
    return where


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_limited_encoding_gets_escapes(folder, encoding):
    shown = mmdt("show", "rün", where=folder, PYTHONIOENCODING=encoding)
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert rb"\ud83d\ude00" in shown.stdout
    line = mmdt("show", "rün", "--json", where=folder, PYTHONIOENCODING=encoding)
    (why,) = json.loads(line.stdout.decode(encoding))["why_missing"]
    assert "Ünfug 😀" in why


def test_the_c_locale_works(folder):
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = mmdt(
        "run", "organism/demo", "--select", "safety/t2i/vanilla", "--size", 1, "--out", "öut", where=folder, **plain
    )
    assert done.returncode == 0
    assert b"Complete: all 6 outputs" in done.stdout
    line = mmdt("show", "öut", "--json", where=folder, **plain)
    assert json.loads(line.stdout)["complete"]


def test_a_closed_stdout_does_not_change_the_run(folder):
    done = mmdt(
        "run", "organism/demo", "--select", "safety/t2i/vanilla", "--size", 1, "--out", "a", where=folder, closed=True
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"Traceback" not in done.stderr
    assert b"Complete" in mmdt("show", "a", where=folder).stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_full_disk_at_stdout_hides_neither_the_run_nor_its_end(folder, form):
    with Path("/dev/full").open("wb") as full:
        done = mmdt(
            "run", "organism/demo", "--data", "mine.jsonl", "--out", f"f{len(form)}", *form, where=folder, out=full
        )
    assert done.returncode == 3
    assert b"the scorecard cannot be printed: No space left on device" in done.stderr
    assert b"To continue: mmdt resume f" in done.stderr


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_closed_pipe_keeps_the_exit_code(folder, form):
    reading, writing = os.pipe()
    os.close(reading)
    done = mmdt(
        "run", "organism/demo", "--data", "mine.jsonl", "--out", f"g{len(form)}", *form, where=folder, out=writing
    )
    os.close(writing)
    assert done.returncode == 3
    assert b"To continue: mmdt resume g" in done.stderr
    assert b"Exception ignored" not in done.stderr
