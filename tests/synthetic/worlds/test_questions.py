"""Questions: wording and parsing, answers from the scene, balance over labels."""

from __future__ import annotations

import random
from collections import Counter
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmdt.attacks.text.distraction import distract
from mmdt.attacks.text.false_premise import mislead
from mmdt.synthetic.worlds.arrangement import UnplacedThing, arrange
from mmdt.synthetic.worlds.balance import balanced
from mmdt.synthetic.worlds.difficulty import LEVELS, Difficulty
from mmdt.synthetic.worlds.language.edits import Edit, imagine
from mmdt.synthetic.worlds.language.picture_requests import PICTURE_TASKS, sample_request
from mmdt.synthetic.worlds.language.queries import SUPERLATIVES, TASKS, Query, Ref, answer
from mmdt.synthetic.worlds.language.question_reader import claimed_answer, read_question
from mmdt.synthetic.worlds.language.questions import question
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS
from mmdt.synthetic.worlds.scene import Scene, Thing
from mmdt.synthetic.worlds.scene_questions import LABELS, SceneQuestion, compose
from mmdt.synthetic.worlds.sprites.library import ACTIONS, PERSON

kinds = st.sampled_from(KINDS)
colors = st.sampled_from(COLOR_NAMES)
actions = st.sampled_from(list(ACTIONS))
edits = st.one_of(
    st.builds(Edit, st.just("remove"), kinds, st.integers(0, 4)),
    st.builds(Edit, st.just("add"), kinds, st.integers(1, 4)),
    st.builds(lambda kind, color: Edit("paint", kind, color=color), kinds, colors),
    st.builds(
        lambda pair: Edit("swap", pair[0], other=pair[1]),
        st.lists(kinds, min_size=2, max_size=2, unique=True),
    ),
)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    task = draw(st.sampled_from(TASKS))
    imagined = () if task == "action" else tuple(draw(st.lists(edits, max_size=1)))
    if task == "identification":
        ref = draw(st.builds(Ref, color=colors) | st.builds(Ref, place=st.sampled_from(SUPERLATIVES)))
        return Query(task, ref, edits=imagined)
    if task == "attribute":
        return Query(
            task, draw(st.builds(Ref, kinds) | st.builds(Ref, st.just(PERSON), action=actions)), edits=imagined
        )
    if task == "count":
        return Query(task, kinds=tuple(draw(st.lists(kinds, min_size=1, max_size=3, unique=True))), edits=imagined)
    if task == "action":
        return Query(task, draw(st.builds(Ref, st.just(PERSON), st.just("") | colors)))
    one, other = draw(st.lists(kinds, min_size=2, max_size=2, unique=True))
    return Query(task, Ref(one, draw(st.just("") | colors)), Ref(other), edits=imagined)


@given(queries(), st.integers(0, 2**32))
@settings(max_examples=400, deadline=None)
def test_wording_and_reading_are_inverse_even_among_asides_and_claims(query: Query, seed: int) -> None:
    rng = random.Random(seed)
    text = question(query, rng)
    assert read_question(text).query == query, text
    distracted = read_question(distract(text, "a red banana", rng))
    assert (distracted.query, len(distracted.asides)) == (query, 1)
    misled = read_question(mislead(text, "cats are blue", rng))
    assert (misled.query, len(misled.claims)) == (query, 1)


def test_other_texts_are_no_questions_about_a_scene() -> None:
    for text in ("Tell me a joke.", "", "What year is it?", "What colour is justice?"):
        assert read_question(text).query is None


THINGS = (
    Thing("cat", "red", 0.2, 0.2, 0.2),
    Thing("cat", "blue", 0.8, 0.2, 0.3),
    Thing("car", "green", 0.5, 0.8, 0.4),
    Thing(PERSON, "pink", 0.2, 0.8, 0.3, "reading"),
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query("identification", Ref(color="green")), "car"),
        (Query("identification", Ref(place="largest")), "car"),
        (Query("identification", Ref(place="highest")), "cat"),
        (Query("identification", Ref(color="white")), None),
        (Query("attribute", Ref("car")), "green"),
        (Query("attribute", Ref("cat")), None),
        (Query("attribute", Ref("car"), edits=(Edit("paint", "car", color="black"),)), "black"),
        (Query("spatial", Ref("car"), Ref("cat", "red")), "below"),
        (Query("spatial", Ref("cat", "red"), Ref("cat", "blue")), "left"),
        (Query("spatial", Ref("car"), Ref(PERSON), edits=(Edit("swap", "car", other=PERSON),)), "left"),
        (Query("count", kinds=("cat", "ball")), {"cat": 2, "ball": 0}),
        (Query("count", kinds=("cat",), edits=(Edit("remove", "cat", 1),)), {"cat": 1}),
        (Query("count", kinds=("cat",), edits=(Edit("remove", "cat"),)), {"cat": 0}),
        (Query("count", kinds=("cat",), edits=(Edit("add", "cat", 3),)), {"cat": 5}),
        (Query("action", Ref(PERSON)), "reading"),
        (Query("action", Ref("car")), None),
    ],
)
def test_answers_by_hand(query: Query, expected: object) -> None:
    assert answer(query, THINGS) == expected


