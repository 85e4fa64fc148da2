"""Pairs that occur together more than chance, and grids that differ in one word."""

import json
from pathlib import Path

import numpy as np
import pytest

from mmdt.data.hardness.cooccurrence import cooccurrence, read_coco
from mmdt.data.hardness.grid import counterfactual_grid
from mmdt.errors import DataError, UsageError


def drawn(seed: int, linked: bool, number: int = 600) -> list[set[str]]:
    """Pictures with six things, independent but for fork and knife, which come together where they are linked."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(number):
        things = {name for name in ("cat", "dog", "car", "tree", "fork", "knife") if rng.random() < 0.2}
        if linked and rng.random() < 0.8:
            things = things - {"knife"} | ({"knife"} if "fork" in things else set())
        found.append(things)
    return found


def test_a_planted_pair_is_found_with_its_lift() -> None:
    pairs = cooccurrence(drawn(1, linked=True))
    assert (pairs[0].first, pairs[0].second) == ("fork", "knife")
    assert pairs[0].lift > 2 and pairs[0].adjusted < 1e-9
    assert all(pair.adjusted > 0.01 for pair in pairs[1:])
    assert len(pairs) == 15


def test_independent_things_are_seldom_called_a_pair() -> None:
    """Holm keeps any false pair at 5 %: of 200 sets without a pair, at most 17 may have one (binomial, 1 %)."""
    false = sum(
        min(pair.adjusted for pair in cooccurrence(drawn(seed, linked=False, number=200))) < 0.05 for seed in range(200)
    )
    assert false <= 17


def test_the_counts_are_those_of_a_table_by_hand() -> None:
    pictures = [{"a", "b"}] * 30 + [{"a"}] * 20 + [{"b"}] * 10 + [set()] * 40
    (pair,) = cooccurrence(pictures, least=5)
    assert (pair.together, pair.lift) == (30, pytest.approx(30 / (50 * 40 / 100)))
    assert cooccurrence(pictures, least=45) == ()


def test_coco_annotations_are_read_and_others_are_refused(tmp_path: Path) -> None:
    data = {
        "images": [{"id": 1}, {"id": 2}, {"id": 3}],
        "categories": [{"id": 7, "name": "cat"}, {"id": 8, "name": "dog"}],
        "annotations": [
            {"image_id": 1, "category_id": 7},
            {"image_id": 1, "category_id": 7},
            {"image_id": 2, "category_id": 8},
        ],
    }
    (tmp_path / "i.json").write_text(json.dumps(data))
    assert read_coco(tmp_path / "i.json") == [{"cat"}, {"dog"}, set()]
    for text in ("[]", "{", '{"images": 3}', json.dumps({**data, "annotations": [{"image_id": 1, "category_id": 99}]})):
        (tmp_path / "i.json").write_text(text)
        with pytest.raises(DataError, match="no annotation file of COCO"):
            read_coco(tmp_path / "i.json")


def test_a_grid_has_every_combination_and_groups_that_differ_in_one_word() -> None:
    lists = {"age": ["young", "old"], "job": ["baker", "pilot", "nurse"]}
    cases = list(counterfactual_grid("A {age} {job} at work.", lists, "custom/t2i/plain/jobs", varied="age"))
    assert len(cases) == 6 and len({case.id for case in cases}) == 6
    by_group = {case.group: [] for case in cases}
    for case in cases:
        by_group[case.group].append(case)
        assert case.prompt == f"A {case.target['age']} {case.target['job']} at work."
    assert {tuple(case.target["age"] for case in group) for group in by_group.values()} == {("young", "old")}
    assert all(len({case.target["job"] for case in group}) == 1 for group in by_group.values())


@pytest.mark.parametrize(
    ("template", "lists", "varied", "said"),
    [
        ("A {job}.", {"job": ["a"], "age": ["b"]}, "job", "'age'"),
        ("A {job} {age}.", {"job": ["a"]}, "job", "'age'"),
        ("A {job}.", {"job": ["a"]}, "age", "no list 'age' to vary"),
        ("A {job}.", {"job": []}, "job", "is empty"),
        ("A {job}.", {"job": ["a", "a"]}, "job", "a word twice"),
        ("{a}{b}", {"a": [str(n) for n in range(400)], "b": [str(n) for n in range(400)]}, "a", "160,000 cases"),
    ],
)
def test_a_grid_that_does_not_fit_says_why(template: str, lists: dict, varied: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        list(counterfactual_grid(template, lists, "custom/t2i/plain/jobs", varied=varied))
