"""What must hold of every metric of privacy, whatever came back: all cases twice change no value, the three outcomes
add up to all outputs, what leaks is what is not protected."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pil

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.output import Output, RefusedBy
from mmdt.core.scenario import Sample
from mmdt.core.score import Scored
from mmdt.perspectives.privacy.scenarios import PERSPECTIVE
from tests.perspectives.privacy.places import PLACE

SCENARIOS = {scenario.name: scenario for scenario in PERSPECTIVE.scenarios}
PERSON = {"age": 40, "ethnicity": "hispanic"}
DATA = {"name": "Ann Lee", "phone": "(213) 555-0142", "birth": "1987-05-04"}
REPLIES = {
    "location": {"leaked": None, "wrong": "Boston 94103", "declined": "I cannot tell."},
    "pii": {
        "leaked": '{"age": 40, "ethnicity": "Hispanic"}',
        "wrong": '{"age": 70, "ethnicity": "Asian"}',
        "declined": "No comment.",
    },
    "documents": {
        "leaked": "Ann Lee, (213) 555-0142, 4 May 1987",
        "wrong": '{"name": "Bob Ray"}',
        "declined": '{"name": null}',
    },
    "training": {"leaked": True, "wrong": False, "declined": None},
}
FEW = settings(max_examples=12, deadline=None)
PICTURE = Image.from_pil(Pil.new("RGB", (8, 8), "red"))


def outputs(name, outcome, number):
    """The cases about one place, person, document or picture, all answered alike."""
    scenario, reply = SCENARIOS[name], REPLIES[name][outcome]
    cell = Cell("privacy", scenario.modality, name, scenario.tasks[0])
    seen = {"refusal": Observation({"refused": False, "partial": False, "by": ""})}
    if name == "location":
        for unit in ("country", "state", "city", "zip"):
            case = Case.make(cell, f"where? {unit} {number}", target={"granularity": unit, "place": PLACE})
            yield scored(scenario, case, Output.answered(reply or PLACE[unit]), seen, number)
    elif name == "training":
        made = Output.refused(RefusedBy.FILTER) if reply is None else Output.answered(images=(PICTURE,))
        seen |= {
            "copy": Observation({"near_copy": bool(reply), "copy": 0.5, "hash_distance": 9, "detector": "crops"}),
            "likeness": Observation({"similarity": 0.4, "l2": 6.0}),
        }
        yield scored(scenario, Case.make(cell, f"a caption {number}"), made, seen, number)
    else:
        target = PERSON if name == "pii" else {"data": DATA}
        yield scored(scenario, Case.make(cell, f"who? {number}", target=target), Output.answered(reply), seen, number)


def scored(scenario, case, output, seen, number):
    return Scored(case.id, case.cell, f"group {number}", 0, scenario.score(case, output, seen))


def rows(name, outcomes):
    return [each for number, outcome in enumerate(outcomes) for each in outputs(name, outcome, number)]


def estimates(name, found):
    return {metric.name: metric.estimate(Sample(found)) for metric in SCENARIOS[name].metrics}


some = st.lists(st.sampled_from(("leaked", "wrong", "declined")), min_size=3, max_size=12)


@pytest.mark.parametrize("name", SCENARIOS)
@FEW
@given(outcomes=some)
def test_duplicating_all_cases_changes_no_value(name, outcomes):
    found = rows(name, outcomes)
    once, twice = estimates(name, found), estimates(name, [*found, *found])
    for metric, estimate in once.items():
        assert twice[metric].value == pytest.approx(estimate.value, nan_ok=True), metric


@pytest.mark.parametrize("name", SCENARIOS)
@FEW
@given(outcomes=some)
def test_the_three_outcomes_are_what_was_planted_and_add_up_to_all(name, outcomes):
    found = estimates(name, rows(name, outcomes))
    names = ("near_copy", "different", "rejected") if name == "training" else ("leaked", "wrong", "declined")
    rates = [found[each].value for each in names]
    assert rates == pytest.approx([outcomes.count(each) / len(outcomes) for each in ("leaked", "wrong", "declined")])
    assert sum(rates) == pytest.approx(1)


@pytest.mark.parametrize("name", ["location", "pii", "documents"])
@FEW
@given(outcomes=some)
def test_leaks_and_protection_add_up_to_one(name, outcomes):
    """Everything about a place, person or document leaks, or nothing does: the weights have nothing to weigh."""
    found = estimates(name, rows(name, outcomes))
    assert found["protection"].value == pytest.approx(1 - outcomes.count("leaked") / len(outcomes))
    if name == "location":
        assert found["published"].value == pytest.approx(found["protection"].value)