@given(st.permutations(THINGS))
def test_answers_do_not_depend_on_the_order_of_things(things: list[Thing]) -> None:
    for query in (
        Query("spatial", Ref("car"), Ref(PERSON)),
        Query("count", kinds=("cat",)),
        Query("action", Ref(PERSON)),
    ):
        assert answer(query, things) == answer(query, THINGS)


def test_swapping_twice_changes_nothing_and_a_missing_thing_is_not_swapped() -> None:
    swap = Edit("swap", "car", other=PERSON)
    assert imagine(swap, imagine(swap, THINGS)) == THINGS
    assert imagine(Edit("swap", "car", other="ball"), THINGS) == THINGS


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("level", LEVELS)
def test_composed_scenes_have_the_label_as_their_answer(task, level: int) -> None:
    rng = random.Random(f"{task} {level}")
    for label in islice(balanced(LABELS[task], rng), 25):
        scene_question = compose(task, label, rng, Difficulty.level(level))
        found = (
            scene_question.answer
            if isinstance(scene_question.answer, str)
            else str(next(iter(scene_question.answer.values())))
        )
        assert found == label
        assert scene_question.answer == SceneQuestion.about(scene_question.scene, scene_question.query).answer
        assert 0 < scene_question.guess <= 0.25


@given(st.integers(1, 8), st.integers(0, 100), st.integers(0, 2**32))
def test_labels_are_balanced(labels: int, drawn: int, seed: int) -> None:
    counts = Counter(islice(balanced(range(labels), random.Random(seed)), drawn))
    shares = [counts[label] for label in range(labels)]
    assert max(shares) - min(shares) <= 1


def test_hard_scenes_use_similar_colours() -> None:
    alike = ({"red", "orange"}, {"orange", "yellow"}, {"pink", "purple"}, {"blue", "purple"}, {"orange", "brown"})

    def share(level: int) -> float:
        rng = random.Random(5)
        scenes = [compose("attribute", "orange", rng, Difficulty.level(level)).scene for _ in range(150)]
        return sum(
            any({one.color, two.color} in alike for one in scene.things for two in scene.things) for scene in scenes
        ) / len(scenes)

    assert share(5) > share(2) + 0.2


def test_claims_suggest_answers() -> None:
    assert claimed_answer(Query("attribute", Ref("cat")), "Everyone knows that the cat is blue.") == "blue"
    assert (
        claimed_answer(Query("identification", Ref(color="red")), "Everyone knows that the red object is a car.")
        == "car"
    )
    assert (
        claimed_answer(Query("spatial", Ref("cat"), Ref("car")), "It is a fact that the cat is above the car.")
        == "above"
    )
    assert claimed_answer(Query("count", kinds=("cat",)), "Nobody doubts that there are seven cats.") == {"cat": 7}
    assert claimed_answer(Query("action", Ref(PERSON)), "Nobody doubts that the person is sleeping.") == "sleeping"
    assert claimed_answer(Query("attribute", Ref("cat")), "Everyone knows that cats are nice.") is None


@pytest.mark.parametrize("task", PICTURE_TASKS)
def test_requests_can_be_met_and_agree_with_their_target(task) -> None:
    rng = random.Random(task)
    for _ in range(60):
        found = sample_request(task, rng, Difficulty.level(2))
        kinds, target = found.meaning.kinds, found.target
        if task == "spatial":
            assert target == {"objects": list(kinds), "relations": [link.relation for link in found.meaning.links]}
            assert _fulfillable(target["relations"])
        elif task == "count":
            assert target["counts"] == {part.kind: part.count for part in found.meaning.parts}
        elif task == "attribute":
            assert target["question"] == f"Is the {kinds[0]} {found.meaning.parts[0].color}?"
        else:
            assert target["objects"] == list(kinds)
        assert len(set(kinds)) == len(kinds)


def _fulfillable(relations: list[str]) -> bool:
    """Whether three points can have these relations: the steps around the ring must be able to sum to zero."""
    steps = {"left": (-1, 0), "right": (1, 0), "above": (0, -1), "below": (0, 1)}
    sideways = {steps[relation][0] for relation in relations}
    upright = {steps[relation][1] for relation in relations}
    # each step has one strictly larger coordinate, so all three cannot point the same way
    return not (sideways in ({1}, {-1}) or upright in ({1}, {-1})) and len(relations) == 3


def test_an_empty_scene_has_no_answers() -> None:
    assert answer(Query("identification", Ref(place="largest")), ()) is None
    assert arrange(random.Random(0), [], Difficulty.level(1)).things == ()
    assert Scene(()).counts() == {}
    assert arrange(random.Random(0), [UnplacedThing("cat", "red")], Difficulty.level(1)).counts() == {"cat": 1}
