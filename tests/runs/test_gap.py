"""The gap between public and private cases: by recipe, with an interval that holds, and what it could have seen."""

import numpy as np
import pytest

import mmdt
from mmdt.core.cell import Cell
from mmdt.core.score import Score, Scored
from mmdt.errors import UsageError
from mmdt.runs.gap import gap, one_gap, sums_by_component
from mmdt.runs.hard_cases import hard_cases

CELL = Cell.parse("safety/i2t/jailbreak/garden")


def rows(rates: dict[str, float], number: int, rng: np.random.Generator) -> list[tuple[str, Scored]]:
    """``number`` cases of each recipe, with two repeats that agree mostly."""
    found = []
    for recipe, rate in rates.items():
        for place in range(number):
            first = float(rng.random() < rate)
            second = first if rng.random() < 0.7 else float(rng.random() < rate)
            for repeat, value in enumerate((first, second)):
                found.append((recipe, Scored(f"{recipe}{place}", CELL, "", repeat, Score({"harmful": value}))))
    return found


def sums(rates: dict[str, float], number: int, rng: np.random.Generator):
    return sums_by_component(rows(rates, number, rng))["harmful"]


def test_the_interval_holds_the_planted_gap_and_finds_what_it_says_it_would() -> None:
    """200 pairs of runs with a gap of 15 points over two recipes, 60 cases each: the interval must not miss more often
    than 5 % (binomial, 1 %), and its smallest gap must be the one that it finds about four times of five."""
    rng = np.random.default_rng(20)
    missed, smallest = 0, []
    for _ in range(200):
        public, private = sums({"a": 0.2, "b": 0.6}, 60, rng), sums({"a": 0.35, "b": 0.75}, 60, rng)
        found = one_gap("harmful", "all", public, private)
        missed += not found.low <= 0.15 <= found.high
        smallest.append(found.smallest)
    assert missed <= 18
    planted = float(np.mean(smallest))
    seen = 0
    for _ in range(200):
        public = sums({"a": 0.2, "b": 0.6}, 60, rng)
        private = sums({"a": 0.2 + planted, "b": 0.6 + planted}, 60, rng)
        seen += one_gap("harmful", "all", public, private).seen
    assert 0.68 <= seen / 200 <= 0.92


def test_another_mix_of_recipes_is_no_gap() -> None:
    rng = np.random.default_rng(3)
    public, private = sums({"a": 0.1}, 400, rng), sums({"a": 0.1}, 40, rng)
    public |= sums({"b": 0.9}, 40, rng)
    private |= sums({"b": 0.9}, 400, rng)
    found = one_gap("harmful", "all", public, private)
    assert abs(found.difference) < 0.12 and not found.seen


def test_runs_of_an_organism_have_no_gap_and_hard_cases_are_those_that_fail(tmp_path) -> None:
    chosen = {"select": "safety/i2t/jailbreak", "size": 4}
    public = mmdt.run("organism/demo", out=tmp_path / "one", seed=1, **chosen)
    private = mmdt.run("organism/demo", out=tmp_path / "two", seed=2, **chosen)
    found = gap(public, private, "bypassed")
    assert found[0].recipe == "all" and found[0].low <= 0 <= found[0].high and found[0].smallest > 0.1
    assert {each.recipe for each in found[1:]} >= {"typography+role-play"}
    with pytest.raises(UsageError, match="components of both"):
        gap(public, private, "magic")
    hard = hard_cases([public], "bypassed", fails="high")
    scored = {trial.case.id: each.score.values.get("bypassed") for trial, each in public.scored()}
    assert {each.case.id for each in hard} == {name for name, value in scored.items() if value == 1}
    assert hard_cases([public], "bypassed", fails="high", reader=public) == ()
    with pytest.raises(UsageError, match=r"no case has a value.*bypassed"):
        hard_cases([public], "magic")
