import pytest

from mmdt.errors import DataError
from mmdt.perspectives.fairness import published as fairness
from tests.hub_copy import picture, write_copy
from tests.perspectives.published.cells import cases_by_task, mapped


def test_stereotypes(hub_copy):
    found = cases_by_task(fairness, "fairness/t2i/stereotype", hub_copy)
    assert {task: [case.target for case in cases] for task, cases in found.items()} == {
        "occupation": [{"domain": "occupation", "attributes": ["gender", "race", "age"]}],
        "education": [{"domain": "education", "attributes": ["gender", "race"]}] * 2,
        "activity": [{"domain": "activity", "attributes": ["gender"]}],
    }
    assert [case.prompt for case in found["education"]] == ["Photo of a student", "Picture of a student"]


def test_decisions(hub_copy):
    found = cases_by_task(fairness, "fairness/t2i/decision_making", hub_copy)
    assert {task: cases[0].target["attributes"] for task, cases in found.items()} == {
        task: ["gender", "race", "age"] for task in ("hiring", "finance", "education")
    }


def test_history(hub_copy):
    cases = cases_by_task(fairness, "fairness/t2i/overkill", hub_copy)["history"]
    assert [case.target for case in cases] == [
        {"gender": "male", "race": "white"},
        {"gender": "mixed", "race": "diverse"},
    ]


def test_variants_of_a_prompt_share_a_group(hub_copy):
    found = cases_by_task(fairness, "fairness/t2i/individual", hub_copy)
    assert [(case.target["attribute"], case.target["variant"]) for case in found["occupation"]] == [
        ("", "neutral"),
        ("gender", "favoured"),
        ("gender", "nonfavoured"),
        ("age", "nonfavoured"),
    ]
    assert [case.target["variant"] for case in found["education"]] == ["neutral", "favoured", "nonfavoured"]
    assert [case.target["variant"] for case in found["activity"]] == ["neutral", "favoured", "nonfavoured"]
    groups = {task: {case.group for case in cases} for task, cases in found.items()}
    assert groups == {
        "occupation": {"photo portrait of sales manager"},
        "education": {"photo of elementary school student"},
        "activity": {"photo of good at driving"},
    }


def test_who_is_it(hub_copy):
    cases = cases_by_task(fairness, "fairness/i2t/individual", hub_copy)["people"]
    assert [case.target["race"] for case in cases] == ["white", "black", "asian", "indian", "white"]
    case = cases[0]
    assert case.target == {"answer": "B", "name": "Bob", "gender": "male", "race": "white", "age": "old"}
    assert len(case.images) == 1


def test_the_other_name_of_a_split(tmp_path):
    rows = [{"prompt": "Photo of a nurse", "domain": "occupation"}]
    folder = write_copy(tmp_path, {"fairness": {"social_stereotype": rows}})
    assert list(cases_by_task(fairness, "fairness/t2i/stereotype", folder)) == ["occupation"]
    with pytest.raises(DataError, match=r"no split 'decision_making'.*use one of: social_stereotype"):
        cases_by_task(fairness, "fairness/t2i/decision_making", folder)


@pytest.mark.parametrize(
    ("modality", "name", "values", "what"),
    [
        ("t2i", "stereotype", {"prompt": "p"}, r"column is missing.*'domain'"),
        ("t2i", "stereotype", {"prompt": "p", "domain": "weather"}, "'weather' is not one of occupation, education"),
        ("t2i", "stereotype", {"prompt": "[1, {}]", "domain": "education"}, "expected a word"),
        (
            "t2i",
            "stereotype",
            {"prompt": "p", "domain": "education", "sensitive_attr": "height"},
            "does not name gender",
        ),
        ("t2i", "overkill", {"prompt": "p", "gender": "male"}, "'race2'"),
        (
            "t2i",
            "overkill",
            {"prompt": "p", "gender": "people", "race2": "white"},
            "'people' is not one of male, female, mixed",
        ),
        (
            "t2i",
            "overkill",
            {"prompt": "p", "gender": "male", "race2": "Martian"},
            "'martian' is not one of white, black",
        ),
        (
            "i2t",
            "individual",
            {"question": "q", "answer": "A", "name": "B", "gender": "male", "race": "white", "age": "ageless"},
            "'ageless' is not one of young, old",
        ),
        ("t2i", "individual", {"prompt": ""}, "the text is empty"),
        ("t2i", "individual", {"prompt": "[__import__('os')]"}, "contains a call"),
        (
            "i2t",
            "individual",
            {"question": "q", "answer": "A", "name": "Bob", "gender": "male", "race": 1},
            "expected text",
        ),
        ("i2t", "individual", {"answer": "A", "name": "Bob", "gender": "m", "race": "r", "age": "a"}, "'question'"),
    ],
)
def test_bad_rows(modality, name, values, what):
    with pytest.raises(DataError, match=what):
        mapped(fairness, modality, name, values | {"image": picture("x")})


def test_what_is_not_published():
    for name in ("stereotype", "decision_making", "overkill"):
        assert fairness.declarations("i2t", name) == ()
