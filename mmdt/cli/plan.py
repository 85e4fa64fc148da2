"""The verb ``plan``: estimates what a run will cost."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from mmdt.cli.help import Verb
from mmdt.cli.needed import needed_lines
from mmdt.cli.options import (
    batch_options,
    data_options,
    evaluation_options,
    executor_options,
    models_argument,
    output_options,
    plugins_setting,
    request_options,
    settings_by_model,
    settings_of,
)
from mmdt.report.used import money
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from mmdt.runs.plan import Plan

WIDTH = 80


@click.command(cls=Verb)
@models_argument
@click.option(
    "--config", type=click.Path(), help="TOML file with settings; options on the command line take precedence."
)
@click.option("--width", type=float, metavar="SHARE", help="Cases for intervals at most this wide, such as 0.05.")
@click.option(
    "--detect", type=float, metavar="SHARE", help="Cases to see a difference of this size between two models."
)
@click.option("--gate", type=float, metavar="SHARE", help="Cases to tell on which side of this gate each number is.")
@click.option("--power", type=float, help="How often --detect and --gate should succeed (default: 0.8).")
@click.option("--expected", type=float, metavar="RATE", help="The rate to expect where no earlier run says.")
@click.option(
    "--from",
    "earlier",
    multiple=True,
    metavar="RUN",
    type=click.Path(exists=True, file_okay=False),
    help="Earlier run that says what to expect; its settings hold unless others are given. Two, to compare models.",
)
@click.option(
    "--known-answers", type=int, help="Questions with known answers to ask each judge first, 0 to 4 (default: 2)."
)
@data_options
@evaluation_options
@request_options
@batch_options
@executor_options
@plugins_setting
@output_options
def plan_command(
    models: tuple[str, ...],
    config: str | None,
    as_json: bool,
    width: float | None,
    detect: float | None,
    gate: float | None,
    power: float | None,
    expected: float | None,
    earlier: tuple[str, ...],
    **options: Any,
) -> None:
    """Count the requests of a run of MODEL, and estimate its tokens, cost and time. Nothing is asked.

    Each model gets its own plan. Takes the options of `mmdt run`, so that one command serves for both:

    \b
    mmdt plan openai/gpt-4o --select 'safety/i2t/**' --judge openai/gpt-4o
    mmdt plan --config run.toml
    mmdt plan openai/gpt-4o --select 'safety/i2t/**' --judge openai/gpt-4o --gate 0.1
    mmdt plan --from runs/a --width 0.05
    """
    from mmdt.runs import verbs as api
    from mmdt.stats.planning.aims import make_aim

    aim = make_aim(width=width, detect=detect, gate=gate, power=power, expected=expected, earlier=earlier)
    if earlier and not models and not config:
        every = [settings_of(earlier[0], options)]
    else:
        every = settings_by_model(config, models, options)
    plans = [api.plan_settings(each, aim, earlier, expected) for each in every]
    if as_json:
        for each in plans:
            click.echo(_json(each))
        return
    click.echo("\n\n".join(map(plan_text, plans)))


def plan_text(plan: Plan, *, cells: bool = True) -> str:
    """The plan as text of at most 80 columns, as far as the names allow; without the list of ``cells`` it is short."""
    lines: list[str] = []
    wrap = partial(textwrap.wrap, width=WIDTH, break_on_hyphens=False, break_long_words=False)
    if plan.needed:
        lines += [*needed_lines(plan), ""]
    elif cells:
        width = max(len(cell.cell) for cell in plan.cells)
        lines += [f"{'cell':<{width}}  {'cases':>7}  {'requests':>8}"]
        lines += [f"{each.cell:<{width}}  {each.cases:>7,}  {each.requests:>8,}" for each in plan.cells]
        lines += [""]
    evaluators = ", ".join(f"{role}: {name}" for role, name in plan.evaluators.items()) or "none"
    roles = ", ".join(f"{role} {count:,}" for role, count in plan.judge_requests_by_role.items())
    judged = f"{plan.judge_requests:,} to judges" + (f" ({roles})" if roles else "")
    facts = {
        "model": f"{plan.model}, data: {plan.data}",
        "evaluators": evaluators,
        "requests": f"{plan.requests:,} to the model, {judged}",
    }
    for each in plan.models:
        name = f"judge {each.name}" if each.judge else each.name
        tokens = f"about {each.input_tokens:,} + {each.output_tokens:,} tokens"
        facts[name] = f"{each.requests:,} requests, {tokens}: {_cost(each.cost)}; {each.price}"
    facts |= {"cost": _cost(plan.cost), "time": f"about {_duration(plan.seconds)}"}
    label = max(len(name) for name in ("evaluators", "requests"))
    for name, text in facts.items():
        if len(name) > label:
            lines += [name, *wrap(text, initial_indent="  ", subsequent_indent="  ")]
        else:
            lines += wrap(f"{name:<{label}}  {text}", subsequent_indent=" " * (label + 2))
    for note in plan.notes:
        lines += wrap(f"{'note':<{label}}  {note}", subsequent_indent=" " * (label + 2))
    return visible("\n".join(lines))


def _cost(cost: float | None) -> str:
    if cost is None:
        return "cost unknown"
    return f"about {money(cost)}" if cost else "costs nothing"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _json(plan: Plan) -> str:
    """One line of JSON; what is no number is null."""
    import msgspec

    return msgspec.json.encode({"kind": "plan", **asdict(plan)}).decode()
