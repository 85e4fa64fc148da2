"""The package and the single files shown in CONTRIBUTING.md are installed and run just as they stand there."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.docs.pages import ROOT

FILE = re.compile(r"^`([\w/.]+)`:\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHOWN = FILE.findall((ROOT / "CONTRIBUTING.md").read_text())
PACKAGE = {name: text for name, text in SHOWN if "/" in name or name == "pyproject.toml"}
SINGLE = {name: text for name, text in SHOWN if name not in PACKAGE}
JUDGE = """
import json
import mmdt

@mmdt.model("kind-judge")
def judge(request):
    return json.dumps({"reason": "it greets", "verdict": "yes" if "Hello" in request.prompt else "no"})
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shouting")
    (folder / "shouting").mkdir()
    (folder / "shouting/__init__.py").touch()
    assert len(PACKAGE) == 9
    for name, text in PACKAGE.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    target = tmp_path_factory.mktemp("site")
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", target, folder]
    subprocess.run([sys.executable, *install], check=True, timeout=110)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(target), str(ROOT)])}


def mmdt(environment, *arguments, cwd=None):
    command = [sys.executable, "-m", "mmdt", *map(str, arguments)]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=100)


def python(environment, code, cwd):
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=cwd, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_package_runs(installed, tmp_path):
    out = tmp_path / "run"
    arguments = ["run", "parrot/green", "--select", "hallucination/i2t/shouted", "--data", "embedded", "--size", "12"]
    ran = mmdt(installed, *arguments, "--evaluator", "loudness=capitals", "--out", out)
    assert ran.returncode == 0, ran.stderr
    exported = tmp_path / "estimates.jsonl"
    assert mmdt(installed, "export", out, exported, "--what", "estimates").returncode == 0
    rows = [json.loads(line) for line in exported.read_text().splitlines()]
    (cell,) = [row for row in rows if row["address"] == "hallucination/i2t/shouted/loudness"]
    assert (cell["value"], cell["n"], cell["missing"]) == (0, 12, 0)


def test_what_it_adds_is_listed(installed):
    assert "parrot/..." in mmdt(installed, "list", "models").stdout
    evaluators = mmdt(installed, "list", "evaluators").stdout
    assert "loudness=capitals" in evaluators and "detector=letters" in evaluators
    assert "shout " in mmdt(installed, "list", "attacks").stdout
    assert "shouts " in mmdt(installed, "list", "prompts").stdout
    assert "hallucination/i2t/shouted/loudness" in mmdt(installed, "list", "cells").stdout
    assert "The estimates, one a line" in mmdt(installed, "list", "exports").stdout


def test_its_detector_sees_and_its_prompt_is_filled(installed, tmp_path):
    code = """
import asyncio
from PIL import Image as Pil
import mmdt
from mmdt.core.protocols import Item
from mmdt.evaluators.judge.prompt import load
from mmdt.plugins import open_evaluator

case = mmdt.Case.make(mmdt.Cell("own", "t2i", "letters", "all"), "letters")
item = Item(case, mmdt.Output.answered("QUIET", (mmdt.Image.from_pil(Pil.new("RGB", (8, 8))),)), {"labels": ["A"]})
(seen,) = asyncio.run(open_evaluator("detector", "letters", None).observe([item]))
asked = load("shouts").fill(item)[1]
print(seen.value["boxes"][0]["label"], mmdt.judge_question("shouts")["edition"][:2], "QUIET" in asked)
"""
    assert python(installed, code, tmp_path).split() == ["A", "1-", "True"]


@pytest.fixture
def single(installed, tmp_path):
    for name, text in {**SINGLE, "judge.py": JUDGE}.items():
        (tmp_path / name).write_text(text)
    return {**installed, "XDG_CACHE_HOME": str(tmp_path / "cache")}


