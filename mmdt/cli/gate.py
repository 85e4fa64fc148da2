"""The verb ``gate``: pass, fail or inconclusive, by rules that are written down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmdt.cli.exits import ExitCode
from mmdt.cli.once import OnceCommand
from mmdt.cli.options import output_options, plugin_option
from mmdt.cli.streams import reporting_failure
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from mmdt.runs.gate import GateResult

CODES = {"pass": ExitCode.COMPLETE, "fail": ExitCode.GATE, "inconclusive": ExitCode.INCOMPLETE}


@click.command(cls=OnceCommand)
@click.argument("folder", metavar="RUN", type=click.Path(exists=True, file_okay=False))
@click.option("--rules", required=True, type=click.Path(dir_okay=False), help="The file of rules (TOML).")
@click.option(
    "--baseline",
    type=click.Path(exists=True, file_okay=False),
    help="Run to compare with, for rules about differences.",
)
@click.option("--junit", type=click.Path(dir_okay=False), metavar="FILE", help="Write JUnit XML.")
@click.option("--sarif", type=click.Path(dir_okay=False), metavar="FILE", help="Write SARIF 2.1.0, for code scanning.")
@click.option("--markdown", type=click.Path(dir_okay=False), metavar="FILE", help="Write Markdown, for a pull request.")
@click.option(
    "--different-judges", is_flag=True, help="Allow differences that different evaluators judged; each says so."
)
@plugin_option
@output_options
def gate_command(
    folder: str,
    rules: str,
    baseline: str | None,
    junit: str | None,
    sarif: str | None,
    markdown: str | None,
    different_judges: bool,
    as_json: bool,
) -> int:
    """Check RUN against rules: limits of its numbers, differences from a baseline, missing shares, completeness.

    What fails does so beyond noise: false alarms in at most 5 %, over all rules together. Exit codes: 0 pass, 6 fail,
    3 inconclusive; 1 and 2 error.

    \b
    mmdt gate runs/a --rules gate.toml
    mmdt gate runs/new --baseline runs/main --rules gate.toml --junit gate.xml --markdown gate.md
    """
    import msgspec

    from mmdt.report.gate.text import gate_text
    from mmdt.runs.gate import gate

    found = gate(folder, rules, baseline=baseline, different_judges=different_judges)
    written = _write(found, {"junit": junit, "sarif": sarif, "markdown": markdown})
    with reporting_failure("the outcome"):
        if as_json:
            click.echo(msgspec.json.encode(found.as_json()).decode())  # NaN is null
        else:
            click.echo(gate_text(found))
            for name, path in written:
                click.echo(visible(f"{name}: {path}"))
    return CODES[found.verdict]


def _write(found: GateResult, files: dict[str, str | None]) -> list[tuple[str, str]]:
    from mmdt.report.gate.junit import gate_junit
    from mmdt.report.gate.markdown import gate_markdown
    from mmdt.report.gate.sarif import gate_sarif
    from mmdt.report.gate.write import write_form

    forms = {"junit": gate_junit, "sarif": gate_sarif, "markdown": gate_markdown}
    written = [(name, path) for name, path in files.items() if path]
    for name, path in written:
        write_form(Path(path), forms[name](found))
    return written
