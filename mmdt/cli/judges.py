"""The verb ``judges``: the outputs of a run under several judges, and how steady its own judge is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from mmdt.cli.once import OnceCommand
from mmdt.cli.options import endpoint_option, endpoints_of, output_options, pairs, plugin_option
from mmdt.errors import UsageError
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from mmdt.core.estimate import Estimate
    from mmdt.stats.paired.compare import Difference
    from mmdt.validate.judges.compare import JudgeComparison
    from mmdt.validate.judges.stability import StabilityReport

SHOWN = 20
"""Cases that are printed where the judges differ; --json has more."""


@click.command(cls=OnceCommand)
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--as",
    "judges",
    multiple=True,
    metavar="NAME,...",
    help="Judges, guards or judge prompts to judge the outputs with. May be repeated.",
)
@click.option("--judge", "-j", default="", metavar="MODEL", help="Who is asked the judge prompts (default: the run's).")
@click.option("--stability", type=int, metavar="N", help="Ask the run's judges again about N outputs.")
@click.option(
    "--threshold", type=float, default=0.10, show_default=True, help="Share of flips from which a majority judges."
)
@click.option("--majority", type=int, default=3, show_default=True, help="Times that majority asks (an odd number).")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the sample.")
@click.option("--judge-base-url", metavar="URL", help="URL of the judges' server.")
@click.option("--judge-api-key-env", metavar="NAME", help="Environment variable with the key for the judges' server.")
@click.option(
    "--judge-set", multiple=True, metavar="KEY=VALUE", help="Setting for the judges' runtime. May be repeated."
)
@endpoint_option
@click.option("--max-cost", type=float, metavar="USD", help="Budget of the whole run, including what is already spent.")
@click.option("--max-requests", type=int, help="Maximum number of requests of the whole run, including those made.")
@plugin_option
@output_options
def judges_command(
    folder: str,
    judges: tuple[str, ...],
    judge: str,
    stability: int | None,
    threshold: float,
    majority: int,
    seed: int,
    as_json: bool,
    **options: Any,
) -> None:
    """Compare judges on the stored outputs of the run in FOLDER. Nothing is generated.

    Without --as, those that have judged it already: its own judge, earlier ones, the members of a panel. The run's own
    numbers do not change, but for cells where --stability finds that the judge wavers: these are judged by majority.

    \b
    mmdt judges RUN
    mmdt judges RUN --as openai/gpt-4o,guard/llama-guard-4/hf/meta-llama/Llama-Guard-4-12B
    mmdt judges RUN --as my-question --judge openai/gpt-4o
    mmdt judges RUN --stability 100
    """
    import msgspec

    from mmdt.report.terminal.progress import watching

    changes = _changes(options)
    if stability is not None and (judges or judge):
        raise UsageError("--stability is about the run's own judges", where="--as", hint="call mmdt judges twice")
    with watching(as_json=as_json) as watcher:
        if stability is not None:
            from mmdt.validate.judges.stability import judge_stability

            steady = judge_stability(
                folder, stability, threshold=threshold, majority=majority, seed=seed, progress=watcher, **changes
            )
        else:
            from mmdt.validate.judges.compare import compare_judges

            names = [name.strip() for given in judges for name in given.split(",") if name.strip()]
            found = compare_judges(folder, names, judge=judge, progress=watcher, **changes)
    shown: Any = steady if stability is not None else found
    if as_json:
        kind = "judges" if stability is None else "stability"
        click.echo(msgspec.json.encode({"kind": kind, **msgspec.to_builtins(shown)}).decode())
    else:
        click.echo(visible(_steady(steady) if stability is not None else _compared(found)))
    if shown.stopped:
        click.echo(visible(f"mmdt: not everything was judged: {shown.stopped}"), err=True)


def _changes(options: dict[str, Any]) -> dict[str, Any]:
    given = {
        **options,
        "judge_settings": pairs(options.pop("judge_set"), "--judge-set"),
        "endpoints": endpoints_of(options.pop("endpoint")),
    }
    given.pop("judge_set", None), given.pop("endpoint", None)
    return {name: value for name, value in given.items() if value not in (None, {}, "")}


def _compared(found: JudgeComparison) -> str:
    rows = [("cell", "judge", "rate", "difference", "p", "p (Holm)", "missing")]
    for each in found.rates:
        other = each.difference
        rows.append(
            (
                each.address,
                each.judge,
                _share(each.estimate),
                _share(other, sign=True) if other else "",
                _p(other.p) if other else "",
                _p(other.p_adjusted) if other else "",
                f"{each.estimate.missing}",
            )
        )
    matrix = [("probe", "judges", "agree", "kappa", "AC1", "outputs")]
    for pair in found.agreement:
        both = f"{pair.first} / {pair.second}"
        matrix.append(
            (pair.probe, both, f"{pair.share:.1%}", _plain(pair.kappa), _plain(pair.ac1), f"{pair.outputs:,}")
        )
    lines = [
        _aligned(rows),
        "",
        _aligned(matrix),
        "",
        f"The judges differ on {found.disputes:,} of {found.outputs:,} outputs.",
    ]
    if any(each.estimate.missing for each in found.rates):
        lines.append(
            "Where outputs are missing, that judge was not asked about them or has no verdict: name it with --as."
        )
    for case in found.cases[:SHOWN]:
        said = ", ".join(f"{judge}: {verdict}" for judge, verdict in case.verdicts.items())
        lines.append(f"  {case.cell} {case.case_id} ({case.probe}) {said}: {case.reply[:80]!r}")
    if found.disputes > SHOWN:
        lines.append(f"  ... and {found.disputes - SHOWN:,} more (--json lists them)")
    return "\n".join(lines)


def _steady(found: StabilityReport) -> str:
    rows = [("cell", "role", "flips", "95 % interval", "askings", "outputs", "judged by")]
    for each in found.cells:
        share = f"{each.flipped / each.asked:.1%}" if each.asked else "-"
        by = f"majority of {each.of}" if each.majority else "one asking"
        interval = f"{each.low:.1%} to {each.high:.1%}"
        rows.append((each.cell, each.role, share, interval, f"{each.asked:,}", f"{each.outputs:,}", by))
    ways = [f"{way}: {flips:,} of {asked:,} askings turned the verdict" for way, (flips, asked) in found.by_way.items()]
    return "\n".join([_aligned(rows), "", *ways])


def _p(p: float) -> str:
    return "" if math.isnan(p) else f"{p:.3f}"


def _share(estimate: Estimate | Difference, *, sign: bool = False) -> str:
    form = "+.1%" if sign else ".1%"
    if estimate.value != estimate.value:
        return "-"
    return f"{estimate.value:{form}} [{estimate.low:{form}}, {estimate.high:{form}}]"


def _plain(estimate: Estimate) -> str:
    if estimate.value != estimate.value:
        return "-"
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
