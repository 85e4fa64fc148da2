"""The verb ``plan``: estimates what a run will cost."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from mmdt.cli.help import Verb
from mmdt.cli.options import (
    batch_options,
    data_options,
    evaluation_options,
    executor_options,
    one_model,
    output_options,
    plugins_setting,
    request_options,
    settings_from,
)

if TYPE_CHECKING:
    from mmdt.runs.plan import Plan


@click.command(cls=Verb)
@click.argument("models", nargs=-1, metavar="MODEL")
@click.option(
    "--config", type=click.Path(), help="TOML file with settings; options on the command line take precedence."
)
@data_options
@evaluation_options
@request_options
@batch_options
@executor_options
@plugins_setting
@output_options
def plan_command(models: tuple[str, ...], config: str | None, as_json: bool, **options: Any) -> None:
    """Count the requests of a run of MODEL, and estimate its tokens, cost and time. Nothing is asked.

    Takes the options of `mmdt run`, so that one command serves for both:

    \b
    mmdt plan openai/gpt-4o --select 'safety/i2t/**' --judge openai/gpt-4o
    mmdt plan --config run.toml
    """
    from mmdt.runs import verbs as api

    plan = api.plan_settings(settings_from(config, {**options, "model": one_model(models)}))
    click.echo(json.dumps(asdict(plan), indent=1) if as_json else _text(plan))


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
        f"time        about {_duration(plan.seconds)}",
    ]
    return "\n".join(lines)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
