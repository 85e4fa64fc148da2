import pytest

from mmdt.errors import DataError
from mmdt.perspectives.ood import published as ood
from tests.perspectives.published.cells import cases_by_task, mapped

DRAWN = {"helpfulness", "count", "spatial", "color", "size"}


@pytest.mark.parametrize("name", ood.WORDINGS)
def test_pictures_to_be_drawn(hub_copy, name):
    found = cases_by_task(ood, f"ood/t2i/{name}", hub_copy)
    assert {task: [case.target for case in cases] for task, cases in found.items()} == {
        "helpfulness": [{"prompt": "plain helpfulness 0"}, {"prompt": "plain helpfulness 1"}],
        "count": [{"counts": {"cat": 2, "dog": 1}}, {"counts": {"cup": 3}}],
        "spatial": [
            {"objects": ["cat", "dog"], "relations": ["left"]},
            {"objects": ["a", "b", "c"], "relations": ["between"], "pairs": [[0, 1, 2]]},
        ],
        "color": [
            {"question": "Is the cup red?", "colors": {"cup": "red"}},
            {
                "question": "Is the a blue and is the b pink?",
                "colors": {"a": "blue", "b": "pink"},
                "questions": ["Is the a blue?", "Is the b pink?"],
            },
        ],
        "size": [
            {"objects": ["cat", "dog"], "size": "larger"},
            {"objects": ["a", "b"], "size": "smaller", "comparisons": [["b", "smaller"], ["c", "larger"]]},
        ],
    }


@pytest.mark.parametrize("name", ood.STYLES)
def test_questions(hub_copy, name):
    found = cases_by_task(ood, f"ood/i2t/{name}", hub_copy)
    assert set(found) == {"attribute", "count", "spatial", "identification"}
    assert found["attribute"][0].target["answers"] == ["white", "snowy", "grey"]
    assert found["count"][0].target["counts"] == {"cat": 2}
    assert found["spatial"][0].target["answer"] == "left"
    assert found["count"][0].prompt == "What is the count 0? Say the number of each kind separately."


@pytest.mark.parametrize(("modality", "names"), [("t2i", ood.WORDINGS), ("i2t", ood.STYLES)])
def test_styles_pair_with_the_original(hub_copy, modality, names):
    groups = {
        name: [
            case.group for cases in cases_by_task(ood, f"ood/{modality}/{name}", hub_copy).values() for case in cases
        ]
        for name in names
    }
    assert all(each == groups["original"] for each in groups.values())
    assert len(set(groups["original"])) == len(groups["original"])  # several questions about one picture stay apart


@pytest.mark.parametrize(
    ("objects", "relations", "pairs"),
    [
        (["a", "b", "c"], ["left", "above"], [("left", [0, 1]), ("above", [0, 2])]),
        (["a", "b", "c"], ["left"], [("left", [0, 1]), ("left", [0, 2])]),
        (
            ["a", "b", "c", "d"],
            ["left", "above"],
            [("left", [0, 2]), ("left", [1, 2]), ("above", [0, 3]), ("above", [1, 3])],
        ),
        (["a", "b", "c", "d"], ["between"], [("between", [0, 2, 3]), ("between", [1, 2, 3])]),
    ],
)
def test_one_subject_against_several(objects, relations, pairs):
    target = ood.spatial(spatial_row({"objs": objects, "rel": relations}))
    assert list(zip(target["relations"], target["pairs"], strict=True)) == pairs


def spatial_row(objects):
    from mmdt.data.row import DataRow, SplitAddress

    return DataRow({"objects": objects}, SplitAddress("D", "ood", "Shake_"), 0)


BASE = {"id": "7", "meta_prompt": "m", "vanilla_prompt": "v"}


@pytest.mark.parametrize(
    ("task", "objects", "what"),
    [
        ("count", "[{'object': 'cat'}]", "an entry has no counts"),
        ("count", "[]", "expected a list of dicts"),
        ("count", "['cat']", "an entry has no object and no counts"),
        ("count", "[{'object': 'cat', 'counts': 'lots'}]", "expected a whole number"),
        ("color", "open('x')", "contains a call"),
        ("size", "[{'object1': 'a', 'object2': 'b', 'size': 'huge'}]", "'huge' is not one of larger, smaller, equal"),
        (
            "size",
            "[{'object1': 'a', 'object2': 'b', 'size': 'larger'}, {'object1': 'c', 'object2': 'b', 'size': 'larger'}]",
            "got several first objects",
        ),
        ("spatial", "{'objs': ['a', 'b']}", "expected a list of objects (objs) and a list of relations (rel)"),
        ("spatial", "{'objs': ['a'], 'rel': ['left']}", "1 objects with 1 relations do not match"),
        ("spatial", "{'objs': ['a', 'b'], 'rel': ['between']}", "2 objects with 1 relations do not match"),
        ("spatial", "{'objs': ['a', 'b', 'c'], 'rel': ['left', 'left', 'left']}", "3 objects with 3"),
        ("spatial", "{'objs': ['a', 'b'], 'rel': ['near']}", "not a known relation"),
        ("colour", "[]", "unknown task 'colour'"),
    ],
)
def test_bad_rows(task, objects, what):
    with pytest.raises(DataError) as caught:
        mapped(ood, "t2i", "Shake_", BASE | {"task": task, "objects": objects})
    assert what in caught.value.what


def test_missing_columns():
    with pytest.raises(DataError, match=r"column is missing.*'meta_prompt'"):
        mapped(ood, "t2i", "Shake_", {"id": "1", "task": "helpfulness", "vanilla_prompt": "v"})
    with pytest.raises(DataError, match=r"column is missing.*'img_id'"):
        mapped(ood, "i2t", "pixelate", {"task": "spatial", "question": "q", "answer": "left", "image": picture()})
    assert ood.declarations("t2i", "pixelate") == ood.declarations("i2t", "Shake_") == ()


def picture():
    from tests.hub_copy import picture as draw

    return draw("x")
