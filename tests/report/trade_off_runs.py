"""A perspective with a trade-off between two numbers, and runs of models at chosen points."""

from __future__ import annotations

from mmdt.core.cell import Cell
from mmdt.core.scenario import Perspective, Scenario, Summary
from mmdt.core.score import Score, Scored
from mmdt.core.trade_off import Side, TradeOff
from mmdt.report.html.inputs import ReportInput
from mmdt.stats.metrics import mean_of
from mmdt.stats.scorecard import scorecard
from tests.report.synthetic import MANIFEST, Answered

CASES = 60


def _scenario(name: str, direction: str, *, percent: bool = True) -> Scenario:
    metric = mean_of("value", name="number", title=f"The {name} number", direction=direction, percent=percent)
    return Scenario("fairness", "t2i", name, name.title(), ("task",), None, (metric,), "number")


def perspective(across: str = "lower", up: str = "lower") -> Perspective:
    """Two numbers, and the number combined from both halves of the first; ``across``, ``up``: the better directions."""
    return Perspective(
        "fairness",
        "Fairness",
        (_scenario("left", across, percent=False), _scenario("right", across, percent=False), _scenario("top", up)),
        (Summary("fairness/t2i/both", "Both halves", "number", ("fairness/t2i/left", "fairness/t2i/right")),),
        trade_offs=(
            TradeOff(
                "fairness/t2i/traded",
                "One against the other",
                Side("Number across", "number", ("fairness/t2i/both", "fairness/t2i/left")),
                Side("Number up", "number", ("fairness/t2i/top",)),
                about="They tend to be traded.",
            ),
        ),
    )


def run(model: str, *, declared: Perspective | None = None, **ones: int) -> ReportInput:
    """A run in which the given number of first cases of each named scenario have the value 1, the others 0."""
    declared = declared or perspective()
    scored = [
        Scored(f"{name}{number}", Cell("fairness", "t2i", name, "task"), f"{name}{number}", 0,
               Score({"value": float(number < most)}, "right"))
        for name, most in ones.items()
        for number in range(CASES)
    ]  # fmt: skip
    return ReportInput(
        scorecard=scorecard([declared], scored),
        rows=[(_answered(each), each) for each in scored],
        manifest={**MANIFEST, "model": {"name": model, "settings": {}}},
        perspectives=(declared,),
    )


def _answered(scored: Scored) -> Answered:
    from mmdt.core.case import Case
    from mmdt.core.output import Output

    return Answered(Case.make(scored.cell, scored.case_id), 0, Output.answered("an answer"))
