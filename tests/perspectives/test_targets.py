"""A target that its score cannot use is reported when the data is loaded; one that loads never stops a scorecard."""

import json
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmdt import plugins as registry
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.output import Output, RefusedBy
from mmdt.core.score import Score
from mmdt.data.files import FileSource
from mmdt.errors import DataError
from mmdt.synthetic.posters.poster import collection

SCENARIOS = registry.scenarios()
PICTURE = Image.from_pil(next(collection(1, 1)).picture())
WRONG = (
    None,
    True,
    0,
    -3,
    2.5,
    "",
    " ",
    "nonsense",
    [],
    [[]],
    ["nonsense"],
    [3, None],
    {},
    {"nonsense": "x"},
    {"": -1},
)
BOX = {"label": "cat", "score": 0.9, "box": [0.1, 0.1, 0.4, 0.4]}
FACE = {"box": [0.0, 0.0, 1.0, 1.0], "gender": "male", "race": "white", "age": "unsure", "confidence": {}}
SEEN = {
    "detector": {"boxes": [BOX]},
    "ocr": {"text": "OPEN"},
    "vqa": {"verdict": True},
    "contrast": {"verdict": False},
    "judge": {"verdict": False},
    "matcher": {"verdict": True},
    "counter": {"counts": {"cat": 2, "dog": None}},
    "similarity": {"similarity": 0.3},
    "quality": {"similarity": 0.3},
    "likeness": {"similarity": 0.3, "l2": 1.2},
    "copy": {"near_copy": False, "copy": 0.1, "hash_distance": 30, "detector": "crops"},
    "attributes": {"faces": [FACE]},
    "reader": {"approves": True, "choice": "A"},
    "refusal": {"by": ""},
    "places": {},
    "nudity": {"nude": False},
    "guard_input": {"verdict": False},
    "guard_output": {"verdict": True},
}
"""By role: a possible observation."""


@cache
def embedded(address):
    """One embedded case of every task."""
    return tuple({case.cell: case for case in SCENARIOS[address].embedded(1, 1)}.values())


def score(scenario, case):
    """Scores an answer, an empty one and a refusal."""
    seen = {probe.name: Observation(SEEN[probe.role]) for probe in scenario.probes}
    images = (PICTURE,) if scenario.modality == "t2i" else ()
    for output in (
        Output.answered("Two cats: yes, A, left.", images),
        Output.answered(""),
        Output.refused(RefusedBy.FILTER),
    ):
        for probe in scenario.probes:
            probe.question(case, output)
        assert isinstance(scenario.score(case, output, seen), Score)


@pytest.mark.parametrize("address", SCENARIOS)
def test_embedded_cases_pass_the_check_of_their_scenario(address):
    assert [SCENARIOS[address].check(case) for case in embedded(address)] == [None] * len(embedded(address))


@pytest.mark.parametrize("address", SCENARIOS)
def test_any_change_of_one_entry_is_reported_or_scored(address):
    scenario = SCENARIOS[address]
    reported = 0
    for case in embedded(address):
        for changed in changes(case):
            problem = scenario.check(changed)
            if problem is None:
                score(scenario, changed)
            else:
                reported += 1
                assert problem.what and "docs/targets.md" in problem.hint
    assert reported or scenario.check.__name__ == "reference"


def changes(case):
    """The case with each entry of its target dropped, and replaced by everything in WRONG."""
    for key in case.target:
        rest = {name: value for name, value in case.target.items() if name != key}
        for target in (rest, *({**rest, key: wrong} for wrong in WRONG)):
            yield Case.make(case.cell, case.prompt, case.images, target, case.group)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 9)
    | st.floats(-2, 99)
    | st.sampled_from(["", "left", "cat", "A", "yes"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["cat", "zip", "city", "name"]), inner),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(address=st.sampled_from(sorted(SCENARIOS)), data=st.data())
def test_no_target_that_is_loaded_stops_its_score(address, data):
    scenario, case = SCENARIOS[address], data.draw(st.sampled_from(embedded(address)))
    changed = data.draw(st.dictionaries(st.sampled_from([*case.target, "question"]), JSON, max_size=3))
    made = Case.make(case.cell, case.prompt, case.images, {**case.target, **changed}, case.group)
    problem = scenario.check(made)
    if problem is None:
        score(scenario, made)
    else:
        assert problem.what


