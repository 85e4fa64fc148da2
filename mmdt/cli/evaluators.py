"""The verb about evaluators: how often does each err?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmdt.cache import cache_folder
from mmdt.cli.options import output_options, pairs
from mmdt.errors import UsageError

if TYPE_CHECKING:
    from mmdt.evaluators.check_reports import Report
    from mmdt.validate.evaluators.labels.check import LabelReport
    from mmdt.validate.evaluators.labels.measure import Measured


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
@click.option("--labels", type=click.Path(dir_okay=False), help="Your own labelled file, JSONL or CSV, as the truth.")
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
    labels: str | None,
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
    mmdt evaluators check refusal=rules --labels replies.jsonl
    """
    from mmdt.evaluators import check_reports as reports
    from mmdt.validate.evaluators.check import check_evaluators

    settings = pairs(judge_set, "--judge-set") | ({"base_url": judge_base_url} if judge_base_url else {})
    if labels is not None:
        _refuse_beside_labels(pictures=pictures, out=out)
        _check_labels(named, labels, judge, settings, as_json)
        return
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


def _refuse_beside_labels(**options: str | None) -> None:
    given = [f"--{name}" for name, value in options.items() if value]
    if given:
        raise UsageError(f"{', '.join(given)} has no meaning beside --labels", hint="leave one of them out")


def _check_labels(named: tuple[str, ...], file: str, judge: str, settings: dict[str, Any], as_json: bool) -> None:
    from mmdt.validate.evaluators.labels.check import check_labels

    chosen = [_named(text) if "=" in text or not judge else (text, "") for text in named]
    found = check_labels(chosen, file, judge=judge, judge_settings=settings)
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(found).decode())
        return
    for report in found:
        click.echo(_labels_text(report))


def _labels_text(report: LabelReport) -> str:
    rows: list[tuple[str, ...]] = []
    rows.append(
        (f"{report.role}={report.evaluator}", "rows", "sensitivity", "specificity", "kappa", "rate", "by people")
    )
    for part in report.parts:
        name = f"{part.by} {part.group}" if part.by else "all"
        shares = (part.sensitivity, part.specificity)
        told = [_measured(each, percent=True) for each in shares] + [_measured(part.kappa, percent=False)]
        rates = [_measured(each, percent=True, interval=False) for each in (part.rate, part.rate_by_people)]
        rows.append((name, f"{part.rows:,}", *told, *rates))
    lines = [_aligned(rows), f"accuracy {_measured(report.parts[0].accuracy, percent=True)} of all labels"]
    if report.missing:
        lines.append(f"{report.missing:,} of {report.rows:,} rows unanswered: {report.why_missing}")
    if report.by_rules:
        lines.append(f"{report.by_rules:,} rows read by rules, because the judge had no verdict")
    lines += [f"row {each.row}: {each.label}, read as {each.said}: {each.reply!r}" for each in report.disagreements]
    return "\n".join(lines)


def _measured(figure: Measured, *, percent: bool, interval: bool = True) -> str:
    if figure.value is None:
        return "-"
    style = ".1%" if percent else ".2f"
    known = interval and figure.low is not None and figure.high is not None
    return f"{figure.value:{style}}" + (f" [{figure.low:{style}}, {figure.high:{style}}]" if known else "")


def _aligned(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _say(found: list[Report], as_json: bool) -> None:
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


def _table(found: list[Report]) -> str:
    rows: list[tuple[str, ...]] = [("evaluator", "condition", "figure", "value", "95 % interval", "of")]
    for report in found:
        name = f"{report.role}={report.evaluator}"
        for figure in report.figures:
            interval = f"{figure.low:.1%} to {figure.high:.1%}"
            rows.append((name, figure.condition, figure.name, f"{figure.value:.1%}", interval, f"{figure.of:,.0f}"))
        if report.missing:
            of = f"{report.questions:,}"
            rows.append((name, "", "unanswered", f"{report.missing:,}", report.why_missing[:60], of))
    return _aligned(rows)
