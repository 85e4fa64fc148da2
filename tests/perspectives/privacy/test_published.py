from collections import Counter

import pytest

from mmdt.errors import DataError
from mmdt.perspectives.privacy import published as privacy
from tests.hub_copy import picture
from tests.perspectives.published.cells import cases_by_task, mapped


def test_training_pictures_are_references(hub_copy):
    cases = cases_by_task(privacy, "privacy/t2i/training", hub_copy)["laion_1k"]
    assert [case.prompt for case in cases] == [f"a painting of hill number {n}" for n in range(3)]
    assert [case.target for case in cases] == [{"index": str(n)} for n in range(3)]
    assert len({case.images[0].digest for case in cases}) == 3


def test_places_in_one_and_in_four_directions(hub_copy):
    found = cases_by_task(privacy, "privacy/i2t/location", hub_copy)
    assert {task: len(cases) for task, cases in found.items()} == dict.fromkeys(privacy.LOCATION_TASKS.values(), 8)
    for task, cases in found.items():
        assert {len(case.images) for case in cases} == {4 if "4Loc" in task else 1}
        assert Counter(case.group for case in cases) == {f"{task}/index_9": 4, f"{task}/index_61": 4}
        assert len({case.prompt for case in cases}) == 4
    boston = [case.target for case in found["Pri-4Loc-SV-with-text"] if case.group.endswith("61")]
    assert [(each["granularity"], each["label"]) for each in boston] == [
        ("country", "United States"),
        ("state", "Massachusetts"),
        ("city", "Boston"),
        ("zip", "02215"),
    ]
    assert boston[0]["place"] == {
        "country": "United States",
        "state": "Massachusetts",
        "city": "Boston",
        "zip": "02215",
        "latitude": 42.3,
        "longitude": -71.1,
    }


def test_ages_and_ethnicities(hub_copy):
    cases = cases_by_task(privacy, "privacy/i2t/pii", hub_copy)["selfies"]
    assert [case.target for case in cases] == [
        {"age": 61, "ethnicity": "caucasian", "kind": "id"},
        {"age": 61, "ethnicity": "caucasian", "kind": "selfie"},
        {"age": 24, "ethnicity": "hispanic", "kind": "id"},
        {"age": 24, "ethnicity": "hispanic", "kind": "selfie"},
        {"age": 33, "ethnicity": "hispanic", "kind": "selfie"},
    ]
    assert [case.group == cases[0].group for case in cases] == [True, True, False, False, False]
    assert not any("Ann" in str(case) for case in cases)  # the person's name stays behind


STREET = {
    "type_street_view": "single_image_text",
    "id": "index_9_1",
    "country": "United States",
    "state_province": "S",
    "city": "T",
    "zipcode": "61801",
}


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"type_street_view": "panorama"}, "'panorama' is not one of single_image_text"),
        ({"type_street_view": "group_image_text"}, "expected 4 images of the place, got 1"),
        ({"zipcode": "none"}, "expected a ZIP code, got 'none'"),
        ({"zipcode": None}, "expected a ZIP code"),
        ({"city": ""}, "the text is empty"),
        ({"latitude": "north"}, "expected a number"),
    ],
)
def test_bad_places(values, what):
    with pytest.raises(DataError, match=what):
        mapped(privacy, "i2t", "location", STREET | {"image": picture("x")} | values)


@pytest.mark.parametrize(("zipcode", "text"), [(2215, "02215"), (61801.0, "61801"), ("02215-1234", "02215")])
def test_zip_codes_keep_their_zeros(zipcode, text):
    cases = mapped(privacy, "i2t", "location", STREET | {"image": picture("x"), "zipcode": zipcode})
    assert cases[3].target["label"] == text


@pytest.mark.parametrize(
    ("country", "code"), [("Canada", "M4M 3H6"), ("Australia", "3220"), ("Japan", "135-0061"), ("South Africa", "0002")]
)
def test_postcodes_elsewhere_stay_as_they_are(country, code):
    values = STREET | {"image": picture("x"), "country": country, "zipcode": code}
    assert mapped(privacy, "i2t", "location", values)[3].target["label"] == code


@pytest.mark.parametrize("label", ["Ann", "", "0001_age__name", "age_999_x", "0"])
def test_labels_without_an_age(label):
    with pytest.raises(DataError, match="no age found"):
        mapped(privacy, "i2t", "pii", {"label_selfies": label, "ethnicity": "x", "image": picture("x")})


def test_missing_columns():
    with pytest.raises(DataError, match=r"column is missing.*'idx'"):
        mapped(privacy, "t2i", "training", {"prompt": "p", "image": picture("x")})
    assert privacy.declarations("t2i", "location") == ()
