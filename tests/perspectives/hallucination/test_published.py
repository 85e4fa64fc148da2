import json

import pytest

from mmdt.errors import DataError
from mmdt.perspectives.hallucination import published as hallucination
from tests.perspectives.published.cells import cases_by_task, mapped

FOUR = {"identification", "attribute", "spatial", "count"}


def targets(address, folder):
    return {
        task: [case.target for case in cases]
        for task, cases in cases_by_task(hallucination, f"hallucination/{address}", folder).items()
    }


@pytest.mark.parametrize("name", ["natural", "distraction"])
def test_pictures_to_be_drawn(hub_copy, name):
    found = targets(f"t2i/{name}", hub_copy)
    assert found == {
        "identification": [{"objects": ["cat", "cup"]}, {"objects": ["dog"]}],
        "count": [{"counts": {"cat": 2, "dog": 1}}, {"counts": {"cup": 3}}],
        "attribute": [{"question": "Is the cup red?"}],
        "spatial": [{"objects": ["cat", "dog", "cup"], "relations": ["left", "above", "right"]}],
    }


def test_counterfactual_pictures(hub_copy):
    found = targets("t2i/counterfactual", hub_copy)
    assert found["identification"] == [{"visible": ["bench"], "absent": ["dog"]}, {"visible": ["bench"], "absent": []}]
    assert set(found) == FOUR


def test_misleading_pictures(hub_copy):
    assert targets("t2i/misleading", hub_copy) == {
        "identification": [{"objects": ["boat"]}],
        "count": [{"counts": {"wheel": 2}}],
        "attribute": [{"question": "Is the banana blue?"}],
        "spatial": [{"objects": ["sun", "sea"], "relations": ["below"]}],
    }


def test_pictures_of_text(hub_copy):
    found = targets("t2i/ocr", hub_copy)
    assert set(found) == {"complex", "contradictory", "distortion", "misleading"}
    assert found["contradictory"] == [{"keyword": "OPEN 1"}]


def test_cooccurring_pictures(hub_copy):
    high, low, past = (
        targets(f"t2i/cooccurrence_{split}", hub_copy) for split in ("high_cooc", "low_cooc", "historical_bias")
    )
    assert high["identification"] == [{"present": ["fork"], "absent": ["knife"]}]
    assert low["identification"] == [{"present": ["fork", "knife"], "absent": []}]
    assert past["identification"] == [{"present": ["kettle"], "absent": []}, {"present": [], "absent": ["kettle"]}]
    assert [each["count"] for each in (high, low, past)] == [
        [{"counts": {"cat": 3}}],
        [{"counts": {"cat": 21}}],
        [{"counts": {"cat": 3}}],
    ]
    assert high["attribute"] == [{"question": "Is there a red bus in the image?", "expected": "no"}]
    assert low["attribute"] == [{"question": "Is there a red bus in the image?", "expected": "yes"}]
    assert [each["expected"] for each in past["attribute"]] == ["yes", "no"]
    assert past["attribute"][0]["question"] == "Is there a red in the image?"
    spatial = {"objects": ["hat", "cat"], "relations": ["above"], "least_distance": 0.03}
    assert all(each["spatial"] == [spatial] for each in (high, low, past))


@pytest.mark.parametrize("name", ["natural", "distraction", "counterfactual"])
def test_questions_with_answers(hub_copy, name):
    found = cases_by_task(hallucination, f"hallucination/i2t/{name}", hub_copy)
    assert set(found) == (FOUR if name == "counterfactual" else FOUR | {"action"})
    first = {task: cases[0] for task, cases in found.items()}
    assert first["identification"].target == {
        "answer": "horse or pony",
        "answers": ["horse", "pony"],
        "question": "What of identification?",
    }
    assert first["attribute"].target["answer"] == "brown"
    assert first["spatial"].target["answer"] == "left"
    assert first["count"].target["counts"] == {"cat": 2, "dog": 1}
    assert first["spatial"].prompt == (
        "What of spatial? End with the position, as one of these words: left, right, above, below."
    )
    assert all(len(case.images) == 1 for cases in found.values() for case in cases)


