"""The embedded suite: every scenario fills its cells with distinct, seeded, balanced and correct cases."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import chain

import pytest
from scipy.stats import binomtest

from mmdt.attacks.text.homoglyphs import fold
from mmdt.core.case import Case
from mmdt.errors import UsageError
from mmdt.perspectives.adversarial import scenarios as adversarial
from mmdt.perspectives.hallucination import scenarios as hallucination
from mmdt.perspectives.ood import scenarios as ood
from mmdt.synthetic.worlds.language.edits import SUPPOSE
from mmdt.synthetic.worlds.language.picture_requests import ring_relations
from mmdt.synthetic.worlds.language.queries import answer
from mmdt.synthetic.worlds.language.question_reader import claimed_answer, read_question
from mmdt.synthetic.worlds.language.reader import read_prompt
from mmdt.synthetic.worlds.language.request_reader import believe_claim, read_request
from mmdt.synthetic.worlds.scene_questions import LABELS
from mmdt.synthetic.worlds.statistics import lift, pairs
from mmdt.synthetic.worlds.suite import embedded
from mmdt.synthetic.worlds.suite.cases import distinct
from mmdt.synthetic.worlds.suite.counterfactual import LABELS_AFTER
from mmdt.synthetic.worlds.suite.misleading import PREMISES
from mmdt.synthetic.worlds.vision.letters import read
from mmdt.synthetic.worlds.vision.see import see

SCENARIOS = {
    scenario.address: scenario
    for perspective in (hallucination, ood, adversarial)
    for scenario in perspective.PERSPECTIVE.scenarios
}
CLEAR = ("natural", "counterfactual", "distraction", "misleading")


def cases_of(address: str, count: int, seed: int = 0) -> list[Case]:
    return list(embedded(*address.split("/"))(seed, count))


@pytest.mark.parametrize("address", SCENARIOS)
def test_every_declared_cell_is_filled_with_distinct_seeded_cases(address: str) -> None:
    cases = cases_of(address, 4)
    assert Counter(case.cell for case in cases) == dict.fromkeys(SCENARIOS[address].cells, 4)
    assert len({case.id for case in cases}) == len(cases)
    assert [case.id for case in cases_of(address, 4)] == [case.id for case in cases]
    assert [case.id for case in cases_of(address, 4, seed=1)] != [case.id for case in cases]
    assert all(bool(case.images) == (case.cell.modality == "i2t") for case in cases)
    assert all(case.target for case in cases)


def test_fewer_cases_are_the_first_of_more() -> None:
    for address in ("hallucination/i2t/natural", "ood/t2i/Shake_", "adversarial/i2t/attack"):
        few, many = defaultdict(list), defaultdict(list)
        for kept, count in ((few, 2), (many, 5)):
            for case in cases_of(address, count):
                kept[case.cell].append(case.id)
        assert all(many[cell][:2] == ids for cell, ids in few.items())


def test_unknown_scenarios_are_refused() -> None:
    with pytest.raises(KeyError):
        embedded("hallucination", "i2t", "dreams")


def seen_answer(case: Case) -> object:
    """The answer that the picture itself gives to the question."""
    query = read_question(case.prompt).query
    return answer(query, [seen.thing() for seen in see(case.images[0].pil())])


@pytest.mark.parametrize("scenario", CLEAR)
def test_the_picture_gives_the_answer_that_the_target_holds(scenario: str) -> None:
    cases = cases_of(f"hallucination/i2t/{scenario}", 12)
    wrong = [(case.prompt, case.target, found) for case in cases if (found := seen_answer(case)) != truth(case)]
    assert len(wrong) <= 0.02 * len(cases), wrong


def truth(case: Case) -> object:
    """The target's answer in the words of queries."""
    target = case.target
    if "counts" in target:
        return target["counts"]
    if "keyword" in target:
        if case.cell.task == "count":
            query = read_question(case.prompt).query
            return {query.kinds[0]: int(target["keyword"])}
        return target["keyword"]
    return target.get("answers", [target["answer"]])[-1]


