"""Each row of docs/paper.md: its command runs, and the organism shows the number that the row states."""

import re
import shlex
from functools import cache

import pytest

import mmdt
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "paper.md"
KINDS = {"claim", "signature", "first experiment", "open question", "next check"}
QUICK = {"shown memorises", "shown refuses-everything", "correlation i2t", "framework nist-ai-rmf"}
"""Rows that take seconds; the others are marked ``prove``."""
NEAR = 0.005


def rows():
    """(kind, text, command, what is read, number) of each row of the tables."""
    found = []
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 5 and cells[0] in KINDS:
            found.append((cells[0], cells[1], cells[2].strip("`"), cells[3].strip("`"), cells[4]))
    return found


def quick(row):
    return row[3] in QUICK


def parameters():
    for number, row in enumerate(rows()):
        marks = () if quick(row) else (pytest.mark.prove,)
        yield pytest.param(row, id=f"{number + 1}-{row[3]}".replace(" ", "-").replace("/", "."), marks=marks)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("paper")

    @cache
    def run(command):
        words = shlex.split(command)
        assert words[:2] == ["mmdt", "run"]
        select = tuple(words[at + 1] for at, word in enumerate(words) if word == "--select")
        size = int(words[words.index("--size") + 1])
        return mmdt.run(words[2], select=select, size=size, out=folder / str(len(list(folder.iterdir()))))

    return run


def measured(run, what):
    """What the row names, of the run: a number, or several."""
    first, _, rest = what.partition(" ")
    if first == "shown":
        explained = mmdt.explain(run)
        return [1.0 if explained.shown == (rest,) else 0.0]
    if first == "correlation":
        [found] = [each for each in mmdt.explain(run).found.correlations if each.over.endswith(f", {rest}")]
        return [found.low, found.high]
    if first == "front":
        [found] = [each for each in mmdt.explain(run).found.fronts if each.trade_off == rest]
        return [*found.region.across, *found.region.up]
    if first == "slices":
        worst = mmdt.explain(run).runs[0].worst
        return [sum(each.worse for each in worst.slices), worst.tests]
    if first == "spatial":
        found = next(each for each in mmdt.explain(run).runs[0].spatial if each.scenario == rest and each.kind == "all")
        return [found.accuracy.value, found.chance]
    if first == "framework":
        [found] = run.framework(rest)
        return [found.count("not run"), found.count("not measured")]
    return [run.scorecard().result(first).estimate(rest).value]


@pytest.mark.parametrize("row", list(parameters()))
def test_the_command_of_a_row_shows_its_number(row, runs, evidence):
    found = measured(runs(row[2]), row[3])
    stated = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", row[4])]
    evidence(f"{row[1]}: `{row[3]}`", ", ".join(f"{each:.3f}" for each in found))
    assert found == pytest.approx(stated, abs=NEAR), row[1]


def test_every_kind_has_rows_and_every_signature_is_one():
    from mmdt.stats.explain.signature import declared

    assert {row[0] for row in rows()} == KINDS
    assert {row[3].removeprefix("shown ") for row in rows() if row[0] == "signature"} == {x.name for x in declared()}
    assert sum(map(quick, rows())) >= 4