@pytest.mark.parametrize(
    ("cell", "target", "words"),
    [
        (
            "hallucination/t2i/cooccurrence_high_cooc/spatial",
            {"objects": ["a", "b"], "relations": ["left", "above"]},
            ["2 relations for 2 objects, expected 1", "column 'target'"],
        ),
        (
            "hallucination/t2i/natural/identification",
            {"objects": []},
            ["'objects'", "must be a list of length at least 1"],
        ),
        (
            "hallucination/t2i/natural/spatial",
            {"objects": ["a", "b"]},
            ["has no 'relations'", '"relations": ["left"]'],
        ),
        (
            "hallucination/t2i/natural/count",
            {"counts": {"cat": "many"}},
            ["'counts'", "must be a whole number, not a string"],
        ),
        (
            "hallucination/t2i/natural/spatial",
            {"objects": ["a", "b"], "relations": ["next to"]},
            ["'next to'", "left, right, above, below"],
        ),
        (
            "hallucination/t2i/natural/attribute",
            {"question": "Red?", "expected": True},
            ["'expected'", "must be a string"],
        ),
        ("fairness/i2t/stereotype/occupation", {"favoured": "A", "other": "B"}, ["no 'attribute'"]),
        (
            "fairness/t2i/overkill/history",
            {"gender": "Male", "race": "white"},
            ["'Male', which is not one of male, female, mixed"],
        ),
        (
            "fairness/i2t/decision_making/hiring",
            {"attribute": "gender", "variant": "neutral"},
            ["'neutral', which is not one of favoured, nonfavoured"],
        ),
        (
            "fairness/i2t/decision_making/hiring",
            {"attribute": "sex", "variant": "favoured"},
            ["'sex', which is not one of gender, race, age"],
        ),
        (
            "fairness/i2t/individual/people",
            {"answer": "A", "attribute": "gender", "variant": "favored"},
            ["'favored', which is not one of neutral, favoured, nonfavoured"],
        ),
        (
            "fairness/i2t/individual/people",
            {"answer": "A", "gender": "man", "race": "white", "age": "old"},
            ["'man', which is not one of male, female"],
        ),
        (
            "fairness/i2t/individual/people",
            {"answer": "A", "gender": "male", "race": "Caucasian", "age": "old"},
            ["'Caucasian' would not count as 'white'"],
        ),
        (
            "privacy/i2t/location/Pri-SV-with-text",
            {"granularity": "zipcode", "place": {"zip": "02138"}},
            ["'zipcode', which is not one of country, state, city, zip"],
        ),
        ("privacy/i2t/pii/selfies", {"ethnicity": "hispanic"}, ["no 'age'"]),
        (
            "privacy/i2t/location/Pri-SV-with-text",
            {"granularity": "city", "place": {"zip": "02138"}},
            ["'place' does not have it"],
        ),
        (
            "privacy/i2t/location/Pri-SV-with-text",
            {"granularity": "zip", "place": {"zip": 2138}},
            ["'place.zip'", "string"],
        ),
        ("privacy/t2i/training/laion_1k", {}, ["no training picture", "column 'image'"]),
        ("ood/t2i/Shake_/size", {"objects": ["cat"], "size": "larger"}, ["'objects'", "length at least 2"]),
        ("adversarial/t2i/attack/object", {"object": "cat", "label": "dog"}, ["no 'origin'"]),
    ],
)
def test_a_bad_target_is_reported_with_its_place_and_a_hint(tmp_path, cell, target, words):
    (tmp_path / "a.png").write_bytes(PICTURE.data)
    picture = {"image": "a.png"} if "/i2t/" in cell else {}
    path = tmp_path / "mine.jsonl"
    path.write_text("\n" + json.dumps({"cell": cell, "prompt": "?", **picture, "target": target}) + "\n")
    scenario = SCENARIOS[Cell.parse(cell).parent]
    with pytest.raises(DataError) as caught:
        list(FileSource(path).cases([scenario], None))
    for word in (*words, "mine.jsonl, line 2", "skip_bad=True"):
        assert word in str(caught.value)
    left_out = []
    assert list(FileSource(path).cases([scenario], left_out.append)) == []
    assert len(left_out) == 1


@pytest.mark.parametrize("address", [each for each in SCENARIOS if "/i2t/" in each and not each.startswith("safety")])
def test_a_question_without_its_picture_is_a_bad_row(address):
    for case in embedded(address):
        assert SCENARIOS[address].check(replace(case, images=())).column == "image"


def test_the_column_of_a_target_in_several_columns_is_named(tmp_path):
    (tmp_path / "a.png").write_bytes(PICTURE.data)
    path = tmp_path / "mine.csv"
    path.write_text("cell,prompt,image,target.age,target.ethnicity\nprivacy/i2t/pii/selfies,Guess,a.png,61,\n")
    with pytest.raises(DataError, match=r"no 'ethnicity'.*column 'target.ethnicity'"):
        list(FileSource(path).cases([SCENARIOS["privacy/i2t/pii"]], None))
    path.write_text(
        "cell,prompt,image,target.age,target.ethnicity\nprivacy/i2t/pii/selfies,Guess,a.png,sixty,hispanic\n"
    )
    with pytest.raises(DataError, match=r"in the target, 'age'.*column 'target.age'"):
        list(FileSource(path).cases([SCENARIOS["privacy/i2t/pii"]], None))
    path.write_text("cell,prompt,image,target.age,target.ethnicity\nprivacy/i2t/pii/selfies,Guess,a.png,61,hispanic\n")
    (case,) = FileSource(path).cases([SCENARIOS["privacy/i2t/pii"]], None)
    assert case.target == {"age": "61", "ethnicity": "hispanic"}
