"""A comparison of runs as text, CSV and LaTeX."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import asdict

from mmdt.report.export.writers import guarded
from mmdt.report.paired_text import beside, counts_text, difference_text, rank_text
from mmdt.report.wording import ARROWS, p_text, value_text
from mmdt.safe_text.latex import comment, latex
from mmdt.safe_text.visible import visible
from mmdt.stats.paired.compare import Difference
from mmdt.stats.paired.ranks import Rank


def comparison_text(
    runs: Sequence[str], cautions: Sequence[str], rows: Sequence[Difference], ranks: Sequence[Rank], rule: str
) -> str:
    """A line or two for each number and run, and the ranks where there are three runs or more."""
    lines = [f"Differences from {runs[0]}, paired on the cases that count in both runs", rule]
    lines += [f"Note: {each}" for each in cautions]
    address = ""
    for each in rows:
        if each.address != address:
            address = each.address
            lines += ["", f"{address}  {each.title}"]
        lines += _lines(each)
    if len(runs) > 2:
        lines += ["", "Ranks (1 is the best) that each run may have, with 95 % for all runs of a number together"]
        lines += [f"  {each.address} {each.metric}  {each.run}: {rank_text(each)}" for each in ranks]
    return "\n".join(visible(line) for line in lines)


def comparison_csv(rows: Sequence[Difference]) -> str:
    """A line for each number and run; unknown numbers are empty, and no cell can be read as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Difference.__dataclass_fields__)
    for each in rows:
        writer.writerow([_cell(value) for value in asdict(each).values()])
    return out.getvalue()


def comparison_latex(runs: Sequence[str], cautions: Sequence[str], rows: Sequence[Difference], rule: str) -> str:
    """A table for the package booktabs. What a reader must know about all numbers is in comments above it, and what
    concerns one of them stands with it."""
    lines = [
        comment(each)
        for each in (
            r"needs \usepackage{booktabs}",
            f"Differences from {runs[0]}, paired on the cases that count in both runs; intervals: 95 %",
            rule,
            *(f"Note: {each}" for each in cautions),
        )
    ]
    lines += [r"\begin{tabular}{llrrl}", r"\toprule"]
    lines += [r"Number & Run & Difference & $p$ adjusted & Claim \\", r"\midrule"]
    for each in rows:
        number = f"{each.title}, {each.metric_title} {ARROWS[each.direction]}".rstrip()
        p = p_text(each.p_adjusted).removeprefix("p = ").replace("p < ", "<")
        p = f"${p}$" if p.startswith("<") else p
        claim = "; ".join((each.verdict, *_concerning(each)))
        cells = [latex(number), latex(each.run), latex(difference_text(each)), p, latex(claim)]
        lines.append(" & ".join(cells) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"])


def _concerning(each: Difference) -> list[str]:
    """The cases that are not in it, and why it may not be comparable."""
    counts = [
        f"{number:,} {what}" for number, what in ((each.unmatched, "unmatched"), (each.missing, "missing")) if number
    ]
    return [*counts, *each.notes]


def _lines(each: Difference) -> list[str]:
    head = f"  {each.metric_title} {ARROWS[each.direction]}".rstrip() + f"  {each.run}: {difference_text(each)}"
    if math.isnan(each.value):
        return [f"{head} ({counts_text(each)})", *(f"      {note}" for note in each.notes)]
    first, second = (value_text(value, percent=each.percent) for value in (each.baseline_value, each.run_value))
    p = p_text(each.p)
    if not math.isnan(each.p_adjusted):
        p += f" (adjusted {p_text(each.p_adjusted).removeprefix('p ')})"
    said = [f"{first} to {second}", *([p] if p else []), counts_text(each), each.verdict]
    return [head, f"      {'; '.join(said)}", *(f"      {line}" for line in beside(each))]


def _cell(value: object) -> object:
    if isinstance(value, float):
        return "" if math.isnan(value) else value
    text = "; ".join(value) if isinstance(value, tuple) else value
    return guarded(text) if isinstance(text, str) else text
