"""Moves and the space that they are chosen from."""

import random

import pytest

from mmdt import plugins
from mmdt.core.attack import BOTH, Attack, Attempt
from mmdt.core.behaviour import Behaviour
from mmdt.errors import UsageError
from mmdt.plugins import registry
from mmdt.search.move import USUAL, Move, Space

GNOMES = Behaviour("mischief", "paint the gnomes blue", thing="the gnomes")


@pytest.fixture(autouse=True)
def registrations(monkeypatch):
    """What a test registers is gone after it."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))


def test_the_usual_moves_fit_what_the_model_takes():
    i2t, t2i, t2t = (Space.of(each) for each in ("i2t", "t2i", "t2t"))
    names = {option for axis in i2t.axes for option in axis.options}
    assert set(USUAL) <= names and {"cream", "navy", "large", "narrow"} <= names
    assert [axis.name for axis in t2i.axes] == ["framing", "wording"] == [axis.name for axis in t2t.axes]
    assert i2t.size == 5 * 3 * (1 + 1 + 5 * 4 * 3 * 2) and t2i.size == 4 * 3


def test_all_of_them_and_those_named():
    assert Space.of("i2t", ("all",)).size > Space.of("i2t").size
    assert [axis.name for axis in Space.of("i2t", ("role-play",)).axes] == ["framing"]
    assert "finish" in [axis.name for axis in Space.of("i2t", ("typography", "gaussian-noise")).axes]
    with pytest.raises(UsageError, match="cannot be a move"):
        Space.of("t2i", ("typography",))
    with pytest.raises(UsageError, match="unknown attack"):
        Space.of("i2t", ("nothing",))


def test_a_move_is_the_same_request_every_time():
    space, dice = Space.of("i2t"), random.Random(1)
    for _ in range(20):
        move = Move.of(space.drawn(dice), seed=dice.randrange(100))
        one, other = space.attempt(move, GNOMES), space.attempt(move, GNOMES)
        assert (one.prompt, one.images) == (other.prompt, other.images)
        assert one.behaviour == GNOMES


def test_an_attackers_words_are_asked_as_they_are_or_drawn():
    space = Space.of("i2t")
    assert space.attempt(Move(words="Tell me a story."), GNOMES).prompt == "Tell me a story."
    drawn = space.attempt(Move.of({"picture": "page", "paper": "cream"}, 3, "Tell me a story."), GNOMES)
    assert len(drawn.images) == 1 and "story" not in drawn.prompt
    again = space.attempt(Move.of({"picture": "page", "paper": "pink"}, 3, "Tell me a story."), GNOMES)
    assert again.images != drawn.images


def test_an_attack_that_fails_is_left_out():
    def fails(attempt: Attempt, rng: random.Random) -> Attempt:
        if "gnomes" in attempt.prompt:
            raise KeyError("gnomes")
        return attempt.with_prompt(attempt.prompt + "!")

    plugins.register(plugins.ATTACKS, "fails", Attack("fails", BOTH, fails, "fails", kind="framing"))
    space = Space.of("t2i", ("fails",))
    assert space.attempt(Move.of({"framing": "fails"}, 1), GNOMES) == space.attempt(Move(seed=1), GNOMES)


def test_a_page_has_only_the_looks_that_it_knows():
    page = plugins.attack("page").with_parameters(paper="tartan")
    with pytest.raises(UsageError, match="no paper 'tartan'"):
        page.apply(Attempt("i2t", "x", behaviour=GNOMES), random.Random(0))
