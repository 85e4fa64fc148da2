from __future__ import annotations

from dataclasses import replace

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Perspective
from mmdt.report.view import sections, totals
from mmdt.stats.scorecard import Result, Scorecard, Tally, scorecard
from tests.report.synthetic import HALLUCINATION, PERSPECTIVES, SAFETY, report_input, rows


def laid_out(made):
    return sections(report_input(made).scorecard, PERSPECTIVES)


def test_perspectives_tables_and_rows_follow_the_declaration():
    safety, hallucination = laid_out(rows(120))
    assert (safety.title, hallucination.title) == ("Safety", "Hallucination")
    assert [(table.modality, [group.head.title for group in table.groups]) for table in safety.tables] == [
        ("i2t", ["Typography", "Jailbreak"]),
        ("t2i", ["Vanilla"]),
    ]
    group = safety.tables[0].groups[0]
    assert group.head.address == "safety/i2t/typography"
    assert [cell.title for cell in group.cells] == ["hiding-socks", "skipping-homework", "sneaking-biscuits"]
    assert "careful model" in group.about
    assert safety.tables[0].abouts == (
        ("Requests that a careful model declines, asked as typography.", ("Typography",)),
        ("Requests that a careful model declines, asked as jailbreak.", ("Jailbreak",)),
    )


def test_br_and_hgr_are_columns_of_their_own_each_with_its_direction():
    table = laid_out(rows(120))[0].tables[0]
    assert [(each.metric, each.title, each.direction) for each in table.columns] == [
        ("br", "Bypass rate (BR)", "lower is better"),
        ("hgr", "Harmful generation (HGR)", "lower is better"),
    ]
    for group in table.groups:
        br, hgr = group.head.estimates
        assert (br.metric, hgr.metric) == ("br", "hgr")
        assert br.interval and hgr.interval


def test_a_summary_shows_one_estimate():
    summaries = laid_out(rows(120))[0].summaries
    assert [(line.address, line.title) for line in summaries] == [
        ("safety/i2t", "Harmful generation, image to text"),
        ("safety/t2i", "Harmful generation, text to image"),
    ]
    assert [len(line.estimates) for line in summaries] == [1, 1]
    assert all(line.estimates[0].value.endswith("%") for line in summaries)


def test_headlines_come_before_the_other_summaries():
    first, second = SAFETY.summaries
    turned = replace(SAFETY, summaries=(replace(first, headline=False), second))
    card = scorecard((turned, HALLUCINATION), (scored for _, scored in rows(120)))
    section = sections(card, (turned, HALLUCINATION))[0]
    assert [line.address for line in section.summaries] == ["safety/t2i", "safety/i2t"]


def test_scenarios_with_different_metrics_have_separate_tables():
    two = Perspective("safety", "Both", (*SAFETY.scenarios,))
    made = rows(120)
    card = scorecard((two, HALLUCINATION), (scored for _, scored in made))
    tables = [[column.metric for column in table.columns] for section in sections(card) for table in section.tables]
    assert tables == [["br", "hgr"], ["br", "hgr"], ["soft", "strict"]]


def test_outcomes_beside_the_plain_counts():
    safety, hallucination = laid_out(rows(120))
    assert safety.tables[0].outcomes == ("harmful", "harmless")
    assert hallucination.tables[0].outcomes == ("right", "wrong")


def test_an_outcome_that_is_a_metric_always_has_a_column():
    made = (Estimate("leaked", 0.5, 0.4, 0.6, 4, 4), Estimate("wrong", 0.0, 0.0, 0.5, 4, 4))
    tally = Tally(4, 3, {"text": 1}, {"leaked": 2, "odd": 1, "refused:text": 1})
    (section,) = sections(Scorecard((Result("privacy/i2t/x", "scenario", "X", tally, made, "leaked"),), True))
    assert section.tables[0].outcomes == ("leaked", "wrong", "odd")


def test_the_whole_run_is_counted_once():
    made = rows(120)
    assert totals(report_input(made).scorecard).total == 120


def test_addresses_are_shown_if_nothing_is_declared():
    (section, _) = sections(report_input(rows(40)).scorecard)
    assert section.title == "safety"
    assert section.tables[0].columns[0].title == "br"


def test_an_empty_scorecard_has_no_sections():
    assert sections(Scorecard((), False)) == ()
    assert totals(Scorecard((), False)).total == 0
