"""Copy detection on seeded pictures: copies of every kind are found, different pictures are not, as often as stated."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pil

from bench.copies.drawn import FAMILIES, copies, different
from mmdt.core.case import Case
from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.core.protocols import Item
from mmdt.errors import UsageError
from mmdt.evaluators.copies.calibration import calibration
from mmdt.evaluators.copies.crops import open_crops
from mmdt.evaluators.copies.matching import Edges, copy_score, hash_distance, perceptual_hash
from mmdt.evaluators.copies.phash import open_phash
from mmdt.stats.intervals.wilson import wilson
from mmdt.synthetic.observers.thumbnails import open_thumbnails
from mmdt.synthetic.posters.alterations import EVERY
from mmdt.synthetic.posters.cases import CELL
from mmdt.synthetic.posters.poster import collection

POSTER = next(collection(3, 1)).picture()


def item(picture, reference=POSTER):
    images = () if reference is None else (Image.from_pil(reference),)
    return Item(Case.make(CELL, "a poster", images), Output.answered(images=(Image.from_pil(picture),)), {})


def test_a_picture_is_its_own_copy():
    assert copy_score(POSTER, POSTER) == pytest.approx(1, abs=1e-5)
    assert hash_distance(POSTER, POSTER) == 0
    assert perceptual_hash(POSTER).shape == (64,)


def test_eighty_per_cent_of_a_picture_are_found():
    width, height = POSTER.size
    for left, top in ((0, 0), (0.1, 0.1), (0.2, 0.05)):
        box = (round(left * width), round(top * height), round((left + 0.8) * width), round((top + 0.8) * height))
        assert copy_score(POSTER.crop(box), POSTER) >= calibration("crops").threshold
        assert copy_score(POSTER, POSTER.crop(box)) >= calibration("crops").threshold


def test_a_strip_of_other_shape_is_found():
    width, height = POSTER.size
    strip = POSTER.crop((round(0.15 * width), 0, round(0.9 * width), height))
    assert copy_score(strip, POSTER) >= calibration("crops").threshold


@pytest.mark.parametrize("kind", EVERY)
def test_copies_are_found_as_often_as_stated(kind):
    pairs = list(copies("posters", kind, 6, seed=11))
    found = sum(copy_score(*pair) >= calibration("crops").threshold for pair in pairs)
    assert found >= 5
    for stated in (calibration("crops").found_drawn, calibration("crops").found_photographs):
        assert stated[kind].share >= (0.75 if kind == "crop" else 0.95)


@pytest.mark.parametrize("family", FAMILIES)
def test_different_pictures_are_no_copies(family):
    pairs = different(family, 8, seed=12)
    assert sum(copy_score(*pair) >= calibration("crops").threshold for pair in pairs) <= 1


def test_the_hash_errs_as_often_as_stated():
    """Cheap enough to be measured again: the stated rate lies within the interval of a fresh measurement."""
    stated = calibration("phash")
    pairs = [pair for family in FAMILIES for pair in different(family, 60, seed=21)]
    wrong = sum(hash_distance(*pair) <= stated.threshold for pair in pairs)
    low, high = wilson(wrong, len(pairs), 0.999)
    assert low <= stated.drawn[0] <= high


@pytest.mark.parametrize("name", ["crops", "phash"])
def test_the_calibration_is_tight_and_reported(name):
    table = calibration(name)
    share, pairs = table.drawn
    assert pairs >= 600 and share <= 0.02
    photographs = table.false_positives["photographs"]
    assert photographs.pairs >= 3000 and photographs.independent > 40
    assert photographs.low <= photographs.share <= photographs.high < 0.1
    assert f"{photographs.share:.2%} of {photographs.pairs:,} pairs of different photographs" in table.note
    for rate in (*table.false_positives.values(), *table.found_drawn.values(), *table.found_photographs.values()):
        assert 0 <= rate.low <= rate.share <= rate.high <= 1 and rate.independent <= rate.pairs
    for errors in table.errors.values():
        assert errors.found <= errors.copies and errors.cleared <= errors.others


def test_the_two_detectors_differ():
    assert open_crops("", None).info.note == calibration("crops").note
    by_hash, by_crops = calibration("phash").found_photographs, calibration("crops").found_photographs
    assert by_hash["mirror"].share < 0.5 < by_crops["mirror"].share


def test_precomputed_edges_give_the_same_score():
    other = POSTER.transpose(Pil.Transpose.ROTATE_90)
    assert Edges.of(POSTER).score(Edges.of(other)) == copy_score(POSTER, other)


@given(st.tuples(*[st.integers(0, 255)] * 3), st.integers(1, 90), st.integers(1, 90))
@settings(max_examples=5, deadline=None)
def test_pictures_without_edges_are_copies_of_nothing(colour, width, height):
    flat = Pil.new("RGB", (width, height), colour)
    assert copy_score(flat, POSTER) < 0.1
    assert copy_score(flat, flat) < 0.1


@given(st.integers(0, 10**6))
@settings(max_examples=4, deadline=None)
def test_scores_are_symmetric_and_within_bounds(seed):
    rng = random.Random(seed)
    one, other = (rng.choice(list(FAMILIES.values()))(rng, 1)[0][0] for _ in range(2))
    score = copy_score(one, other)
    assert 0 <= score <= 1 and score == pytest.approx(copy_score(other, one), abs=1e-6)
    assert hash_distance(one, other) == hash_distance(other, one) <= 64


async def test_the_evaluators_say_what_they_saw():
    mirrored = POSTER.transpose(Pil.Transpose.FLIP_LEFT_RIGHT)
    (seen,) = await open_crops("", None).observe([item(mirrored)])
    assert seen.value["near_copy"] is True and seen.value["copy"] > 0.99 and seen.value["detector"] == "crops"
    (seen,) = await open_phash("", None).observe([item(POSTER)])
    assert seen.value == {"hash_distance": 0, "near_copy": True, "detector": "phash"}
    (seen,) = await open_thumbnails("", None).observe([item(POSTER)])
    assert seen.value["similarity"] == pytest.approx(1) and seen.value["l2"] == 0


@pytest.mark.parametrize("opener", [open_crops, open_phash, open_thumbnails])
async def test_what_cannot_be_compared_is_missing(opener):
    evaluator = opener("", None)
    no_picture = Item(Case.make(CELL, "x", (Image.from_pil(POSTER),)), Output.answered("words"), {})
    for each in await evaluator.observe([item(POSTER, None), no_picture]):
        assert each.missing
    await evaluator.close()
    with pytest.raises(UsageError, match="takes no"):
        opener("large", None)
