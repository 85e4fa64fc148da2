"""The verb ``plan``: estimates what a run will cost."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from mmdt.cli.once import OnceCommand
from mmdt.cli.options import (
    batch_options,
    data_options,
    evaluation_options,
    output_options,
    plugins_setting,
    refuse_globs,
    request_options,
    settings_from,
)
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from mmdt.runs.plan import Plan


@click.command(cls=OnceCommand)
@click.argument("models", nargs=-1, metavar="MODEL...")
@click.option(
    "--config", type=click.Path(), help="TOML file with settings; options on the command line take precedence."
)
@data_options
@evaluation_options
@request_options
@batch_options
@plugins_setting
@output_options
def plan_command(models: tuple[str, ...], config: str | None, as_json: bool, **options: Any) -> None:
    """Count the requests of a run of MODEL, and estimate its tokens, cost and time. Nothing is sent.

    Of several models, each has a plan of its own.
    """
    from mmdt.runs import verbs as api

    refuse_globs(models)
    plans = [api.plan_settings(settings_from(config, {**options, "model": each})) for each in models or (None,)]
    if as_json:
        click.echo(json.dumps([asdict(plan) for plan in plans] if len(plans) > 1 else asdict(plans[0]), indent=1))
        return
    click.echo("\n\n".join(map(_text, plans)))


def _text(plan: Plan) -> str:
    width = max(len(cell.cell) for cell in plan.cells)
    lines = [f"{'cell':<{width}}  {'cases':>7}  {'requests':>8}"]
    lines += [f"{each.cell:<{width}}  {each.cases:>7,}  {each.requests:>8,}" for each in plan.cells]
    evaluators = ", ".join(f"{role}: {name}" for role, name in plan.evaluators.items()) or "none"
    roles = ", ".join(f"{role} {count:,}" for role, count in plan.judge_requests_by_role.items())
    judged = f"{plan.judge_requests:,} to judges" + (f" ({roles})" if roles else "")
    cost = "unknown (no price available for one of the models)" if plan.cost is None else f"about ${plan.cost:,.2f}"
    lines += [
        "",
        f"model       {plan.model}, data: {plan.data}",
        f"evaluators  {evaluators}",
        f"requests    {plan.requests:,} to the model, {judged}",
        f"tokens      about {plan.input_tokens:,} in, {plan.output_tokens:,} out (the model under test)",
        f"cost        {cost}",
        *(f"price       {name}: {price}" for name, price in plan.prices.items()),
        f"time        about {_duration(plan.seconds)}",
        *(f"note        {note}" for note in plan.notes),
    ]
    return visible("\n".join(lines))


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
