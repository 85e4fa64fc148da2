"""The verb ``attacks``: makes harder cases, and seals them so that it can be proved later what was asked."""

from __future__ import annotations

import hashlib
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmdt.cli.hard_cases import COMMANDS
from mmdt.cli.help import Group
from mmdt.cli.options import output_options, pairs, plugin_option
from mmdt.cli.streams import json_line
from mmdt.errors import UsageError

if TYPE_CHECKING:
    from mmdt.core.modality import Modality
    from mmdt.data.splits.apply import Applied

out_option = click.option(
    "--out", "-o", type=click.Path(file_okay=False), required=True, metavar="FOLDER", help="New folder to write to."
)
PASSPHRASE = "MMDT_SPLIT_PASSPHRASE"  # noqa: S105 - the name of a variable
SECRET = "MMDT_SPLIT_SEED"  # noqa: S105


@click.group(cls=Group)
def attacks_command() -> None:
    """Make cases harder; seal, reveal, encrypt and compare private splits. `mmdt list attacks` shows the methods."""


for command in COMMANDS:
    attacks_command.add_command(command)


@attacks_command.command("apply")
@click.argument("methods", nargs=-1, required=True, metavar="METHOD[+METHOD]...")
@click.option("--data", required=True, metavar="PLACE", help="Your cases or behaviours: a file, or a folder of files.")
@out_option
@click.option(
    "--modality",
    type=click.Choice(["i2t", "t2i"]),
    default="i2t",
    show_default=True,
    help="What behaviours become; cases keep their own.",
)
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="A parameter: severity=4, or pixelate.severity=4."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of everything that is drawn.")
@click.option("--samples", type=click.IntRange(1, 1000), default=1, show_default=True, help="Harder cases of each row.")
@plugin_option
@output_options
def apply_command(
    methods: tuple[str, ...],
    data: str,
    out: str,
    modality: Modality,
    settings: tuple[str, ...],
    seed: int,
    samples: int,
    as_json: bool,
) -> None:
    """Make each row of --data harder, by each METHOD; several joined by + are applied in this order.

    \b
    mmdt attacks apply typography+role-play base64 --data mine.csv --out hard
    mmdt run openai/gpt-4o --data hard --judge openai/gpt-4o
    """
    from mmdt.attacks.save import CASES
    from mmdt.data.splits.apply import apply_attacks

    given = pairs(settings, "--set")
    told = apply_attacks(*methods, data=data, out=out, modality=modality, parameters=given, seed=seed, samples=samples)
    _say_made(Path(out) / CASES, told, as_json)


def _say_made(path: Path, told: Applied, as_json: bool, **more: Any) -> None:
    left_out = [{"attacks": name, "reason": why, "rows": rows} for (name, why), rows in told.left_out.items()]
    if as_json:
        total = {"kind": "attacks", "cases": str(path), "total": told.made.total(), "made": dict(told.made)}
        click.echo(json_line({**total, "left_out": left_out, **more}))
        return
    for name, count in sorted(told.made.items()):
        click.echo(f"{name}: {count:,} cases")
    for each in left_out:
        click.echo(f"{each['attacks']}: {each['rows']:,} rows left out: {each['reason']}", err=True)
    click.echo(f"{told.made.total():,} cases: {path}")


@attacks_command.command("make")
@click.option(
    "--recipe", required=True, type=click.Path(dir_okay=False), metavar="FILE", help="TOML file: rows and attacks."
)
@click.option("--seed", "secret", metavar="SECRET", help=f"The secret that everything follows from (or in {SECRET}).")
@out_option
@plugin_option
@output_options
def make_command(recipe: str, secret: str | None, out: str, as_json: bool) -> None:
    """Make the split that a recipe and a secret seed describe: the same bytes on every machine."""
    from mmdt.attacks.save import CASES
    from mmdt.data.splits.make import make_split

    given = secret if secret is not None else os.environ.get(SECRET, "")
    if not given:
        raise UsageError("the split needs a secret seed", where="--seed", hint=f"give it, or set {SECRET}")
    told = make_split(recipe, given, out)
    _say_made(Path(out) / CASES, told, as_json, recipe=hashlib.sha256(Path(recipe).read_bytes()).hexdigest())


@attacks_command.command("seal")
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@output_options
def seal_command(folder: str, as_json: bool) -> None:
    """Write a commitment to the cases in FOLDER that may be published: it says nothing of what they ask."""
    from mmdt.data.splits.seal import COMMITMENT, FOLDER, PRIVATE, seal

    found, where = seal(Path(folder)), Path(folder) / FOLDER
    if as_json:
        click.echo(json_line({"kind": "commitment", "file": str(where / COMMITMENT), **asdict(found)}))
        return
    click.echo(f"root: {found.root}")
    click.echo(f"{found.cases:,} cases, {found.pictures:,} pictures")
    click.echo(f"publish {where / COMMITMENT}; keep {where / PRIVATE} and the cases to yourself")


@attacks_command.command("reveal")
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--case", "number", required=True, type=click.IntRange(1), help="Which one: its line in cases.jsonl.")
@out_option
@output_options
def reveal_command(folder: str, number: int, out: str, as_json: bool) -> None:
    """Write one case of a sealed FOLDER with the proof that it was sealed; `mmdt verify` checks it."""
    from mmdt.data.splits.proof import reveal

    proof = reveal(Path(folder), number, Path(out))
    if as_json:
        click.echo(json_line({"kind": "proof", "folder": out, **asdict(proof)}))
        return
    click.echo(f"case {number:,} of {proof.cases:,} under the root {proof.root}: {out}")


@attacks_command.command("encrypt")
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--out", "-o", type=click.Path(dir_okay=False), required=True, metavar="FILE", help="New file, such as split.age."
)
@output_options
def encrypt_command(folder: str, out: str, as_json: bool) -> None:
    """Pack FOLDER into one file that a passphrase opens (age). It is asked for, or read from MMDT_SPLIT_PASSPHRASE."""
    from mmdt.data.splits.lock import lock

    _say_files(lock(Path(folder), Path(out), _passphrase(confirm=True)), out, as_json)


@attacks_command.command("decrypt")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@out_option
@output_options
def decrypt_command(file: str, out: str, as_json: bool) -> None:
    """Unpack a FILE that `mmdt attacks encrypt` wrote."""
    from mmdt.data.splits.lock import unlock

    _say_files(unlock(Path(file), Path(out), _passphrase(confirm=False)), out, as_json)


def _say_files(count: int, out: str, as_json: bool) -> None:
    click.echo(json_line({"kind": "split", "files": count, "out": out}) if as_json else f"{count:,} files: {out}")


def _passphrase(*, confirm: bool) -> str:
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    return str(click.prompt("passphrase", hide_input=True, confirmation_prompt=confirm, err=True))
