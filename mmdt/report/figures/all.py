"""Every figure of one or several runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mmdt.core.scenario import Perspective
from mmdt.report.facts import read_facts
from mmdt.report.figures.differences import DifferenceRow, difference_plot
from mmdt.report.figures.drawing import Drawing
from mmdt.report.figures.overall import overall
from mmdt.report.figures.subject import Subject
from mmdt.report.figures.trade_off import trade_off_drawing
from mmdt.report.html.compare import ComparedRun, ComparedTable, compare_inputs
from mmdt.report.html.inputs import ReportInput
from mmdt.report.names import DisplayNames
from mmdt.report.plot.plot import TOGETHER, Plot, plots
from mmdt.stats.trade_offs import points


def all_figures(inputs: Sequence[ReportInput], declared: Sequence[Perspective] = ()) -> list[Drawing]:
    """Figures that have something to show. ``declared``: all perspectives, if more than those of the runs."""
    perspectives = tuple(declared) or _perspectives(inputs)
    names = DisplayNames.of(perspectives)
    if len(inputs) == 1:
        subjects = [Subject.of(read_facts(inputs[0].manifest).model, inputs[0].scorecard, perspectives)]
        return [*overall(subjects), *map(trade_off_drawing, _trade_offs(subjects, perspectives, names))]
    runs, tables = compare_inputs(inputs)
    subjects = subjects_of(runs, perspectives)
    differences = difference_plot(difference_rows(tables, runs, inputs), [each.label for each in runs])
    drawn = map(trade_off_drawing, _trade_offs(subjects, perspectives, names))
    return [*overall(subjects), *([differences] if differences else []), *drawn]


def subjects_of(runs: Sequence[ComparedRun], perspectives: Sequence[Perspective]) -> list[Subject]:
    """Compared runs under their labels."""
    return [Subject.of(each.label, each.scorecard, perspectives) for each in runs]


def difference_rows(
    tables: Sequence[ComparedTable], runs: Sequence[ComparedRun], inputs: Sequence[ReportInput]
) -> list[DifferenceRow]:
    """The paired differences of the scenarios' headlines."""
    headlines = {address: each.headline for one in inputs for address, each in one.scenarios().items()}
    return list(_differences(tables, runs, headlines))


def _differences(
    tables: Sequence[ComparedTable], runs: Sequence[ComparedRun], headlines: dict[str, str]
) -> Iterator[DifferenceRow]:
    for table in tables:
        for row in table.rows:
            if headlines.get(row.address) != row.metric:
                continue
            for index, value in enumerate(row.values):
                found = value.difference
                if found is not None:
                    numbers = (found.value, found.low, found.high, found.p_holm, found.cases)
                    title = f"{table.perspective}, {row.title}"
                    yield DifferenceRow(
                        row.address, row.metric, title, row.way, runs[index].label, index, *numbers, found.text
                    )


def _trade_offs(
    subjects: Sequence[Subject], perspectives: Sequence[Perspective], names: DisplayNames
) -> Iterator[Plot]:
    for each in perspectives:
        found = [point for one in subjects for point in points([each], one.scorecard, one.label)]
        yield from plots(found, names, TOGETHER, order=[one.label for one in subjects])


def _perspectives(inputs: Sequence[ReportInput]) -> tuple[Perspective, ...]:
    return tuple({each.name: each for one in reversed(inputs) for each in one.declared or one.perspectives}.values())
