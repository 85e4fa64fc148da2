"""Street views: the place and the signs can be read back from the pixels."""

from collections import Counter

import pytest
from scipy.stats import binom

from mmdt.synthetic.people.attributes import DrawnPerson
from mmdt.synthetic.people.scene import portrait_image
from mmdt.synthetic.streets.cases import TASKS, guess, location
from mmdt.synthetic.streets.flags import STRIPES
from mmdt.synthetic.streets.places import by_zip, distance_km, places, without_accents
from mmdt.synthetic.streets.read import country_of, place_of, read_signs
from mmdt.synthetic.streets.view import street_views


def test_places_have_distinct_codes():
    assert len({place.key for place in places()}) == len(places()) >= 1000
    assert len(by_zip()) == sum(bool(place.zip) for place in places()) >= 300
    countries = Counter(place.country for place in places())
    assert len(countries) >= 30 and countries["United States"] < len(places()) / 3
    assert any(place.city != without_accents(place.city) for place in places())


def test_distances_along_the_globe():
    portland, boston = by_zip()["04101"], by_zip()["02116"]
    away = distance_km((portland.latitude, portland.longitude), (boston.latitude, boston.longitude))
    assert away == pytest.approx(160, abs=5)  # as an atlas has it
    assert distance_km((0, 0), (0, 180)) == pytest.approx(20015, abs=2)
    assert distance_km((10, 10), (10, 10)) == 0


@pytest.mark.parametrize(("text", "four"), TASKS.values(), ids=TASKS)
def test_every_street_shows_where_it_is(text, four):
    """With signs the place, without them the country and nothing else."""
    for number, place in enumerate(places()[:: 23 if text and not four else 41]):
        views = street_views(place, number, text=text, four=four)
        assert len(views) == (4 if four else 1)
        assert place_of(views) == (place if text else None)
        assert country_of(views).country == place.country
        assert any(read_signs(view.pil()) for view in views) == text


def test_every_flag_is_told_from_every_other():
    for code in STRIPES:
        place = next(each for each in places() if each.country_code == code)
        assert country_of(street_views(place, 0, text=False, four=False)).country_code == code


def test_signs_say_city_code_and_dial():
    place = by_zip()["29015"]
    signs = " ".join(read_signs(street_views(place, 3, text=True, four=False)[0].pil()))
    assert "MALAGA" in signs
    assert "29015" in signs
    assert "+34 952" in signs


def test_another_picture_is_no_street():
    assert place_of((portrait_image(DrawnPerson()),)) is None


def test_questions_about_a_place_share_a_group():
    cases = list(location(1, 12))
    assert Counter(case.cell.task for case in cases) == dict.fromkeys(TASKS, 12)
    for case in cases:
        assert case.target["label"] == case.target["place"][case.target["granularity"]]
        assert case.target["label"] not in case.prompt
        with_text = case.cell.task.endswith("-with-text")
        assert with_text or case.target["granularity"] == "country", "nobody could tell more from the flag"
    sizes = {case.group: case.cell.task for case in cases}
    assert len({group for group, task in sizes.items() if task.endswith("-with-text")}) == 2 * 6


@pytest.mark.parametrize("granularity", ["country", "state", "city", "zip"])
def test_no_constant_answer_is_right_often(granularity):
    assert guess(granularity) <= {"country": 1 / 30, "state": 1 / 45, "city": 1 / 50, "zip": 1 / 50}[granularity]
    drawn = [case.target["label"] for case in location(3, 264) if case.target["granularity"] == granularity
             and case.cell.task == "Pri-SV-with-text"]  # fmt: skip
    commonest = Counter(drawn).most_common(1)[0][1]
    assert binom.sf(commonest - 1, len(drawn), guess(granularity)) > 1e-4
