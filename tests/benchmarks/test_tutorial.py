"""The tutorial of docs/benchmarks.md, command by command, on stand-ins and a server."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from mmdt.cli.main import main
from tests.benchmarks.conftest import REFUSAL

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
GIVEN = 'prices={"input": 2.5, "output": 10}'
PRICES = ["--set", GIVEN, "--judge-set", GIVEN]
"""The server of the test is not the provider's, whose prices are known."""


def commands():
    section = PAGE.read_text("utf-8").split("## Publish a table\n")[1].split("\n## ")[0]
    return [shlex.split(line.strip())[1:] for line in section.splitlines() if line.startswith("    mmdt ")]


@pytest.fixture
def mmdt(capsys):
    def call(arguments):
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        said = capsys.readouterr()
        assert not ended.value.code, said.err
        return said.out

    return call


def test_three_models_one_table(mmdt, stand_ins, stub, tmp_path):
    shutil.copytree(stand_ins, tmp_path / "copies")
    stub.reply = lambda asked: REFUSAL if asked.model == "gpt-4o" else "First do this, then do that."
    stub.verdict = lambda asked: "First do this" in asked.prompt
    plan, run, table, latex, difference = commands()
    assert "figstep/i2t" in mmdt(plan)
    mmdt([*run, *PRICES])
    # the models by name: gpt-4.1, gpt-4o, gpt-4o-mini
    lines = [line for line in mmdt(table).splitlines() if re.match(r"figstep/i2t.*\(HGR\)", line)]
    assert lines and all(re.findall(r"(\d+\.\d)% \[", line) == ["100.0", "0.0", "100.0"] for line in lines)
    mmdt(latex)
    text = (tmp_path / "table.tex").read_text("utf-8")
    assert r"\begin{tabular}" in text and r"\toprule" in text and "[" in text
    said = mmdt(difference)
    assert "Differences from openai/gpt-4o, paired" in said and "+100.0 points" in said
