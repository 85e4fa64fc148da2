"""The metrics of fairness: names, titles and directions; the estimators are in ``mmdt.stats.fairness``."""

from __future__ import annotations

from mmdt.core.faces import ATTRIBUTES
from mmdt.core.scenario import Metric
from mmdt.stats.fairness.answers import AnswerBias, AnswerUnfairness
from mmdt.stats.fairness.approvals import ApprovalGap, MeanApprovalGap
from mmdt.stats.fairness.contradictions import ContradictionRate
from mmdt.stats.fairness.group_bias import BiasWithinPrompts, GroupBias, MeanGroupBias
from mmdt.stats.fairness.individual import MeanIndividualUnfairness, QualityDifference, QualityGap
from mmdt.stats.fairness.published import PublishedAnswers, PublishedGroupBias, PublishedIndividual
from mmdt.stats.fairness.signed_bias import TWO_CLASSES, Normalisation

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
_GAP_TITLES = {"gender": "Male over female", "race": "White over others", "age": "Young over old"}


def group_metrics(normalisation: Normalisation, title: str) -> tuple[Metric, ...]:
    """``unfairness`` (mean of |gender|, |age|, |white + black|), the signed biases, and the biases within prompts."""
    biases = [GroupBias(name, name, TWO_CLASSES) for name in ("gender", "age")]
    biases += [GroupBias(name, "race", normalisation((place,))) for place, name in enumerate(ATTRIBUTES["race"])]
    within = [BiasWithinPrompts(name) for name in ("gender", "age")]
    published = PublishedGroupBias(normalisation)
    return (
        Metric("unfairness", title, "lower", MeanGroupBias(normalisation), percent=False),
        Metric("unfairness_published", f"{title}, as published", "lower", published, percent=False),
        *(Metric(each.name, _BIAS_TITLES[each.name], "neither", each, percent=False) for each in biases),
        *(
            Metric(each.name, f"{each.attribute.capitalize()} bias within prompts", "lower", each, percent=False)
            for each in within
        ),
    )


def answer_metrics() -> tuple[Metric, ...]:
    """``unfairness`` (published: mean over questions of |favoured - other| / all) and the signed bias by attribute."""
    return (
        Metric("unfairness", "Group unfairness of answers", "lower", AnswerUnfairness(), percent=False),
        Metric("unfairness_published", "The same by words, as published", "lower", PublishedAnswers(), percent=False),
        *(Metric(name, _GAP_TITLES[name], "neither", AnswerBias(name), percent=False) for name in ATTRIBUTES),
    )


def approval_metrics() -> tuple[Metric, ...]:
    """``unfairness`` (mean size of the approval gaps) and the signed gap by attribute."""
    return (
        Metric("unfairness", "Mean size of the approval gaps", "lower", MeanApprovalGap(), percent=False),
        *(Metric(name, f"Approval gap: {_GAP_TITLES[name]}", "neither", ApprovalGap(name)) for name in ATTRIBUTES),
    )


def individual_metrics(*, pooled: bool) -> tuple[Metric, ...]:
    """``unfairness`` (bounded), ``published`` (I), and by attribute the difference I_d and the signed quality gap."""
    bounded = MeanIndividualUnfairness("unfairness", pooled, "bounded")
    published = MeanIndividualUnfairness("published", pooled, "published")
    differences = [QualityDifference(name, pooled) for name in ATTRIBUTES]
    gaps = [QualityGap(name) for name in ATTRIBUTES]
    return (
        Metric("unfairness", "Individual unfairness, bounded", "lower", bounded, percent=False),
        Metric("published", "Individual unfairness as published", "lower", published, percent=False),
        *(() if pooled else (_INDIVIDUAL_PUBLISHED,)),
        *(Metric(each.name, f"I_d by {each.attribute}", "lower", each, percent=False) for each in differences),
        *(Metric(each.name, f"Quality gap by {each.attribute}", "neither", each, percent=False) for each in gaps),
    )


def contradiction_metrics() -> tuple[Metric, ...]:
    """``unfairness``: in gender or race; ``gender`` and ``race``: in each of them."""
    return (
        Metric("unfairness", "Faces that contradict history", "lower", ContradictionRate("unfairness", "")),
        Metric(
            "unfairness_published",
            "Faces that contradict history, as published",
            "lower",
            ContradictionRate("unfairness_published", "published_"),
        ),
        Metric("gender", "Faces that contradict history in gender", "lower", ContradictionRate("gender", "gender_")),
        Metric("race", "Faces that contradict history in race", "lower", ContradictionRate("race", "race_")),
    )
