"""Every figure of one or several runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mmdt.core.scenario import Perspective
from mmdt.report.facts import read_facts
from mmdt.report.figures.differences import difference_plot
from mmdt.report.figures.drawing import Drawing
from mmdt.report.figures.overall import overall
from mmdt.report.figures.resilience import resilience_planes
from mmdt.report.figures.subject import Subject
from mmdt.report.figures.trade_off import trade_off_drawing
from mmdt.report.html.compare import compare_inputs, difference_rows
from mmdt.report.html.inputs import ReportInput
from mmdt.report.names import DisplayNames
from mmdt.report.plot.plot import TOGETHER, Plot, plots
from mmdt.stats.explain.plane import PlanePoint, plane
from mmdt.stats.trade_offs import points


def all_figures(inputs: Sequence[ReportInput], declared: Sequence[Perspective] = ()) -> list[Drawing]:
    """Figures that have something to show. ``declared``: all perspectives, if more than those of the runs."""
    perspectives = tuple(declared) or _perspectives(inputs)
    names = DisplayNames.of(perspectives)
    if len(inputs) == 1:
        subjects = [Subject.of(read_facts(inputs[0].manifest).model, inputs[0].scorecard, perspectives)]
        drawn = map(trade_off_drawing, _trade_offs(subjects, perspectives, names))
        return [*overall(subjects), *drawn, *_planes(inputs, [each.label for each in subjects])]
    runs, tables, _ = compare_inputs(inputs)
    subjects = [Subject.of(each.label, each.scorecard, perspectives) for each in runs]
    headlines = {address: each.headline for one in inputs for address, each in one.scenarios().items()}
    differences = difference_plot(difference_rows(tables, runs, headlines), [each.label for each in runs])
    drawn = map(trade_off_drawing, _trade_offs(subjects, perspectives, names))
    return [
        *overall(subjects),
        *([differences] if differences else []),
        *drawn,
        *_planes(inputs, [each.label for each in runs]),
    ]


def _planes(inputs: Sequence[ReportInput], labels: Sequence[str]) -> list[Drawing]:
    found: list[PlanePoint] = []
    for label, each in zip(labels, inputs, strict=True):
        scores = each.scores() if each.scores else (scored for _, scored in each.reread())
        found += plane(label, scores)
    return resilience_planes(found)


def _trade_offs(
    subjects: Sequence[Subject], perspectives: Sequence[Perspective], names: DisplayNames
) -> Iterator[Plot]:
    for each in perspectives:
        found = [point for one in subjects for point in points([each], one.scorecard, one.label)]
        yield from plots(found, names, TOGETHER, order=[one.label for one in subjects])


def _perspectives(inputs: Sequence[ReportInput]) -> tuple[Perspective, ...]:
    return tuple({each.name: each for one in reversed(inputs) for each in one.declared or one.perspectives}.values())
