"""The verb ``compare``: several runs against one of them, number by number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdt.core.cell import Cell, Selection
from mmdt.errors import MissingExtraError, UsageError
from mmdt.report.compared import all_perspectives, cautions, compared_runs, paired
from mmdt.report.html.inputs import ReportInput
from mmdt.runs.kept.collecting import rarely_collecting
from mmdt.runs.result import Run
from mmdt.safe_text.visible import visible
from mmdt.spelling import option
from mmdt.stats.paired.compare import Difference, Rules
from mmdt.stats.paired.family import Adjust
from mmdt.stats.paired.ranks import Rank

if TYPE_CHECKING:
    import pandas

    from mmdt.stats.paired.compare import Family


@dataclass(frozen=True, slots=True)
class Comparison:
    """``runs``: a label for each, the baseline first. ``cautions``: why the numbers may not be comparable. ``rows``:
    for each number and each other run, its paired difference from the baseline. ``ranks``: which ranks each run may
    have in each headline. ``tests``: the size of the family that p was adjusted for, by ``rules``."""

    runs: tuple[str, ...]
    cautions: tuple[str, ...]
    rows: tuple[Difference, ...]
    ranks: tuple[Rank, ...]
    tests: int
    rules: Rules

    @property
    def rule(self) -> str:
        """About which numbers claims are made, and how p is adjusted."""
        of = "headlines" if self.rules.family == "headlines" else "numbers shown"
        how = "Holm: any false claim in at most 5 %"
        if self.rules.adjust == "bh":
            how = "Benjamini and Hochberg: at most 5 % of the claims are false"
        return f"Claims are made about the {of}, one family of {self.tests:,} tests ({how})"

    def row(self, address: str, metric: str = "", run: str = "") -> Difference:
        """The row of a number (the first of its address unless ``metric`` is given), of the first other run unless
        ``run`` is given. Raises UsageError where there is none."""
        for each in self.rows:
            if each.address == address and metric in ("", each.metric) and run in ("", each.run):
                return each
        raise UsageError(f"the comparison has no {address} {metric}".rstrip(), hint="rows lists every number")

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each of ``rows``. Raises MissingExtraError where pandas is not installed."""
        try:
            import pandas
        except ImportError as error:
            raise MissingExtraError("to_pandas", "pandas", error) from error
        return pandas.DataFrame([asdict(each) for each in self.rows])

    def as_json(self) -> dict[str, Any]:
        """As plain values; numbers that are not known are NaN."""
        return {
            "kind": "comparison",
            "runs": list(self.runs),
            "baseline": self.runs[0],
            "cautions": list(self.cautions),
            "family": self.rules.family,
            "adjust": self.rules.adjust,
            "margin": self.rules.margin,
            "tests": self.tests,
            "rows": [asdict(each) for each in self.rows],
            "ranks": [asdict(each) for each in self.ranks],
        }


def compare(
    *runs: Run | str | Path,
    baseline: Run | str | Path | None = None,
    select: str | Sequence[str] = (),
    family: Family = "headlines",
    adjust: Adjust = "holm",
    margin: float | None = None,
    cells: bool = False,
    different_judges: bool = False,
    seed: int = 0,
) -> Comparison:
    """Every number of the runs (or their folders) against the ``baseline``, the first one unless named.

    Differences are paired on the cases that count in both runs. ``select``: globs over addresses, scenarios or
    summaries. ``family``: about which numbers claims are made: ``headlines`` (of scenarios, and all summaries) or
    ``all`` that are shown. ``adjust``: ``holm`` keeps any false claim at 5 %, ``bh`` keeps 5 % of the claims false.
    ``margin``: smaller differences are equivalent (0.05 is five percentage points). ``cells``: compare cells as well.

    Raises UsageError for fewer than two runs, and where different evaluators made a number of two runs, unless
    ``different_judges``: then every such number says so.
    """
    rules = Rules(
        family=family, adjust=adjust, margin=margin, cells=cells, other_evaluators=different_judges, seed=seed
    )
    opened = [each if isinstance(each, Run) else Run.open(each) for each in runs]
    first = _place(opened, baseline)
    if len(opened) < 2:
        raise UsageError("a comparison needs at least two runs", hint="name two or more run folders")
    inputs = [ReportInput.of(each) for each in opened]
    globs = (select,) if isinstance(select, str) else tuple(select)
    with rarely_collecting():
        found = compared_runs(inputs)
        made = paired(
            found,
            all_perspectives(inputs),
            rules,
            baseline=first,
            wanted=_wanted(globs) if globs else lambda address: True,
        )
    if globs and not made.differences:
        raise UsageError(f"no number of these runs is selected by {', '.join(globs)}", hint="check the selection")
    if margin is not None and margin >= 1 and made.differences and all(each.percent for each in made.differences):
        what = f"the margin is {margin:g}, and every number here is a share, which no difference of 1 or more fits"
        raise UsageError(what, where=option("margin"), hint="0.05 is five percentage points")
    order = [found[first], *(each for index, each in enumerate(found) if index != first)]
    labels = tuple(each.label for each in order)
    return Comparison(
        labels,
        (*_with_itself(opened), *_nothing_shared(made.differences), *cautions(order)),
        made.differences,
        made.ranks,
        made.tests,
        rules,
    )


def _with_itself(runs: Sequence[Run]) -> list[str]:
    """A caution where a folder is named twice: nothing can differ, whatever the model does."""
    folders = Counter(run.folder.resolve() for run in runs)
    return [f"A run is compared with itself: {visible(str(each))}" for each, times in folders.items() if times > 1]


def _nothing_shared(differences: Sequence[Difference]) -> list[str]:
    """A caution where no number has a difference."""
    if any(each.matched for each in differences):
        return []
    return ["No case counts in both runs, so that nothing can be compared."]


def _place(opened: list[Run], baseline: Run | str | Path | None) -> int:
    """Where the baseline is among the runs; it is added where it is not."""
    if baseline is None:
        return 0
    folder = (baseline.folder if isinstance(baseline, Run) else Path(baseline)).resolve()
    for index, run in enumerate(opened):
        if run.folder.resolve() == folder:
            return index
    opened.append(baseline if isinstance(baseline, Run) else Run.open(baseline))
    return len(opened) - 1


def _wanted(globs: Sequence[str]) -> Callable[[str], bool]:
    wanted = Selection.of(tuple(globs))

    def is_wanted(address: str) -> bool:
        is_cell = address.count("/") == 3
        return wanted.matches(Cell.parse(address)) if is_cell else wanted.may_match(address, None)

    return is_wanted
