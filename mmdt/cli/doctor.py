"""The verb that examines this machine, an endpoint, and mmdt's own ruler."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from mmdt.cli.exits import Exit
from mmdt.cli.options import output_options, pairs

MARKS = {"ok": "ok     ", "warning": "warning", "problem": "PROBLEM"}


@click.command()
@click.argument("model", required=False, default="")
@click.option("--base-url", metavar="URL", help="OpenAI-compatible server of the model.")
@click.option("--set", "model_set", multiple=True, metavar="KEY=VALUE", help="A setting of the model's runtime.")
@click.option("--folder", default="runs", show_default=True, help="Where runs will be written.")
@click.option("--ruler", is_flag=True, help="Check mmdt's own ruler: do its intervals cover planted truths?")
@click.option("--seeds", type=int, default=100, show_default=True, help="Runs of the ruler's check.")
@output_options
def doctor_command(
    model: str, base_url: str | None, model_set: tuple[str, ...], folder: str, ruler: bool, seeds: int, as_json: bool
) -> int:
    """Check this machine and, where MODEL is named, its key and endpoint; each problem with its hint."""
    if ruler:
        return _check_ruler(seeds, as_json)
    from mmdt.validate.doctor import doctor, keys_in_environment

    settings: dict[str, Any] = pairs(model_set, "--set") | ({"base_url": base_url} if base_url else {})
    findings = doctor(model, settings, folder)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in findings], indent=1))
    else:
        for each in findings:
            click.echo(f"{MARKS[each.level]}  {each.what}" + (f"\n         hint: {each.hint}" if each.hint else ""))
        click.echo(f"keys in the environment: {', '.join(keys_in_environment()) or 'none'}")
    return Exit.FAILED if any(each.level == "problem" for each in findings) else Exit.COMPLETE


def _check_ruler(seeds: int, as_json: bool) -> int:
    from mmdt.validate.ruler import check, text

    report = check(seeds)
    click.echo(json.dumps(asdict(report), indent=1) if as_json else text(report))
    if report.verdict == "undecided":
        return Exit.INCOMPLETE  # more seeds will tell
    return Exit.COMPLETE if report.verdict == "holds" else Exit.FAILED
