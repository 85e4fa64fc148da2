"""Every declared metric has a card, and the page in the docs is made of the same cards."""

from __future__ import annotations

import pytest

from mmdt.core.scenario import Metric
from mmdt.report.cards.card import _entries, all_cards, card_of
from mmdt.report.names import DisplayNames, summary_address
from mmdt.stats.metrics import mean_of
from tests.report.cards.page import PAGE, built_in, cards_page

DECLARED = [
    (metric, scenario.address)
    for perspective in built_in()
    for scenario in perspective.scenarios
    for metric in scenario.metrics
]


@pytest.mark.parametrize(("metric", "address"), DECLARED, ids=lambda each: getattr(each, "name", each))
def test_every_metric_has_a_card_that_says_all_that_a_reader_needs(metric, address):
    card = card_of(metric, address)
    assert card.written
    assert all((card.question, card.unit, card.formula, card.direction, card.good, card.limits, card.source))


def test_every_summary_has_a_card():
    perspectives = built_in()
    names = DisplayNames.of(perspectives)
    for perspective in perspectives:
        for summary in perspective.summaries:
            style = names.style(summary_address(perspective.name, summary.name), summary.metric)
            assert style.card is not None, summary.name
            assert style.card.written, summary.name


def test_no_card_is_left_over():
    used = {metric.name.removesuffix("_published") for metric, _ in DECLARED} | {metric.name for metric, _ in DECLARED}
    assert {name for entry in _entries() for name in entry.metrics} <= used


def test_a_signed_bias_says_that_0_is_fair_and_a_description_does_not():
    names = DisplayNames.of(built_in())
    assert names.style("fairness/i2t/stereotype", "gender").way("neither") == "0 is fair"
    assert names.style("privacy/t2i/training", "different").way("neither") == "neither is better"
    assert names.style("safety/i2t/typography", "HGR").way("lower") == "lower is better"


@pytest.mark.parametrize(("metric", "address"), DECLARED, ids=lambda each: getattr(each, "name", each))
def test_a_signed_metric_has_a_fair_value_and_every_other_direction_a_best_one(metric, address):
    card = card_of(metric, address)
    if metric.direction == "neither":
        assert card.span is None
        assert (card.fair is not None) == ("signed" in card.unit)
    elif card.span:
        worst, best = card.span
        assert (best > worst) == (metric.direction == "higher")


def test_a_title_in_a_question_is_the_metric_s_own():
    metric = next(
        metric for metric, address in DECLARED if (metric.name, address) == ("phone", "privacy/i2t/documents")
    )
    assert card_of(metric, "privacy/i2t/documents").question.startswith("Telephone number leaked:")


def test_a_metric_of_a_plugin_has_a_card_of_what_it_declares():
    metric: Metric = mean_of("warm", title="Warmth", direction="higher")
    card = card_of(metric, "manners/i2t/short")
    assert (card.written, card.title, card.direction, card.span) == (False, "Warmth", "Higher is better.", (0.0, 1.0))
    unbounded = Metric("km", "Distance", "lower", metric.estimate, percent=False)
    assert card_of(unbounded, "manners/i2t/short").span is None


def test_a_published_metric_says_whose_rule_it_is():
    metric = next(metric for metric, _ in DECLARED if metric.name == "HGR_published")
    card = card_of(metric, "safety/t2i/vanilla")
    assert card.formula.startswith("By the authors' rule")
    assert "AI-secure/MMDT" in card.source


def test_cards_with_the_same_id_are_the_same_card():
    cards = {card for cards in all_cards(built_in()).values() for card in cards}
    assert len({each.anchor for each in cards}) == len(cards)


def test_the_page_in_the_docs_is_made_of_the_cards():
    assert PAGE.read_text(encoding="utf-8") == cards_page(built_in()), "python -m tests.report.cards.page writes it"
