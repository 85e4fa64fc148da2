"""The verb ``evaluators``: measures how often evaluators are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmdt.cache import cache_folder
from mmdt.cli.help import Group
from mmdt.cli.options import endpoint_option, endpoints_of, output_options, pairs
from mmdt.disk.whole import write_whole
from mmdt.errors import DataError, UsageError

if TYPE_CHECKING:
    from mmdt.evaluators.check_reports import CheckReport
    from mmdt.validate.evaluators.labels.check import LabelReport
    from mmdt.validate.evaluators.labels.measure import Measured


@click.group(cls=Group)
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
@click.option(
    "--labels", type=click.Path(dir_okay=False), help="Your own labelled file (JSONL or CSV), used as the truth."
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
    labels: str | None,
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
    mmdt evaluators check refusal=rules --labels replies.jsonl
    mmdt evaluators check --judge openai/gpt-4o judge --labels judged.jsonl --out calibration.json
    """
    from mmdt.evaluators import check_reports as reports
    from mmdt.runs.endpoints import endpoint_settings
    from mmdt.validate.evaluators.check import check_evaluators

    settings = pairs(judge_set, "--judge-set") | ({"base_url": judge_base_url} if judge_base_url else {})
    settings |= endpoint_settings(judge, endpoints_of(endpoint))
    if labels is not None:
        _refuse_beside_labels(pictures=pictures)
        _check_labels(named, labels, judge, settings, out, as_json)
        return
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


def _refuse_beside_labels(**options: str | None) -> None:
    given = [f"--{name}" for name, value in options.items() if value]
    if given:
        raise UsageError(f"{', '.join(given)} has no meaning together with --labels", hint="leave one of them out")


def _check_labels(
    named: tuple[str, ...], file: str, judge: str, settings: dict[str, Any], out: str | None, as_json: bool
) -> None:
    import msgspec

    from mmdt.validate.evaluators.labels.check import check_labels

    chosen = [_role_and_name(text) if "=" in text or not judge else (text, "") for text in named]
    found = check_labels(chosen, file, judge=judge, judge_settings=settings)
    told = msgspec.json.encode({"kind": "labels", "reports": found})
    click.echo(told.decode() if as_json else "\n".join(map(_labels_text, found)))
    if out:  # last: writing may fail, and the judges have been paid for
        _save(Path(out), told)
        if not as_json:
            click.echo(f"saved to {out}: `mmdt label RUN --calibration {out}` corrects the numbers of a run with it")


def _save(file: Path, data: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, data, private=False)
    except OSError as error:
        hint = "choose another file with --out"
        raise DataError(f"the report cannot be written: {error.strerror}", where=str(file), hint=hint) from error


def _labels_text(report: LabelReport) -> str:
    rows: list[tuple[str, ...]] = [
        (f"{report.role}={report.evaluator}", "rows", "sensitivity", "specificity", "kappa", "rate", "by people")
    ]
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


def _print(found: list[CheckReport], as_json: bool) -> None:
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode({"kind": "evaluators", "reports": found}).decode())
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
    rows: list[tuple[str, ...]] = [("evaluator", "condition", "metric", "value", "95 % interval", "n")]
    for report in found:
        name = f"{report.role}={report.evaluator}"
        for figure in report.figures:
            interval = f"{figure.low:.1%} to {figure.high:.1%}"
            rows.append((name, figure.condition, figure.name, f"{figure.value:.1%}", interval, f"{figure.of:,.0f}"))
        if report.missing:
            of = f"{report.questions:,}"
            rows.append((name, "", "unanswered", f"{report.missing:,}", report.why_missing[:60], of))
    return _aligned(rows)
