"""The verb ``doctor``: checks this machine, an endpoint, and mmdt's own statistics."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from mmdt.cli.exits import ExitCode
from mmdt.cli.once import OnceCommand
from mmdt.cli.options import endpoint_option, endpoints_of, output_options, pairs
from mmdt.cli.streams import json_line
from mmdt.safe_text.redaction import redact
from mmdt.safe_text.visible import visible

MARKS = {"ok": "ok     ", "warning": "warning", "problem": "PROBLEM"}


@click.command(cls=OnceCommand)
@click.argument("model", required=False, default="")
@click.option("--base-url", metavar="URL", help="URL of the model's OpenAI-compatible server.")
@click.option(
    "--set", "model_set", multiple=True, metavar="KEY=VALUE", help="Setting for the model's runtime. May be repeated."
)
@endpoint_option
@click.option("--folder", default="runs", show_default=True, help="Folder where runs are written.")
@click.option("--ruler", is_flag=True, help="Check mmdt itself: do its intervals cover planted values?")
@click.option("--seeds", type=int, default=100, show_default=True, help="Number of simulated runs for --ruler.")
@click.option(
    "--vectors",
    metavar="FOLDER",
    help="Check mmdt's published rules against recorded outputs with known numbers (docs/published.md).",
)
@output_options
def doctor_command(
    model: str,
    base_url: str | None,
    model_set: tuple[str, ...],
    endpoint: tuple[str, ...],
    folder: str,
    ruler: bool,
    seeds: int,
    vectors: str | None,
    as_json: bool,
) -> int:
    """Check this machine and, if MODEL is given, its API key and endpoint. Each problem comes with a hint."""
    if vectors is not None:
        return _check_vectors(vectors, as_json)
    if ruler:
        return _check_ruler(seeds, as_json)
    from mmdt.runs.endpoints import endpoint_settings
    from mmdt.validate.doctor import doctor, keys_in_environment

    settings: dict[str, Any] = pairs(model_set, "--set") | ({"base_url": base_url} if base_url else {})
    settings |= endpoint_settings(model, endpoints_of(endpoint))
    findings = doctor(model, settings, folder)
    failed = any(each.level == "problem" for each in findings)
    if as_json:
        found = [{name: getattr(each, name) for name in ("level", "what", "hint")} for each in findings]
        line = {"kind": "doctor", "ok": not failed, "findings": found, "keys": keys_in_environment()}
        click.echo(redact(json_line(line)))
    else:
        for each in findings:
            shown = f"{MARKS[each.level]}  {each.what}" + (f"\n         hint: {each.hint}" if each.hint else "")
            click.echo(visible(redact(shown)))
        click.echo(f"keys in the environment: {', '.join(keys_in_environment()) or 'none'}")
    return ExitCode.FAILED if failed else ExitCode.COMPLETE


def _check_vectors(folder: str, as_json: bool) -> int:
    from mmdt.validate.vectors.agreement import check_vectors, text

    found = check_vectors(Path(folder))
    click.echo(json_line({"kind": "vectors", **found.as_json()}) if as_json else text(found))
    return ExitCode.COMPLETE if found.equal == found.compared else ExitCode.FAILED


def _check_ruler(seeds: int, as_json: bool) -> int:
    from mmdt.validate.challenges import check_challenges
    from mmdt.validate.ruler import check, text

    report, challenges = check(seeds), check_challenges()
    if as_json:
        line = {"kind": "ruler", "verdict": report.verdict, **asdict(report)}
        click.echo(json_line({**line, "challenges": [each.as_json() for each in challenges]}))
    else:
        click.echo("\n".join([text(report), *(each.text for each in challenges)]))
    if not all(each.passes for each in challenges):
        return ExitCode.FAILED
    if report.verdict == "undecided":
        return ExitCode.INCOMPLETE  # more seeds are needed
    return ExitCode.COMPLETE if report.verdict == "holds" else ExitCode.FAILED
