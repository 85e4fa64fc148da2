"""``verify`` for sealed splits: the folder, one revealed case of it, or the run that says that it used it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmdt.cli.exits import ExitCode
from mmdt.cli.streams import json_line

if TYPE_CHECKING:
    from mmdt.runs.integrity.verify import Finding


def is_split(folder: str) -> bool:
    """Whether the folder holds a sealed split or a revealed case, and no run."""
    from mmdt.data.splits.check import is_sealed
    from mmdt.data.splits.proof import is_proof

    return is_sealed(Path(folder)) or is_proof(Path(folder))


def is_unsealed(folder: str) -> bool:
    """Whether the folder holds cases that nobody has sealed, and no run."""
    from mmdt.attacks.save import CASES
    from mmdt.runs.manifest import FILE

    return (Path(folder) / CASES).is_file() and not (Path(folder) / FILE).exists()


def verify_split(folder: str, commitment: str | None, as_json: bool) -> int:
    """Check it and print what was found; the exit code."""
    from mmdt.data.splits.check import check_split, read_commitment
    from mmdt.data.splits.proof import check_proof, is_proof
    from mmdt.report.terminal.table import printable

    published = read_commitment(Path(commitment)) if commitment else None
    if is_proof(Path(folder)):
        proof, problems = check_proof(Path(folder), published)
        root, what = published.root if published else proof.root, f"case {proof.place + 1:,} of {proof.cases:,}"
    else:
        sealed, problems = check_split(Path(folder), published)
        root, what = sealed.root, f"{sealed.cases:,} cases, {sealed.pictures:,} pictures"
    if as_json:
        line = {"kind": "verification", "ok": not problems, "findings": list(problems), "root": root, "folder": folder}
        click.echo(json_line(line))
    else:
        for problem in problems:
            click.echo(printable(problem))
        against = f"the commitment {commitment}" if commitment else "the copy of the commitment in the folder"
        click.echo(f"{'NOT AS SEALED' if problems else 'OK'}: {what}, against {printable(against)}")
        click.echo(f"root: {root}")
    return ExitCode.FAILED if problems else ExitCode.COMPLETE


def not_used(folder: str, commitment: str) -> tuple[Finding, ...]:
    """A finding where the run in the folder did not use the split of the commitment."""
    from mmdt.data.splits.check import read_commitment
    from mmdt.runs import manifest as manifests
    from mmdt.runs.integrity.verify import Finding

    wanted, used = read_commitment(Path(commitment)), manifests.read(Path(folder)).data.commitments
    if wanted.root in used.values():
        return ()
    recorded = ", ".join(used.values()) or "none"
    what = f"the run did not use the split with the root {wanted.root}; it recorded: {recorded}"
    return (Finding("split", "", what),)
