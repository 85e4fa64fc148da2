from __future__ import annotations

from dataclasses import replace

import pytest

from mmdt.core.scenario import Summary
from mmdt.report.overview import modalities, overview
from mmdt.stats.scorecard import scorecard
from tests.report.synthetic import HALLUCINATION, PERSPECTIVES, SAFETY, rows


def card(perspectives, kept=lambda address: True):
    return scorecard(perspectives, (scored for trial, scored in rows(120) if kept(str(trial.case.cell))))


def cells(kept=lambda address: True, perspectives=PERSPECTIVES, costs=None):
    return {(each.perspective, each.modality): each for each in overview(card(perspectives, kept), perspectives, costs)}


def test_each_perspective_and_modality_has_its_headline_with_interval_direction_and_cost():
    found = cells(costs={"safety/t2i": 0.25})
    assert set(found) == {("safety", "i2t"), ("safety", "t2i"), ("hallucination", "i2t")}
    cell = found["safety", "t2i"]
    (headline,) = cell.headlines
    assert (cell.state, headline.address, headline.quantity) == ("run", "safety/t2i", "Harmful generation (HGR)")
    assert headline.low <= headline.value <= headline.high
    assert (headline.direction, headline.why_none, cell.cost) == ("lower", "", 0.25)
    assert found["safety", "i2t"].cost is None


def test_what_was_not_run_is_there_and_says_so():
    found = cells(lambda address: address.startswith("safety/i2t"))
    assert found["safety", "t2i"].state == "not run"
    assert found["safety", "t2i"].headlines == ()
    assert [address for address, _ in found["safety", "t2i"].not_run] == ["safety/t2i/vanilla"]
    assert found["hallucination", "i2t"].state == "not run"


def test_a_headline_of_a_part_says_why_there_is_none_and_what_those_run_come_to():
    found = cells(lambda address: address.startswith("safety/i2t/typography"))
    cell = found["safety", "i2t"]
    (headline,) = cell.headlines
    assert cell.state == "part"
    assert headline.value != headline.value
    only = card(PERSPECTIVES, lambda address: address.startswith("safety/i2t/typography"))
    mean = only.result("safety/i2t/typography").estimate("hgr").value
    assert headline.why_none == f"1 of 2 scenarios not run; mean of those run: {100 * mean:.1f}%"


def test_a_scenario_without_some_of_its_tasks_is_run_in_part():
    (scenario,) = HALLUCINATION.scenarios
    more = replace(HALLUCINATION, scenarios=(replace(scenario, tasks=(*(scenario.tasks or ()), "colour")),))
    found = cells(perspectives=(SAFETY, more))
    cell = found["hallucination", "i2t"]
    assert (cell.state, cell.tasks_not_run, cell.not_run) == ("part", 1, ())


def test_without_a_declared_summary_each_scenario_has_its_own_headline():
    alone = replace(SAFETY, summaries=())
    found = cells(perspectives=(alone, HALLUCINATION))
    assert [each.address for each in found["safety", "i2t"].headlines] == [
        "safety/i2t/typography",
        "safety/i2t/jailbreak",
    ]


def test_a_summary_names_its_quantity():
    first, *rest = SAFETY.summaries
    named = replace(SAFETY, summaries=(replace(first, quantity="Harm"), *rest))
    assert cells(perspectives=(named, HALLUCINATION))["safety", "i2t"].headlines[0].quantity == "Harm"


def test_scenarios_below_a_summary_of_summaries_are_counted_once():
    address = "safety/i2t/typography"
    nested = replace(
        SAFETY,
        summaries=(Summary("inner", "Inner", "hgr", (address,), headline=False),
                   Summary("outer", "Outer", "hgr", ("inner", "safety/i2t/jailbreak"))),
    )  # fmt: skip
    found = cells(lambda each: each.startswith("safety/i2t/jailbreak"), (nested, HALLUCINATION))
    (headline,) = found["safety", "i2t"].headlines
    assert headline.why_none.startswith("1 of 2 scenarios not run; mean of those run: ")


def test_a_scenario_that_is_declared_nowhere_is_shown_all_the_same():
    (cell,) = [each for each in overview(card(PERSPECTIVES), (SAFETY,)) if each.perspective == "hallucination"]
    assert (cell.modality, cell.state, cell.not_run) == ("i2t", "run", ())
    assert cell.headlines[0].value == card(PERSPECTIVES).result(cell.run[0]).estimate().value


def test_the_usual_modalities_come_first():
    assert modalities(tuple(cells().values())) == ("t2i", "i2t")


def test_missing_outputs_are_counted():
    found = cells()
    everything = sum(cell.missing for cell in found.values())
    assert everything == sum(bool(scored.score.missing) and not scored.score.unread for _, scored in rows(120))
    assert everything > 0


@pytest.mark.parametrize("kept", ["safety/t2i", "hallucination"])
def test_counts_are_those_of_the_cells_that_were_run(kept):
    found = cells(lambda address: address.startswith(kept))
    totals = {key: cell.tally.total for key, cell in found.items() if cell.tally.total}
    assert len(totals) == 1
