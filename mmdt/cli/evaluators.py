"""The verb ``evaluators``: measures how often evaluators are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmdt.cache import cache_folder
from mmdt.cli.options import endpoint_option, endpoints_of, output_options, pairs
from mmdt.errors import UsageError

if TYPE_CHECKING:
    from mmdt.evaluators.check_reports import CheckReport


@click.group()
def evaluators_command() -> None:
    """Check the reliability of evaluators, which judge the outputs of models."""


@evaluators_command.command("check")
@click.argument("named", nargs=-1, metavar="[ROLE=NAME]...")
@click.option("--judge", "-j", default="", metavar="MODEL", help="Check a chat model in every role that a judge fills.")
@click.option("--judge-base-url", metavar="URL", help="URL of the judge's server.")
@click.option(
    "--judge-set", multiple=True, metavar="KEY=VALUE", help="Setting for the judge's runtime. May be repeated."
)
@endpoint_option
@click.option(
    "--n", "number", type=click.IntRange(min=2), default=40, show_default=True, help="Questions per condition."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the test sets.")
@click.option(
    "--pictures",
    type=click.Path(file_okay=False),
    help="Folder of your own pictures, all different (for the role copy).",
)
@click.option("--out", type=click.Path(dir_okay=False), help="Save the report to this JSON file instead of the cache.")
@output_options
def check_command(
    named: tuple[str, ...],
    judge: str,
    judge_base_url: str | None,
    judge_set: tuple[str, ...],
    endpoint: tuple[str, ...],
    number: int,
    seed: int,
    pictures: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Measure precision, recall and accuracy of evaluators on test sets with known truth, with intervals.

    Without ROLE=NAME, checks all evaluators that need neither a server nor model weights. The results are saved, and
    later runs show them.

    \b
    mmdt evaluators check
    mmdt evaluators check detector=grounding-dino ocr=rapidocr
    mmdt evaluators check --judge openai/gpt-4o
    mmdt evaluators check copy=crops --pictures FOLDER
    """
    from mmdt.evaluators import check_reports as reports
    from mmdt.runs.endpoints import endpoint_settings
    from mmdt.validate.evaluators.check import check_evaluators

    settings = pairs(judge_set, "--judge-set") | ({"base_url": judge_base_url} if judge_base_url else {})
    settings |= endpoint_settings(judge, endpoints_of(endpoint))
    found = check_evaluators(
        [_role_and_name(text) for text in named],
        number=number,
        seed=seed,
        judge=judge,
        judge_settings=settings,
        pictures=pictures,
    )
    file = Path(out) if out else cache_folder() / reports.FILE
    _print(found, as_json)  # first: writing the file may fail, and the judges have been paid for
    reports.write(found, file)
    if not as_json:
        click.echo(f"saved to {file}")


def _print(found: list[CheckReport], as_json: bool) -> None:
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(found).decode())
        return
    click.echo(_table(found))
    for report in found:
        for example in report.examples:
            click.echo(f"{report.role}={report.evaluator}: {example}")


def _role_and_name(text: str) -> tuple[str, str]:
    role, equals, name = text.partition("=")
    if not equals or not role or not name:
        raise UsageError(f"expected ROLE=NAME, got {text!r}", hint="for example: ocr=rapidocr")
    return role, name


def _table(found: list[CheckReport]) -> str:
    rows = [("evaluator", "condition", "metric", "value", "95 % interval", "n")]
    for report in found:
        name = f"{report.role}={report.evaluator}"
        for figure in report.figures:
            interval = f"{figure.low:.1%} to {figure.high:.1%}"
            rows.append((name, figure.condition, figure.name, f"{figure.value:.1%}", interval, f"{figure.of:,.0f}"))
        if report.missing:
            of = f"{report.questions:,}"
            rows.append((name, "", "unanswered", f"{report.missing:,}", report.why_missing[:60], of))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
