"""Street views: the place and the signs can be read back from the pixels."""

from collections import Counter

import pytest

from mmdt.synthetic.people.attributes import DrawnPerson
from mmdt.synthetic.people.scene import portrait_image
from mmdt.synthetic.streets.cases import TASKS, location
from mmdt.synthetic.streets.places import by_zip, distance_km, places, without_accents
from mmdt.synthetic.streets.read import place_of, read_signs
from mmdt.synthetic.streets.view import street_views


def test_places_have_distinct_codes():
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
