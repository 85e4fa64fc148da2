"""The verb ``verify``."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmdt.cli.exits import ExitCode
from mmdt.cli.help import Alone
from mmdt.cli.options import output_options
from mmdt.cli.streams import json_line
from mmdt.cli.verify_split import is_split, is_unsealed, not_used, verify_split
from mmdt.errors import UsageError

if TYPE_CHECKING:
    from mmdt.runs.integrity.verify import Verification


@click.command(cls=Alone)
@click.argument("folder", metavar="FOLDER", type=click.Path(exists=True, file_okay=False))
@click.option("--sign", metavar="KEY", help="Sign the root with this secret key of minisign, if all is well.")
@click.option(
    "--public-key", default="", metavar="KEY", help="Check that the root was signed by this key of minisign (or file)."
)
@click.option(
    "--commitment",
    metavar="FILE",
    help="Published commitment: check that the split, or the cases that the run used, match it.",
)
@output_options
def verify_command(folder: str, sign: str | None, public_key: str, commitment: str | None, as_json: bool) -> int:
    """Check that everything in the run in FOLDER is as it was stored: cases, outputs, observations and pictures.

    A FOLDER with a sealed split, or with a case that was revealed, is checked against its commitment instead.

    Prints what differs, and the run's root: the digest of all digests, which its report shows too. The password of an
    encrypted key is asked for, or read from MMDT_SIGNING_PASSWORD.
    """
    from mmdt.runs.integrity.signature import sign_root
    from mmdt.runs.integrity.verify import verify
    from mmdt.search.manifest import is_search
    from mmdt.search.sealing import verify_search

    if is_split(folder):
        if sign or public_key:
            raise UsageError(
                "a split is not signed", where=folder, hint="sign its commitment.json with minisign itself"
            )
        return verify_split(folder, commitment, as_json)
    if sign and public_key:
        raise UsageError("a run is signed, or its signature checked", where="--sign", hint="call mmdt verify twice")
    if is_unsealed(folder):
        raise UsageError("the split is not sealed", where=folder, hint="seal it first: mmdt attacks seal FOLDER")
    if is_search(folder):
        if sign or public_key or commitment:
            raise UsageError("a search has no signature and no split", where=folder, hint="verify it by itself")
        found = verify_search(folder)
    else:
        found = verify(folder, public_key=public_key)
    if commitment:
        found = replace(found, findings=(*found.findings, *not_used(folder, commitment)))
    if sign and found.ok:
        sign_root(Path(folder), found.root_with_people, Path(sign), _password)
    _say(found, sign, as_json)
    return ExitCode.FAILED if found.findings else ExitCode.INCOMPLETE if found.notes else ExitCode.COMPLETE


def _say(found: Verification, sign: str | None, as_json: bool) -> None:
    from mmdt.report.terminal.table import printable
    from mmdt.runs.integrity.signature import SIGNATURE

    if as_json:
        line = {"kind": "verification", "ok": found.ok, **asdict(found), "folder": str(found.folder)}
        click.echo(json_line(line))
    else:
        for finding in found.findings:
            click.echo(printable(str(finding)))
        for note in found.notes:
            click.echo(f"note: {note}")
        counts = ", ".join(f"{count:,} {name}" for name, count in found.counts.items())
        click.echo(f"{_verdict(found)}: {counts} read")
        click.echo(f"root: {found.root}" if found.root else "no root: the run has no end yet, or an early mmdt made it")
        if found.root_with_people not in ("", found.root):
            click.echo(f"root with people's labels: {found.root_with_people}")
        if found.signed or (sign and found.ok):
            click.echo(f"signed: {SIGNATURE}" + (f", with the key in {printable(sign)}" if sign else " is by this key"))
        elif sign:
            click.echo("not signed: only a run that is whole is signed", err=True)


def _verdict(found: Verification) -> str:
    if found.ok:
        return "OK"
    if not found.findings:
        return "Not verified"
    parts = {each.part for each in found.findings}
    if parts == {"signature"}:
        return "NOT SIGNED"
    return "NOT THIS SPLIT" if parts == {"split"} else "DAMAGED"


def _password() -> str:
    given = os.environ.get("MMDT_SIGNING_PASSWORD")
    if given is not None:
        return given
    return str(click.prompt("password of the key", hide_input=True, err=True))