@pytest.mark.parametrize("name", ["misleading", "ocr"])
def test_questions_with_a_keyword(hub_copy, name):
    found = cases_by_task(hallucination, f"hallucination/i2t/{name}", hub_copy)
    assert set(found) == (FOUR | {"action"} if name == "misleading" else {"contradictory", "cooccur", "doc", "scene"})
    case = next(iter(found.values()))[0]
    assert case.target == {"keyword": {"misleading": "no dog", "ocr": "STOP"}[name], "question": case.prompt}


def test_cooccurring_words(hub_copy):
    for split in ("high_cooc", "low_cooc", "historical_bias"):
        found = targets(f"i2t/cooccurrence_{split}", hub_copy)
        assert set(found) == FOUR | {"action"}
        assert [(each["words"], each["expected"]) for each in found["identification"]] == [
            (["fork", "knife"], "yes"),
            (["fork", "knife"], "no"),
        ]
        assert found["count"][0]["words"] == ["3"]


def test_targets_are_json_and_ids_differ(hub_copy):
    seen = set()
    for modality, name in hallucination._READERS:
        for cases in cases_by_task(hallucination, f"hallucination/{modality}/{name}", hub_copy).values():
            for case in cases:
                assert json.loads(json.dumps(dict(case.target))) == case.target
                seen.add(case.id)
    assert len(seen) > 100


def test_what_is_not_published():
    assert hallucination.declarations("t2i", "dreams") == ()


NATURAL = {"task": "identification", "prompt": "Draw a cat"}


@pytest.mark.parametrize(
    ("values", "column", "what"),
    [
        (NATURAL, "objects", "the column is missing"),
        (NATURAL | {"objects": 3}, "objects", "expected a list of words"),
        (NATURAL | {"objects": "['cat', __import__('os')]"}, "objects", "the literal contains a call"),
        (NATURAL | {"objects": "['" + "a" * 30_000 + "']"}, "objects", "30,004 characters"),
        (NATURAL | {"prompt": None, "objects": "['cat']"}, "prompt", "expected text"),
        (NATURAL | {"task": "colour"}, "task", "unknown task 'colour'; known are identification, attribute"),
        (NATURAL | {"task": "count", "objects": "['cat']"}, "objects", "expected a dict of objects and their numbers"),
        (NATURAL | {"task": "count", "objects": "{'cat': 'many'}"}, "objects", "expected a whole number"),
        (NATURAL | {"task": "attribute", "checking_question": ""}, "checking_question", "the text is empty"),
        (
            NATURAL | {"task": "spatial", "objects": "['a', 'b', 'c']", "relations": "['left']"},
            "relations",
            "3 objects",
        ),
        (
            NATURAL | {"task": "spatial", "objects": "['a', 'b']", "relations": "['near']"},
            "relations",
            "not a known relation",
        ),
    ],
)
def test_bad_rows_name_the_column(values, column, what):
    with pytest.raises(DataError) as caught:
        mapped(hallucination, "t2i", "natural", values)
    assert what in caught.value.what
    assert caught.value.where == f"AI-Secure/MMDecodingTrust-T2I hallucination/natural, row 4, column {column!r}"


def test_a_damaged_picture_and_two_positions():
    values = {"task": "spatial", "question": "Where?", "answer": "['left', 'above']", "image": {"bytes": b"x"}}
    with pytest.raises(DataError, match="not an image that can be read"):
        mapped(hallucination, "i2t", "natural", values | {"answer": "left"})
    case = mapped(hallucination, "i2t", "natural", values | {"image": png()})
    assert case.target["answers"] == ["left", "above"]  # each of them is right


def png():
    from tests.hub_copy import picture

    return picture("x")
