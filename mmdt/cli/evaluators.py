"""The verb about evaluators: how often does each err?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmdt.cache import cache_folder
from mmdt.cli.options import output_options, pairs
from mmdt.errors import UsageError

if TYPE_CHECKING:
    from mmdt.evaluators.check_reports import CheckReport


@click.group()
def evaluators_command() -> None:
    """Evaluators: what looks at outputs, and how far it can be relied on."""


@evaluators_command.command("check")
@click.argument("named", nargs=-1, metavar="[ROLE=NAME]...")
@click.option("--judge", "-j", default="", metavar="MODEL", help="A chat model in all that it judges.")
@click.option("--judge-base-url", metavar="URL", help="Server of the judge.")
@click.option("--judge-set", multiple=True, metavar="KEY=VALUE", help="A setting of the judge's runtime.")
@click.option("--n", "number", type=click.IntRange(min=2), default=40, show_default=True, help="Questions a condition.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the sets.")
@click.option("--pictures", type=click.Path(file_okay=False), help="Your own pictures, all different (role copy).")
@click.option("--out", type=click.Path(dir_okay=False), help="Keep the report in this JSON file, not in the cache.")
@output_options
def check_command(
    named: tuple[str, ...],
    judge: str,
    judge_base_url: str | None,
    judge_set: tuple[str, ...],
    number: int,
    seed: int,
    pictures: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Hold evaluators against sets whose truth is known: precision, recall, accuracy, with intervals.

    Without a name, all that need neither a server nor weights. What is found is kept, and shown in later runs.

    \b
    mmdt evaluators check
    mmdt evaluators check detector=grounding-dino ocr=rapidocr
    mmdt evaluators check --judge openai/gpt-4o
    mmdt evaluators check copy=crops --pictures FOLDER
    """
    from mmdt.evaluators import check_reports as reports
    from mmdt.validate.evaluators.check import check_evaluators

    settings = pairs(judge_set, "--judge-set") | ({"base_url": judge_base_url} if judge_base_url else {})
    found = check_evaluators(
        [_named(text) for text in named],
        number=number,
        seed=seed,
        judge=judge,
        judge_settings=settings,
        pictures=pictures,
    )
    file = Path(out) if out else cache_folder() / reports.FILE
    _say(found, as_json)  # before anything can go wrong with the file: judges were paid for it
    reports.write(found, file)
    if not as_json:
        click.echo(f"kept in {file}")


def _say(found: list[CheckReport], as_json: bool) -> None:
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(found).decode())
        return
    click.echo(_table(found))
    for report in found:
        for example in report.examples:
            click.echo(f"{report.role}={report.evaluator}: {example}")


def _named(text: str) -> tuple[str, str]:
    role, equals, name = text.partition("=")
    if not equals or not role or not name:
        raise UsageError(f"{text!r} is not ROLE=NAME", hint="write for example ocr=rapidocr")
    return role, name


def _table(found: list[CheckReport]) -> str:
    rows = [("evaluator", "condition", "figure", "value", "95 % interval", "of")]
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
