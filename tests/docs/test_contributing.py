"""The package shown in CONTRIBUTING.md is installed and run just as it stands there."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.docs.pages import ROOT

FILE = re.compile(r"^`([\w/.]+)`:\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shouting")
    (folder / "shouting").mkdir()
    (folder / "shouting/__init__.py").touch()
    files = FILE.findall((ROOT / "CONTRIBUTING.md").read_text())
    assert len(files) == 5
    for name, text in files:
        (folder / name).write_text(text)
    target = tmp_path_factory.mktemp("site")
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", target, folder]
    subprocess.run([sys.executable, *install], check=True, timeout=110)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(target), str(ROOT)])}


def mmdt(environment, *arguments):
    command = [sys.executable, "-m", "mmdt", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100)


def test_the_package_runs(installed, tmp_path):
    out = tmp_path / "run"
    arguments = ["run", "parrot/green", "hallucination/i2t/shouted", "--data", "embedded", "--size", "12"]
    ran = mmdt(installed, *arguments, "--evaluator", "loudness=capitals", "--out", out)
    assert ran.returncode == 0, ran.stderr
    exported = tmp_path / "estimates.jsonl"
    assert mmdt(installed, "export", out, exported, "--what", "estimates").returncode == 0
    rows = [json.loads(line) for line in exported.read_text().splitlines()]
    (cell,) = [row for row in rows if row["address"] == "hallucination/i2t/shouted/loudness"]
    assert (cell["value"], cell["n"], cell["missing"]) == (0, 12, 0)


def test_what_it_adds_is_listed(installed):
    assert "parrot/..." in mmdt(installed, "list", "models").stdout
    assert "loudness=capitals" in mmdt(installed, "list", "evaluators").stdout
    assert "shout " in mmdt(installed, "list", "attacks").stdout
    assert "hallucination/i2t/shouted/loudness" in mmdt(installed, "list", "cells").stdout


def test_the_scenario_is_one_short_file():
    (scenario,) = [text for name, text in FILE.findall((ROOT / "CONTRIBUTING.md").read_text()) if "scenario" in name]
    assert len(scenario.splitlines()) < 60
