"""Attacks on words: what they change, and what they leave alone."""

from __future__ import annotations

import random
from difflib import SequenceMatcher

import pytest

from mmdt.attacks.text import distraction, false_premise
from mmdt.attacks.text.prompt_attacks import PROMPT_ATTACKS
from mmdt.attacks.text.synonyms import SYNONYMS
from mmdt.errors import UsageError

PROMPT = "A picture of a large umbrella and two cats."


@pytest.mark.parametrize("name", PROMPT_ATTACKS)
def test_attacks_are_seeded_and_change_little(name: str) -> None:
    attack = PROMPT_ATTACKS[name]
    attacked = [attack(PROMPT, "umbrella", "banana", random.Random(seed)) for seed in range(20)]
    assert attacked == [attack(PROMPT, "umbrella", "banana", random.Random(seed)) for seed in range(20)]
    assert all(each != PROMPT for each in attacked)
    assert all("two cats" in each for each in attacked)
    assert all(("umbrella" in each.split()) == (name == "insertion") for each in attacked)


def test_a_slip_changes_two_letters_at_most_and_keeps_the_first() -> None:
    for seed in range(50):
        attacked = PROMPT_ATTACKS["characters"]("an umbrella", "umbrella", "cat", random.Random(seed)).split()[1]
        assert attacked[0] == "u"
        assert sorted(set(attacked)) == sorted(set("umbrella"))
        assert SequenceMatcher(None, attacked, "umbrella").ratio() > 0.85


def test_an_insertion_never_says_the_label() -> None:
    for label in ("cup", "banana", "to the left of", "red"):
        for seed in range(20):
            attacked = PROMPT_ATTACKS["insertion"](PROMPT, "umbrella", label, random.Random(seed))
            assert attacked.startswith(PROMPT)
            tail = attacked.removeprefix(PROMPT)
            assert max(label.split(), key=len) not in tail.split()


def test_attacks_that_do_not_apply_say_so() -> None:
    rng = random.Random(0)
    with pytest.raises(UsageError, match="does not contain 'dog'"):
        PROMPT_ATTACKS["characters"](PROMPT, "dog", "cat", rng)
    with pytest.raises(UsageError, match="no synonym for 'quasar' is known"):
        PROMPT_ATTACKS["synonyms"]("a quasar", "quasar", "cat", rng)
    with pytest.raises(UsageError, match="'x' is too short for a slip"):
        PROMPT_ATTACKS["characters"]("an x", "x", "cat", rng)
    with pytest.raises(UsageError, match="no letter with a look-alike"):
        PROMPT_ATTACKS["homoglyphs"]("route 66", "66", "cat", rng)


def test_synonyms_are_other_words() -> None:
    assert all(word not in others and others for word, others in SYNONYMS.items())


def test_asides_and_premises_stand_apart_from_the_request() -> None:
    rng = random.Random(1)
    for _ in range(20):
        distracted = distraction.distract(PROMPT, "a red kite", rng)
        assert PROMPT in distracted
        assert distracted.replace(PROMPT, "").strip().startswith(distraction.OPENINGS)
        misled = false_premise.mislead(PROMPT, "cats are blue", rng)
        assert misled.startswith(false_premise.OPENINGS)
        assert misled.endswith(f"cats are blue. {PROMPT}")
