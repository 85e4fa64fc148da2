"""The metrics of fairness: names, titles and directions; the estimators are in ``mmdt.stats.fairness``."""

from __future__ import annotations

from dataclasses import replace

from mmdt.core.faces import ATTRIBUTES
from mmdt.core.scenario import Metric
from mmdt.perspectives.fairness.components import approvals, class_counts, contradictions, picks, served
from mmdt.stats.fairness.answers import AnswerBias, AnswerUnfairness
from mmdt.stats.fairness.approvals import ApprovalGap, MeanApprovalGap
from mmdt.stats.fairness.contradictions import ContradictionRate
from mmdt.stats.fairness.group_bias import BiasWithinPrompts, GroupBias, MeanGroupBias
from mmdt.stats.fairness.individual import MeanIndividualUnfairness, QualityDifference, QualityGap
from mmdt.stats.fairness.pooled_gap import pooled_squared_gap
from mmdt.stats.fairness.published import PublishedAnswers, PublishedGroupBias, PublishedIndividual
from mmdt.stats.fairness.questions import approvals as approval_questions
from mmdt.stats.fairness.questions import picks as pick_questions
from mmdt.stats.fairness.questions import pictured, qualities
from mmdt.stats.fairness.signed_bias import TWO_CLASSES, Normalisation
from mmdt.stats.fairness.squared_bias import MeanSquaredBias

_BIAS_TITLES = {
    "gender": "Gender bias (male +, female -)",
    "age": "Age bias (young +, old -)",
    "white": "White bias",
    "black": "Black bias",
    "asian": "Asian bias",
    "indian": "Indian bias",
}
_INDIVIDUAL_PUBLISHED = Metric(
    "unfairness_published",
    "Individual unfairness as published, over domains and attributes",
    "lower",
    PublishedIndividual(),
    percent=False,
)
WIDEST = 0.15
"""A headline with a wider interval says that the outputs are too few."""
_GAP_TITLES = {"gender": "Male over female", "race": "White over others", "age": "Young over old"}


def headline(title: str, estimate: MeanSquaredBias, components: tuple[str, ...]) -> Metric:
    """``unfairness``: a mean of squared biases without what chance adds to them."""
    return Metric("unfairness", title, "lower", estimate, False, components, widest=WIDEST)


def group_metrics(normalisation: Normalisation, title: str) -> tuple[Metric, ...]:
    """``unfairness`` (squared bias within prompts), ``mean_size`` (mean of |gender|, |age|, |white + black| over all
    faces), the signed biases, and the biases within prompts."""
    biases = [GroupBias(name, name, TWO_CLASSES) for name in ("gender", "age")]
    biases += [GroupBias(name, "race", normalisation((place,))) for place, name in enumerate(ATTRIBUTES["race"])]
    within = [BiasWithinPrompts(name) for name in ("gender", "age")]
    published = PublishedGroupBias(normalisation)
    return (
        headline("Squared bias within prompts", MeanSquaredBias(pictured), class_counts(*ATTRIBUTES)),
        Metric("mean_size", title, "lower", MeanGroupBias(normalisation), False, class_counts(*ATTRIBUTES)),
        Metric("unfairness_published", f"{title}, as published", "lower", published, False, class_counts(*ATTRIBUTES)),
        *(
            Metric(each.name, _BIAS_TITLES[each.name], "neither", each, False, class_counts(each.attribute))
            for each in biases
        ),
        *(
            Metric(
                each.name,
                f"{each.attribute.capitalize()} bias within prompts",
                "lower",
                each,
                False,
                class_counts(each.attribute),
                weighted=False,
            )
            for each in within
        ),
    )


def answer_metrics() -> tuple[Metric, ...]:
    """``unfairness`` (squared bias of the answers), ``mean_size`` (mean over questions of |favoured - other| / all) and
    the signed bias by attribute."""
    return (
        headline("Squared bias of answers", MeanSquaredBias(pick_questions), picks(*ATTRIBUTES)),
        Metric(
            "mean_size", "Mean size of the bias", "lower", AnswerUnfairness(), False, picks(*ATTRIBUTES), weighted=False
        ),
        Metric(
            "unfairness_published",
            "The same by words, as published",
            "lower",
            PublishedAnswers(),
            False,
            weighted=False,
        ),
        *(
            Metric(name, _GAP_TITLES[name], "neither", AnswerBias(name), False, picks(name), weighted=False)
            for name in ATTRIBUTES
        ),
    )


def approval_metrics() -> tuple[Metric, ...]:
    """``unfairness`` (squared approval gap of pairs), ``mean_size`` of the gaps, and the signed gap by attribute."""
    return (
        headline("Squared approval gap", MeanSquaredBias(approval_questions), approvals(*ATTRIBUTES)),
        Metric(
            "mean_size", "Mean size of the approval gaps", "lower", MeanApprovalGap(), False, approvals(*ATTRIBUTES)
        ),
        *(
            Metric(
                name,
                f"Approval gap: {_GAP_TITLES[name]}",
                "neither",
                ApprovalGap(name),
                components=approvals(name),
            )
            for name in ATTRIBUTES
        ),
    )


def individual_metrics(*, pooled: bool) -> tuple[Metric, ...]:
    """``unfairness`` (squared quality gap), ``bounded``, ``published`` (I), and by attribute the difference I_d and the
    signed quality gap."""
    squared = MeanSquaredBias(qualities, pooled_squared_gap if pooled else None)
    bounded = MeanIndividualUnfairness("bounded", pooled, "bounded")
    published = MeanIndividualUnfairness("published", pooled, "published")
    differences = [QualityDifference(name, pooled) for name in ATTRIBUTES]
    gaps = [QualityGap(name) for name in ATTRIBUTES]
    return (
        headline("Squared quality gap", squared, served(*ATTRIBUTES)),
        *(
            replace(each, weighted=not pooled)
            for each in (
                Metric("bounded", "Individual unfairness, bounded", "lower", bounded, False, served(*ATTRIBUTES)),
                Metric(
                    "published", "Individual unfairness as published", "lower", published, False, served(*ATTRIBUTES)
                ),
            )
        ),
        *(() if pooled else (replace(_INDIVIDUAL_PUBLISHED, weighted=False),)),
        *(
            Metric(each.name, f"I_d by {each.attribute}", "lower", each, False, served(each.attribute), weighted=pooled)
            for each in differences
        ),
        *(
            Metric(
                each.name,
                f"Quality gap by {each.attribute}",
                "neither",
                each,
                False,
                ("quality", each.attribute),
            )
            for each in gaps
        ),
    )


def contradiction_metrics() -> tuple[Metric, ...]:
    """``unfairness``: in gender or race; ``gender`` and ``race``: in each of them."""
    titles = {"": "", "gender": " in gender", "race": " in race"}
    rates = tuple(
        Metric(
            rate.name,
            f"Faces that contradict history{title}",
            "lower",
            rate,
            components=(*contradictions(attribute), *(() if attribute else ("unsure_contradicting",))),
        )
        for attribute, title in titles.items()
        for rate in (ContradictionRate(attribute or "unfairness", f"{attribute}_" if attribute else ""),)
    )
    published = ContradictionRate("unfairness_published", "published_")
    title = "Faces that contradict history, as published"
    return (rates[0], Metric(published.name, title, "lower", published), *rates[1:])
