"""Attacks on words and on pictures: what they change, and what they leave alone."""

from __future__ import annotations

import random
from difflib import SequenceMatcher

import numpy as np
import pytest
from PIL import Image

from mmdt.attacks.pictures.picture_attacks import patch, scrambled, typographic
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
    with pytest.raises(UsageError, match="does not say 'dog'"):
        PROMPT_ATTACKS["characters"](PROMPT, "dog", "cat", rng)
    with pytest.raises(UsageError, match="no synonym for 'quasar'"):
        PROMPT_ATTACKS["synonyms"]("a quasar", "quasar", "cat", rng)
    with pytest.raises(UsageError, match="no letter with a double"):
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


GREY = Image.new("RGB", (200, 160), (128, 128, 128))


def changed_box(attacked: Image.Image) -> tuple[int, int, int, int]:
    difference = np.abs(np.asarray(attacked, int) - np.asarray(GREY, int)).max(axis=-1) > 0
    rows, columns = np.flatnonzero(difference.any(axis=1)), np.flatnonzero(difference.any(axis=0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


@pytest.mark.parametrize("text", ["NO", "A LONG LABEL THAT MUST SHRINK"])
def test_a_label_stays_in_its_area(text: str) -> None:
    x0, y0, x1, y1 = changed_box(typographic(GREY, text, (0.1, 0.6, 0.9, 0.9)))
    assert 20 <= x0 < x1 <= 181
    assert 96 <= y0 < y1 <= 145


def test_a_patch_stays_in_its_area_and_holds_the_wanted_colours() -> None:
    wanted = Image.new("RGB", (60, 60), (250, 0, 0))
    attacked = patch(GREY, wanted, (0.5, 0.5, 0.8, 0.8), random.Random(0))
    x0, y0, x1, y1 = changed_box(attacked)
    assert 100 <= x0 < x1 <= 160
    assert 80 <= y0 < y1 <= 128
    assert attacked.getpixel(((x0 + x1) // 2, (y0 + y1) // 2)) == (250, 0, 0)
    assert GREY.getpixel((0, 0)) == (128, 128, 128)


def test_scrambling_keeps_pixels_and_loses_order() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (36, 36, 3), np.uint8)
    mixed = np.asarray(scrambled(Image.fromarray(pixels), 6, random.Random(0)))
    assert sorted(map(tuple, mixed.reshape(-1, 3).tolist())) == sorted(map(tuple, pixels.reshape(-1, 3).tolist()))
    assert not np.array_equal(mixed, pixels)
