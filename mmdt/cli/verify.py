"""The verb ``verify``."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from mmdt.cli.exits import ExitCode
from mmdt.cli.once import OnceCommand
from mmdt.cli.options import output_options


@click.command(cls=OnceCommand)
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@output_options
def verify_command(folder: str, as_json: bool) -> int:
    """Check that everything in the run in FOLDER is as it was stored: cases, outputs, observations and pictures.

    Prints what differs, and the run's root: the digest of all digests, which its report shows too.
    """
    from mmdt.report.terminal.table import printable
    from mmdt.runs.verify import verify

    found = verify(folder)
    if as_json:
        line = {"kind": "verification", "ok": found.ok, **asdict(found), "folder": str(found.folder)}
        click.echo(json.dumps(line))
    else:
        for finding in found.findings:
            click.echo(printable(str(finding)))
        for note in found.notes:
            click.echo(f"note: {note}")
        counts = ", ".join(f"{count:,} {name}" for name, count in found.counts.items())
        click.echo(f"{'OK' if found.ok else 'Not verified' if not found.findings else 'DAMAGED'}: {counts} read")
        click.echo(f"root: {found.root}" if found.root else "no root: the run has no end yet, or an early mmdt made it")
    return ExitCode.FAILED if found.findings else ExitCode.INCOMPLETE if found.notes else ExitCode.COMPLETE