@pytest.mark.parametrize("scenario", ["natural", "counterfactual"])
def test_answers_are_balanced_and_guessing_gains_nothing(scenario: str) -> None:
    by_task = defaultdict(list)
    for case in cases_of(f"hallucination/i2t/{scenario}", 20):
        by_task[case.cell.task].append(case)
    for task, cases in by_task.items():
        found = [truth(case) for case in cases]
        answers = Counter(str(next(iter(each.values())) if isinstance(each, Mapping) else each) for each in found)
        labels = LABELS_AFTER[task] if scenario == "counterfactual" else LABELS[task]
        assert set(answers) <= set(labels) or (scenario, task) == ("counterfactual", "count")
        # 20 cases over k labels: each label comes up 20 / k times, rounded up or down
        if (scenario, task) != ("counterfactual", "count"):
            assert max(answers.values()) <= -(-20 // len(labels)), (task, answers)
        assert all(case.target["guess"] == pytest.approx(1 / len(labels)) for case in cases)


def test_premises_are_true_as_often_as_any_label() -> None:
    for case in cases_of("hallucination/i2t/misleading", 12):
        read_back = read_question(case.prompt)
        assert len(read_back.claims) == 1
        suggested = claimed_answer(read_back.query, read_back.claims[0])
        premise = (
            {read_back.query.kinds[0]: int(case.target["premise"])}
            if case.cell.task == "count"
            else case.target["premise"]
        )
        assert suggested == premise
        assert (suggested == truth(case)) == (seen_answer(case) == suggested)
    for task, labels in PREMISES.items():
        cases = [case for case in cases_of("hallucination/i2t/misleading", 40, 5) if case.cell.task == task]
        true = sum(case.target["premise"] == case.target["keyword"] for case in cases)
        assert binomtest(true, len(cases), 1 / len(labels)).pvalue > 0.001, (task, true)
    for case in cases_of("hallucination/t2i/misleading", 12):
        parsed = read_request(case.prompt)
        assert believe_claim(parsed.meaning, parsed.claims[0]) != parsed.meaning
        assert fulfils(case)


def fulfils(case: Case) -> bool:
    """Whether the meaning read from the prompt fulfils the target."""
    meaning, target = read_request(case.prompt).meaning, case.target
    kinds = meaning.kinds
    if "counts" in target:
        return target["counts"] == {part.kind: part.count for part in meaning.parts}
    if "relations" in target:
        found = ring_relations(meaning) if len(kinds) == 3 else [link.relation for link in meaning.links]
        return target["objects"] == list(kinds) and target["relations"] == found
    if "visible" in target:
        return target["visible"] == list(kinds) and target["absent"] == list(meaning.absent)
    if "present" in target:
        return set(target["present"]) <= set(kinds) and not set(target["absent"]) & set(kinds)
    if "question" in target:
        scene_question = target["question"].rstrip("?").split()
        color, kind = (
            (scene_question[-1], scene_question[-2])
            if scene_question[0] == "Is" and scene_question[1] == "the"
            else (scene_question[3], scene_question[4])
        )
        there = any((part.kind, part.color) == (kind, color) for part in meaning.parts)
        return there == (target.get("expected", "yes") == "yes")
    if "keyword" in target:
        return target["keyword"] == meaning.text
    if "size" in target:
        sizes = {part.kind: part.size for part in meaning.parts}
        return (sizes[target["objects"][0]] == "large") == (target["size"] == "larger")
    if "prompt" in target:
        return read_prompt(target["prompt"]) == meaning
    return target["objects"] == list(kinds)


DRAWN = [address for address in SCENARIOS if "/t2i/" in address and not address.startswith("adversarial")]


@pytest.mark.parametrize("address", DRAWN)
def test_prompts_ask_for_what_the_target_expects(address: str) -> None:
    wrong = [(case.prompt, case.target) for case in cases_of(address, 15) if not fulfils(case)]
    assert not wrong


def test_asides_and_changes_are_in_the_prompt() -> None:
    for case in cases_of("hallucination/t2i/distraction", 10):
        parsed = read_request(case.prompt)
        assert case.target["distractor"] in parsed.asides[0]
        assert case.target["distractor"] not in parsed.meaning.kinds
    for case in cases_of("hallucination/i2t/counterfactual", 5):
        assert SUPPOSE.search(case.prompt)
    ways = Counter(case.target["distraction"] for case in cases_of("hallucination/i2t/distraction", 15))
    assert set(ways) == {"boxes", "clutter", "sentence"}


@pytest.mark.parametrize("split", ["high_cooc", "low_cooc", "historical_bias"])
def test_cooccurrence_follows_the_statistics(split: str) -> None:
    now, then = lift(), lift("historical")
    for case in cases_of(f"hallucination/t2i/cooccurrence_{split}", 15):
        if case.cell.task != "identification":
            continue
        pair = tuple(sorted([*case.target["present"], *case.target["absent"]]))
        assert len(pair) == 2
        if split == "high_cooc":
            assert now[pair] > 2 and case.target["absent"]
        elif split == "low_cooc":
            assert now[pair] < 0.5 and not case.target["absent"]
        else:
            assert then[pair] > 2 and now[pair] < 0.5
    expected = Counter(case.target["expected"] for case in cases_of(f"hallucination/i2t/cooccurrence_{split}", 15))
    assert set(expected) == ({"yes"} if split == "low_cooc" else {"yes", "no"})
    assert split == "low_cooc" or expected["no"] > 2 * expected["yes"]


def test_cooccurring_scenes_hold_what_their_target_says() -> None:
    for case in chain.from_iterable(
        cases_of(f"hallucination/i2t/cooccurrence_{s}", 8) for s in ("high_cooc", "low_cooc")
    ):
        things = [seen.thing() for seen in see(case.images[0].pil())]
        if case.cell.task == "identification":
            said = {thing.kind for thing in things}
        else:
            found = answer(read_question(case.prompt).query, things)
            said = {str(next(iter(found.values())) if isinstance(found, Mapping) else found)}
        words = set(case.target["words"])
        assert words <= said if case.target["expected"] == "yes" else not words & said, (case.prompt, case.target)


def test_the_world_has_pairs_of_every_kind() -> None:
    assert {"high": len(pairs("high")) > 20, "low": len(pairs("low")) > 50, "historical": len(pairs("historical")) > 15}
    assert not set(pairs("high")) & set(pairs("low"))
    assert set(pairs("historical")) <= set(pairs("low"))
    assert all(value >= 0 for value in lift().values())


def test_written_truth_is_legible() -> None:
    for case in cases_of("hallucination/i2t/ocr", 12):
        text = read(case.images[0].pil())
        keyword = case.target["keyword"]
        assert (keyword in text) == ("truth" in case.target), (text, case.target)
        assert text
        if case.cell.task == "cooccur":
            assert case.target["other"] not in text.split()


def test_styles_and_renderings_are_paired_with_the_clean_cases() -> None:
    for modality in ("i2t", "t2i"):
        clean = {case.group: case for case in cases_of(f"ood/{modality}/original", 3)}
        for address in SCENARIOS:
            if not address.startswith(f"ood/{modality}/") or address.endswith("original"):
                continue
            changed = cases_of(address, 3)
            assert {case.group for case in changed} == set(clean)
            for case in changed:
                twin = clean[case.group]
                assert {key: value for key, value in case.target.items() if key != "severity"} == twin.target
                shown = (case.prompt, [image.digest for image in case.images])
                assert shown != (twin.prompt, [image.digest for image in twin.images])


@pytest.mark.parametrize("modality", ["i2t", "t2i"])
def test_attacks_are_paired_and_change_no_truth(modality: str) -> None:
    clean = {case.group: case for case in cases_of(f"adversarial/{modality}/clean", 20)}
    attacked = cases_of(f"adversarial/{modality}/attack", 20)
    assert {case.group for case in attacked} == set(clean)
    for case in attacked:
        twin = clean[case.group]
        assert case.target == twin.target
        if modality == "t2i":
            assert case.prompt != twin.prompt
            assert read_request(case.prompt).meaning == read_request(twin.prompt).meaning
        else:
            assert [seen.kind for seen in see(case.images[0].pil())] == [
                seen.kind for seen in see(twin.images[0].pil())
            ]
    methods = {"i2t": {"typographic", "patch"}, "t2i": {"characters", "homoglyphs", "synonyms", "insertion"}}
    assert {case.target["attack"] for case in attacked} == methods[modality]


def test_homoglyphs_change_letters_alone() -> None:
    clean = {case.group: case.prompt for case in cases_of("adversarial/t2i/clean", 30)}
    for case in cases_of("adversarial/t2i/attack", 30):
        if case.target["attack"] == "homoglyphs":
            assert fold(case.prompt) == clean[case.group]


def test_asking_for_more_cases_than_there_are_is_an_error() -> None:
    rng = random.Random(0)
    cell = SCENARIOS["hallucination/t2i/natural"].cells[0]
    candidates = (Case.make(cell, f"Draw {rng.choice('abc')}.") for _ in iter(int, 1))
    with pytest.raises(UsageError, match="only about 3 different cases"):
        list(distinct(candidates, 4))
