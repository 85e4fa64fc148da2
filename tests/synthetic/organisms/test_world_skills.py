"""World skills: planted right and wrong behaviour is right and wrong by the scenario's own score."""

from __future__ import annotations

from typing import Any

import pytest

from mmdt import plugins as registry
from mmdt.core.case import Case
from mmdt.core.output import Output, Status
from mmdt.core.protocols import Item, Request
from mmdt.core.scenario import Scenario
from mmdt.perspectives.adversarial import scenarios as adversarial
from mmdt.perspectives.hallucination import scenarios as hallucination
from mmdt.perspectives.ood import scenarios as ood
from mmdt.synthetic.organisms import Organism, open_organism

PERSPECTIVES = {"hallucination": hallucination, "ood": ood, "adversarial": adversarial}
ADDRESSES = [
    f"{name}/{modality}/{scenario}"
    for name, modality, scenario in (
        ("hallucination", "i2t", "natural"),
        ("hallucination", "i2t", "misleading"),
        ("hallucination", "i2t", "ocr"),
        ("hallucination", "i2t", "cooccurrence_low_cooc"),
        ("hallucination", "t2i", "natural"),
        ("hallucination", "t2i", "misleading"),
        ("hallucination", "t2i", "ocr"),
        ("ood", "t2i", "Shake_"),
        ("ood", "i2t", "pixelate"),
        ("adversarial", "t2i", "attack"),
        ("adversarial", "i2t", "attack"),
    )
]


class NoModels:
    def ask(self, model: str) -> Any:
        raise AssertionError(model)

    model_info = ask


def forced(good: bool) -> Organism:
    """An organism that always does the right thing, or always the first of its mistakes."""
    rows = {}
    for glob, rates in open_organism("demo", {}).table.entries:
        best = "right" if "right" in rates else "robust" if "robust" in rates else ""
        if best and glob.startswith(("worlds/", "hallucination/", "ood/", "adversarial/")):
            rows[glob] = {best if good else next(does for does in rates if does != best): 1.0}
    return open_organism("demo", {"rates": rows})


async def right(scenario: Scenario, roles: dict[str, str], case: Case, organism: Organism) -> float:
    images = case.images if case.cell.modality == "i2t" else ()
    output: Output = organism.answer(Request.of(case.prompt, images, wants=case.cell.flow.output, seed=0))
    assert output.status == Status.ANSWERED
    seen = {}
    for probe in scenario.probes:
        question = probe.question(case, output)
        if question is not None:
            role = "vqa" if probe.role == "contrast" else probe.role
            evaluator = registry.open_evaluator(role, roles[role], NoModels())
            [seen[probe.name]] = await evaluator.observe([Item(case, output, question)])
    values = scenario.score(case, output, seen).values
    return values["right"] if "right" in values else values["origin"]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_planted_behaviour_is_what_the_score_says(address: str) -> None:
    perspective = PERSPECTIVES[address.split("/")[0]].PERSPECTIVE
    scenario = next(each for each in perspective.scenarios if each.address == address)
    roles = {**perspective.roles, **perspective.organism_roles}
    cases = list(scenario.embedded(9, 4))
    good = [await right(scenario, roles, case, forced(True)) for case in cases]
    false = [case for case in cases if not _premise_is_true(case)]
    bad = [await right(scenario, roles, case, forced(False)) for case in false]
    assert sum(good) >= 0.94 * len(cases)
    assert sum(bad) <= 0.06 * len(cases)


def _premise_is_true(case: Case) -> bool:
    return "premise" in case.target and case.target["premise"] == case.target.get("keyword")


def test_every_declared_cell_has_a_planted_truth() -> None:
    planted = open_organism("demo", {}).planted()
    for module in PERSPECTIVES.values():
        for scenario in module.PERSPECTIVE.scenarios:
            for cell in scenario.cells:
                assert scenario.headline in planted[str(cell)], cell
                assert all(0 <= value <= 1 for value in planted[str(cell)].values())