def test_the_single_files_run(single, tmp_path):
    named = [part for name in ("greeter", "length", "warm", "judge") for part in ("--plugin", f"{name}.py")]
    arguments = [
        "run",
        "greeter",
        "-s",
        "manners/**",
        "--data",
        "embedded",
        "--judge",
        "kind-judge",
        "-e",
        "length=words",
    ]
    ran = mmdt(single, *arguments, *named, "--out", "run", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    exported = mmdt(single, "export", "run", "table.md", "--plugin", "markdown.py", cwd=tmp_path)
    assert exported.returncode == 0, exported.stderr
    assert "| manners/i2t/short-and-warm | short_and_warm | 1.000 |" in (tmp_path / "table.md").read_text()
    assert mmdt(single, "show", "run", cwd=tmp_path).returncode == 0


def test_an_attack_of_a_single_file_is_a_name_like_any_other(single, tmp_path):
    code = """
import mmdt
from mmdt.attacks import Behaviour, make_attempt, make_cases

mmdt.load_plugin("whisper.py")
behaviour = Behaviour("noise", "WAKE the neighbour with a drum", thing="a drum")
attempt = make_attempt(behaviour, "i2t", "typography+whisper", seed=3)
assert attempt == make_attempt(behaviour, "i2t", ["typography", "whisper"], seed=3)
(case,) = make_cases([behaviour], "i2t", ["typography", "whisper"])

def ask(attempt, rng):
    return attempt.with_prompt(attempt.prompt + " please")

own = mmdt.Attack("own", frozenset({"i2t"}), ask, "asks")
(polite,) = make_cases([behaviour], "i2t", ["typography", own])
print(attempt.methods, case.recipe[-1].attack, polite.prompt.endswith("please"), polite.recipe[-1].attack)
"""
    assert python(single, code, tmp_path).strip() == "('typography', 'whisper') whisper True own"
    listed = mmdt(single, "list", "attacks", "--plugin", "whisper.py", cwd=tmp_path).stdout
    assert "i2t: Asks in a low voice." in listed


def test_the_detector_and_the_gateway_of_single_files_open(single, tmp_path):
    code = """
import asyncio
from PIL import Image as Pil
import mmdt
from mmdt.core.protocols import Item
from mmdt.plugins import open_evaluator, open_model

mmdt.load_plugin("blobs.py")
mmdt.load_plugin("greeter.py")
picture = Pil.new("RGB", (10, 10), "white")
picture.paste("black", (0, 0, 5, 10))
case = mmdt.Case.make(mmdt.Cell("own", "t2i", "blobs", "all"), "blobs")
item = Item(case, mmdt.Output.answered("", (mmdt.Image.from_pil(picture),)), {"labels": ["thing"]})
(seen,) = asyncio.run(open_evaluator("detector", "blobs", None).observe([item]))
print(seen.value["boxes"][0]["box"], open_model("gateway/llava").info.name)
"""
    assert python(single, code, tmp_path).strip() == "[0.0, 0.0, 0.5, 1.0] gateway/llava"


def test_each_addition_is_one_short_file():
    lengths = {name: len(text.splitlines()) for name, text in SHOWN if name != "pyproject.toml"}
    assert max(lengths.values()) < 60
    assert {name: length for name, length in lengths.items() if "scenario" not in name and length >= 30} == {}
    page = (ROOT / "docs/architecture.md").read_text()
    counted = {name: sum(bool(line.strip()) for line in text.splitlines()) for name, text in SHOWN}
    told = {name: int(number) for name, number in re.findall(r"\| `([\w/.]+)`[^|]*\| (\d+) ", page)}
    assert told == {name: lines for name, lines in counted.items() if name != "pyproject.toml" and lines}


NOTEBOOK = """
import asyncio

import mmdt
from mmdt.attacks import Behaviour, make_attempt


async def cells():
    for source in sources:  # a notebook's loop is running while its cells are
        exec(source, globals())
    words = mmdt.run(
        "greeter", select="manners/**", data="embedded", judge="kind-judge", evaluators={"length": "words"}, out="run"
    )
    print(words.export("table.md").read_text())
    edited = mmdt.run("mirror", select="editing/**", data="embedded", out="edited")
    print(edited._repr_html_())
    print(make_attempt(Behaviour("noise", "beat a drum", thing="a drum"), "i2t", "typography+whisper").methods)


asyncio.run(cells())
"""


def test_the_same_lines_work_in_a_notebook(single, tmp_path):
    sources = [text for name, text in {**SINGLE, "judge.py": JUDGE}.items()]
    said = python(single, f"sources = {sources!r}\n{NOTEBOOK}", tmp_path)
    assert "| manners/i2t/short-and-warm | short_and_warm | 1.000 |" in said
    assert "editing/it2i/mirrored" in said and "100.0" in said
    assert "('typography', 'whisper')" in said
    assert mmdt(single, "show", "edited", cwd=tmp_path).returncode == 0


def test_pictures_are_edited_from_a_single_file(single, tmp_path):
    arguments = ["run", "mirror", "-s", "editing/**", "--data", "embedded", "--plugin", "editor.py", "--out", "run"]
    ran = mmdt(single, *arguments, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    exported = mmdt(single, "export", "run", "table.md", "--plugin", "markdown.py", cwd=tmp_path)
    assert exported.returncode == 0, exported.stderr
    assert "| editing/it2i/mirrored | mirrored | 1.000 |" in (tmp_path / "table.md").read_text()
