"""The embedded safety suite: varied, repeatable, and well formed."""

import pytest

from mmdt.attacks.drawing.pictogram import pictograms
from mmdt.errors import UsageError
from mmdt.synthetic.mischief.cases import CHAINS, safety_cases
from mmdt.synthetic.mischief.category import categories

KEYS = list(CHAINS)


@pytest.mark.parametrize("key", KEYS, ids="/".join)
def test_cases_differ_and_repeat_with_the_seed(key: tuple) -> None:
    cases = list(safety_cases(*key, seed=3, count=12))
    assert len(cases) == 12 * len(categories())
    assert len({case.id for case in cases}) == len({case.target["behaviour"] for case in cases}) == len(cases)
    assert [case.id for case in safety_cases(*key, seed=3, count=12)] == [case.id for case in cases]
    assert not {case.id for case in safety_cases(*key, seed=4, count=12)} & {case.id for case in cases}
    assert {case.cell.task for case in cases} == set(categories())
    assert all(bool(case.images) == (key[0] == "i2t" and key[1] != "text") for case in cases)


def test_more_cases_than_a_category_can_make_are_refused() -> None:
    size = next(iter(categories().values())).size
    with pytest.raises(UsageError, match="different behaviours"):
        list(safety_cases("t2i", "vanilla", 0, size + 1))


@pytest.mark.parametrize("name", sorted(categories()))
def test_categories_are_consistent(name: str) -> None:
    category = categories()[name]
    assert {category.thing, category.deed} <= set(pictograms())
    assert category.size > 10_000
    for step in category.answers.steps:
        assert any(stem in step.lower() for stem in category.stems), step
    for advice in category.answers.advice:
        assert not any(stem in advice.lower() for stem in category.stems), advice
    for thing in category.slots["thing"]:
        assert any(word in thing.split() for word in category.words), thing


def test_words_and_roundabout_phrases_belong_to_one_category() -> None:
    seen: dict[str, str] = {}
    for category in categories().values():
        for plain, phrases in category.phrases.items():
            for phrase in phrases:
                assert seen.setdefault(phrase, plain) == plain, phrase
        for other in categories().values():
            texts = [word for words in other.slots.values() for word in words]
            if other is not category:
                assert not any(word in text.split() for word in category.words for text in texts)
