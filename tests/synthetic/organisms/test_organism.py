"""Organisms: names, planted rates, determinism."""

import random

import pytest

from mmdt.core.output import Output, Status
from mmdt.core.protocols import Request
from mmdt.errors import UsageError
from mmdt.plugins import open_model
from mmdt.synthetic.organisms import Organism, RateTable, Turn, open_organism
from mmdt.synthetic.organisms.rates import characters, overlap, pick, table_of


class Coin:
    """A skill that answers every i2t request with the planted side."""

    modality = "i2t"

    def answer(self, turn: Turn) -> Output | None:
        return Output.answered(turn.choose("coin")) if "coin" in turn.request.prompt else None

    def truth(self, table: RateTable) -> dict[str, dict[str, float]]:
        return {"coin": {"heads": table.rates("coin")["heads"]}}


def organism(seed: int = 0) -> Organism:
    table = RateTable(()).with_entries({"coin": {"heads": 0.3, "tails": 0.7}}, "test")
    return Organism("organism/test", frozenset({"i2t"}), table, seed, (Coin(),))


async def test_the_planted_rate_is_met_and_answers_repeat() -> None:
    requests = [Request.of(f"coin {number}") for number in range(4000)]
    sides = [output.text for output in await organism().generate(requests)]
    assert abs(sides.count("heads") / 4000 - 0.3) < 0.03  # four standard errors
    assert sides == [output.text for output in await organism().generate(requests)]
    assert sides != [output.text for output in await organism(1).generate(requests)]


async def test_request_seeds_are_independent_repeats() -> None:
    requests = [Request.of("coin", seed=seed) for seed in range(500)]
    assert {output.text for output in await organism().generate(requests)} == {"heads", "tails"}


async def test_a_request_without_a_skill_gets_a_neutral_answer() -> None:
    [output] = await organism().generate([Request.of("hello")])
    assert output.status is Status.ANSWERED and output.text
    [picture] = await open_organism("painter", {}).generate([Request.of("hello", wants="image")])
    assert picture.images[0].pil().getextrema() != ((0, 0), (0, 0), (0, 0))


async def test_a_modality_it_lacks_is_a_failure() -> None:
    [output] = await organism().generate([Request.of("coin", wants="image")])
    assert output.status is Status.FAILED


def test_later_rows_override_and_characters_start_from_plain() -> None:
    table = RateTable(()).with_entries({"a/*": {"x": 1.0}, "a/b/*": {"y": 1.0}}, "test")
    assert table.rates("a/b/c") == {"y": 1.0} and table.rates("a/c") == {"x": 1.0}
    with pytest.raises(UsageError, match="no rate is planted"):
        table.rates("b")
    assert characters()[0] == "plain"
    assert all(table_of(character).entries for character in characters())


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("a/*", "*/b", True),
        ("safety/*/x/*", "safety/i2t/*", True),
        ("safety/i2t/*", "safety/t2i/*", False),
        ("a?c", "abc", True),
        ("abc", "ab", False),
        ("*", "", True),
    ],
)
def test_globs_overlap_where_a_text_matches_both(one: str, other: str, both: bool) -> None:
    assert overlap(one, other) is both
    assert overlap(other, one) is both


def test_pick_splits_the_unit_interval() -> None:
    rates = {"a": 0.25, "b": 0.0, "c": 0.75}
    assert [pick(rates, uniform) for uniform in (0.0, 0.2499, 0.25, 0.999999)] == ["a", "a", "c", "c"]
    assert pick({"a": 0.1, "b": 0.9 - 1e-12}, 1 - 1e-16) == "b"


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("organism/ghost", {}, "unknown organism"),
        ("organism/demo-ghost", {}, "unknown character 'ghost'"),
        ("organism/demo", {"temperature": 1}, "unknown setting 'temperature'"),
        ("organism/demo", {"seed": "x"}, "seed must be an integer, got 'x'"),
        ("organism/demo", {"rates": {"a": {"x": 0.5}}}, "sum to one"),
        ("organism/demo", {"rates": {"a": 1}}, "bad rates"),
        ("organism/demo", {"rates": {"saftey/i2t/*": {"complies": 1}}}, "no row of an organism matches.*safety/i2t"),
        ("organism/demo", {"rates": {"safety/*/jailbreak/*": {"comply": 1}}}, "no skill has the behaviour 'comply'"),
        ("organism/demo", {"seed": True}, "seed must be an integer"),
    ],
)
def test_bad_names_and_settings_say_what_to_do(name: str, settings: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        open_model(name, settings)


def test_info_names_everything_that_changes_answers() -> None:
    model = open_organism("demo-safe", {"seed": 3, "rates": {"safety/i2t/*": {"complies": 1}}})
    assert model.info.settings == {"seed": 3, "rates": {"safety/i2t/*": {"complies": 1.0}}}
    assert model.info.organism and model.info.modalities == {"t2i", "i2t"}


def test_dice_are_uniform() -> None:
    rolls = [Turn(Request.of(str(random.Random(n).random())), RateTable(()), 0).uniform("x") for n in range(2000)]
    assert abs(sum(rolls) / len(rolls) - 0.5) < 0.03 and min(rolls) >= 0 and max(rolls) < 1
