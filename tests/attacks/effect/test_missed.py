"""Filters that were not written for an attack miss it more often than the open request, at 1 % (McNemar)."""

from __future__ import annotations

from functools import cache

import pytest

from mmdt import plugins
from mmdt.attacks import make_attempt
from mmdt.core.attack import Attempt
from tests.attacks.effect.filters import Filter, familiar, misses_more, phrases, similar, stand_ins, words_and_pictures

FILTERS: tuple[Filter, ...] = (phrases, similar, familiar)
NOT_HERE = ("synonyms", "insertion", "false-premise")
"""They need a fact of a case: a known word, a label, a claim. tests/attacks/text has their tests."""


def _named(name: str) -> bool:
    attack = plugins.attack(name)
    return attack.kind != "picture" and attack.access == "black" and name not in NOT_HERE


@cache
def requests(modality: str, methods: str = "") -> tuple[Attempt, ...]:
    return tuple(make_attempt(each, modality, methods or (), seed=5) for each in stand_ins(5, seed=9))


@pytest.mark.parametrize("name", [name for name in plugins.attacks() if _named(name)])
def test_a_filter_of_prompts_misses_more(name: str) -> None:
    modality = "i2t" if plugins.attack(name).fits("i2t") else "t2i"
    found = {}
    for each in FILTERS:
        before = [each(attempt) for attempt in requests(modality)]
        assert sum(before) >= 0.85 * len(before), f"{each.__name__} catches open requests"
        found[each.__name__] = misses_more(before, [each(attempt) for attempt in requests(modality, name)])
    assert min(found.values()) * len(FILTERS) < 0.01, found  # Bonferroni: the best of three filters


PIXELS = ("shuffled-patches", "gaussian-noise", "motion-blur", "jpeg-artefacts")
WRITTEN = ("mirrored-text", "rotated-text", "redacted-text", "wavy-text", "scaled-text", "flowchart", "chat-screenshot")
SPLIT = ("figstep-pro", "qr-code", "code-screenshot", "replaced-words", "sub-pictures")


@pytest.mark.parametrize("name", [*(f"typography+{name}" for name in PIXELS), *WRITTEN, *SPLIT])
def test_a_filter_that_reads_pictures_misses_more_than_plain_typography(name: str) -> None:
    before = [words_and_pictures(attempt) for attempt in requests("i2t", "typography")]
    assert all(before)
    after = [words_and_pictures(attempt) for attempt in requests("i2t", name)]
    assert misses_more(before, after) < 0.01


def test_nothing_is_missed_more_where_nothing_is_changed() -> None:
    again = [make_attempt(each, "i2t", seed=6) for each in stand_ins(5, seed=9)]
    for each in FILTERS:
        assert misses_more([each(attempt) for attempt in requests("i2t")], [each(attempt) for attempt in again]) > 0.01
