"""What a plan with an aim says of each cell: cases, repeats, and what they rest on."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mmdt.spelling import option

if TYPE_CHECKING:
    from mmdt.runs.plan import Plan
    from mmdt.runs.planning.needed import NeededCell
    from mmdt.stats.planning.aims import Aim

WIDTH = 80


def needed_lines(plan: Plan) -> Iterator[str]:
    """A line for each cell, below what the columns mean; then what no number of cases reaches, and how to ask it."""
    aim, needed = plan.aim, plan.needed
    if aim is None:
        return
    yield from textwrap.wrap(_aim_text(aim), WIDTH)
    width = max(len(each.cell) for each in needed)
    reached = {"width": "width", "detect": "seen", "gate": "power"}[aim.kind]
    stops = any(each.until is not None for each in needed)
    head = f"{'cell':<{width}}  {'cases':>9}  {'of':>7}  {'repeats':>7}  {'rate':>6}  {'deff':>5}  {reached:>6}"
    yield head + (f"  {'until':>7}" if stops else "")
    for each in needed:
        cases = "all" if each.cases is None else f"{each.cases:,}"
        yield (
            f"{each.cell:<{width}}  {cases:>9}  {each.available:>7,}  {each.repeats:>7}  {_share(each.rate):>6}"
            f"  {_plain(each.design_effect):>5}  {_share(each.reached):>6}"
            + (f"  {'' if each.until is None else format(each.until, ','):>7}" if stops else "")
        )
    yield from _remarks(needed, made=plan.data == "embedded")


def _aim_text(aim: Aim) -> str:
    share = f"{aim.value:.1%}"
    if aim.kind == "width":
        return f"Cases for 95 % intervals that are {share} wide:"
    if aim.kind == "detect":
        return f"Cases to see a difference of {share} between two models in {aim.power:.0%} of comparisons:"
    return f"Cases to tell in {aim.power:.0%} of runs on which side of {share} each number is:"


def _remarks(needed: tuple[NeededCell, ...], *, made: bool) -> Iterator[str]:
    """``made``: the data is embedded, and as many cases are made as are asked for."""
    notes = list(dict.fromkeys(each.note for each in needed if each.note))
    if any(each.until is not None for each in needed):
        notes.append(
            f"until: the cases after which a run with {option('until')} has decided the gate, in half of all runs."
        )
    planned = [each for each in needed if not math.isnan(each.rate)]
    short = sum(not each.enough for each in planned)
    if short:
        notes.append(
            f"{short} of {len(planned)} cells have fewer cases than that: all of them are asked. The column"
            " after deff says what these give."
        )
    if any(each.assumed and not math.isnan(each.rate) for each in needed):
        notes.append(
            f"Where no earlier run says what to expect, the rate is assumed and outputs are taken as independent:"
            f" {option('earlier')} names a run, {option('expected')} a rate."
        )
    if planned:
        notes.append(_how(needed, made=made))
    for note in notes:
        yield from textwrap.wrap(note, WIDTH, initial_indent="note  ", subsequent_indent="      ")


def _how(needed: tuple[NeededCell, ...], *, made: bool) -> str:
    """The options that ask for what is needed."""
    limit = max((each.asked for each in needed), default=0)
    repeats = max((each.repeats for each in needed), default=1)
    how = (
        option("size", max((each.cases or each.available for each in needed), default=1))
        if made
        else option("limit", limit)
    )
    more = f" {option('repeats', repeats)}" if repeats > 1 else ""
    return f"To ask them: {how}{more}. To stop each cell as soon as it is known, whatever its rate: {option('until')}."


def _share(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.1%}"


def _plain(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}"
