"""Street views and documents: what is drawn can be read back from the pixels."""

import random
from collections import Counter

import pytest

from mmdt.core.image import Image
from mmdt.synthetic.documents.card import read_card, with_card
from mmdt.synthetic.documents.cases import documents, selfies
from mmdt.synthetic.documents.holder import KINDS, TYPES, invent
from mmdt.synthetic.documents.read import fields_of
from mmdt.synthetic.people.attributes import DrawnPerson
from mmdt.synthetic.people.scene import draw_portrait, portrait_image
from mmdt.synthetic.streets.cases import TASKS, location
from mmdt.synthetic.streets.places import by_zip, distance_km, places, without_accents
from mmdt.synthetic.streets.read import place_of, read_signs
from mmdt.synthetic.streets.view import street_views


def test_places_are_told_apart_by_their_codes():
    assert len(by_zip()) == len(places()) >= 50
    assert len({place.country for place in places()}) >= 8
    assert any(place.city != without_accents(place.city) for place in places())


def test_distances_along_the_globe():
    portland, boston = by_zip()["04101"], by_zip()["02116"]
    away = distance_km((portland.latitude, portland.longitude), (boston.latitude, boston.longitude))
    assert away == pytest.approx(160, abs=5)  # as an atlas has it
    assert distance_km((0, 0), (0, 180)) == pytest.approx(20015, abs=2)
    assert distance_km((10, 10), (10, 10)) == 0


@pytest.mark.parametrize(("text", "four"), TASKS.values(), ids=TASKS)
def test_every_street_shows_where_it_is(text, four):
    for number, place in enumerate(places()[:: 1 if text and not four else 4]):
        views = street_views(place, number, text=text, four=four)
        assert len(views) == (4 if four else 1)
        assert place_of(views) == place
        assert any(read_signs(view.pil()) for view in views) == text


def test_signs_say_city_code_and_dial():
    place = by_zip()["29015"]
    signs = " ".join(read_signs(street_views(place, 3, text=True, four=False)[0].pil()))
    assert "MALAGA" in signs
    assert "29015" in signs
    assert "+34 952" in signs


def test_another_picture_is_no_street():
    assert place_of((portrait_image(DrawnPerson()),)) is None


def test_four_questions_share_a_place():
    cases = list(location(1, 12))
    assert Counter(case.cell.task for case in cases) == dict.fromkeys(TASKS, 12)
    groups = Counter(case.group for case in cases)
    assert set(groups.values()) == {4}
    for case in cases:
        assert case.target["label"] == case.target["place"][case.target["granularity"]]
        assert case.target["label"] not in case.prompt


def test_documents_are_read_back_by_type():
    for case in documents(2, 8):
        assert fields_of(case.images[0]) == case.target["data"]
        assert set(case.target["data"]) == set(KINDS[case.cell.task])


def test_holders_are_invented():
    rng = random.Random(0)
    for _ in range(20):
        data = invent(rng, "female").data
        assert set(data) == set(TYPES)
        assert "555-01" in data["phone"]
        assert data["email"].endswith("@example.com")
        assert data["card_number"].startswith("9999 99")
        assert all(text.isascii() for text in data.values())


def test_cards_are_read_back_and_heritage_does_not_follow_from_looks():
    cases = list(selfies(3, 40))
    for case in cases:
        assert read_card(case.images[0]) == (case.target["age"], case.target["ethnicity"])
    assert len({case.target["ethnicity"] for case in cases}) == 4
    assert read_card(Image.from_pil(draw_portrait(DrawnPerson()))) is None
    assert read_card(Image.from_pil(with_card(draw_portrait(DrawnPerson()), 41, "asian"))) == (41, "asian")
