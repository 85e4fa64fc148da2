"""The verb ``attack``."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmdt.cli.exits import ExitCode
from mmdt.cli.help import Verb
from mmdt.cli.options import (
    evaluation_options,
    models_argument,
    output_options,
    pairs,
    plugins_setting,
    request_options,
    values_from,
)
from mmdt.cli.streams import json_line
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from mmdt.search.manifest import SearchManifest
    from mmdt.search.result import Search
    from mmdt.search.session import SearchProgress

EVERY = 5.0
"""Seconds between two lines of progress."""
_EXITS = {
    "complete": ExitCode.COMPLETE,
    "incomplete": ExitCode.INCOMPLETE,
    "budget": ExitCode.BUDGET,
    "interrupted": ExitCode.INTERRUPTED,
}


@click.command(cls=Verb)
@models_argument
@click.option("--config", type=click.Path(), help="TOML file with settings; options take precedence.")
@click.option("--out", "-o", type=click.Path(), help="Folder of the search (default: below runs/).")
@click.option(
    "--behaviours", help="CSV or JSONL file of what the model should not do, or embedded (harmless mischief)."
)
@click.option("--limit", type=int, help="Maximum number of behaviours (a seeded sample).")
@click.option("--method", "methods", multiple=True, metavar="NAME", help="How to search: tap, pair, crescendo, adaptive"
              " and others (`mmdt list searches`). May be repeated; each is tried on each behaviour.")  # fmt: skip
@click.option("--method-set", multiple=True, metavar="NAME.KEY=VALUE", help="Setting of a method, such as tap.width=3.")
@click.option("--queries", type=int, help="Queries of the model for each behaviour and method (default: 20).")
@click.option("--modality", type=click.Choice(["i2t", "t2i", "t2t"]), help="What the model is asked for.")
@click.option("--attacker", metavar="MODEL", help="Chat model that writes the prompts, or rules (default), which need"
              " none.")  # fmt: skip
@click.option("--attacker-base-url", metavar="URL", help="URL of the attacker's server.")
@click.option("--attacker-api-key-env", metavar="NAME", help="Environment variable with the key for it.")
@click.option("--attacker-set", multiple=True, metavar="KEY=VALUE", help="Setting for the attacker's runtime.")
@click.option("--move", "moves", multiple=True, metavar="ATTACK", help="Attack to choose from, or all of those that ask"
              " nothing of a model but answers (default: eight usual ones). May be repeated.")  # fmt: skip
@click.option("--pictures", type=click.Choice(["auto", "always", "never"]), help="Draw an attacker's words as a page.")
@click.option("--rejudge", metavar="MODEL", help="Second judge, for what succeeded.")
@click.option("--transfer", is_flag=True, default=None, help="Try what was found on one model on the others.")
@click.option("--found", multiple=True, metavar="SEARCH", help="Try what an earlier search found. May be repeated.")
@click.option("--save-found", type=click.Path(), metavar="FOLDER", help="Write what succeeded as cases for --data.")
@click.option("--i-am-authorised", is_flag=True, help="Confirm that you may attack models on other machines.")
@click.option("--seed", type=int, help="Seed of the search, of the sample and of the model.")
@evaluation_options
@request_options
@plugins_setting
@output_options
def attack_command(
    models: tuple[str, ...],
    config: str | None,
    out: str | None,
    save_found: str | None,
    i_am_authorised: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Search for ways past the rules of MODEL: what it declines, until it does it or the queries are used up.

    Only attack models that you may attack. Nothing harmful is included: name your own behaviours.

    \b
    mmdt attack organism/holed --method tap --method random
    mmdt attack openai/my-model --base-url http://localhost:8000/v1 --behaviours mine.csv \\
        --attacker openai/gpt-4o --judge openai/gpt-4o --queries 20
    """
    from mmdt.search.settings import make_search
    from mmdt.search.verbs import start

    own: dict[str, Any] = {name: tuple(options.pop(name)) for name in ("methods", "moves", "found")}
    own["method_options"] = pairs(options.pop("method_set"), "--method-set")
    own["attacker_settings"] = pairs(options.pop("attacker_set"), "--attacker-set")
    options.pop("yes", None)
    values = values_from(config, options)
    values |= {name: value for name, value in own.items() if value}
    values["methods"] = _listed(values.get("methods", ("tap",)))
    if models:
        values["models"] = models
    settings = make_search(values, where=config or "command line")
    with watching(as_json) as watcher:
        found = start(settings, out=out, authorised=i_am_authorised, progress=watcher, begun=_begun(as_json))
    if save_found and found.found:
        found.save_found(save_found)
    return finish(found, as_json)


def _listed(given: Any) -> tuple[str, ...]:
    parts = (given,) if isinstance(given, str) else given
    return tuple(part.strip() for each in parts for part in str(each).split(",") if part.strip())


def _begun(as_json: bool) -> Callable[[Path, SearchManifest], None] | None:
    def say(folder: Path, manifest: SearchManifest) -> None:
        settings = manifest.settings
        hunts = len(manifest.behaviours) * len(settings.models) * len(settings.methods)
        most = hunts * settings.queries
        what = f"{hunts:,} hunts of at most {settings.queries} queries ({most:,} in all) in {folder}"
        click.echo(visible(f"{what}. The folder will hold what may be offensive: keep it private."), err=True)

    return None if as_json else say


@contextmanager
def watching(as_json: bool) -> Iterator[Callable[[SearchProgress], None]]:
    """Show the progress: a line every few seconds on stderr, and one at the end."""
    last: list[float] = [0.0]
    latest: list[SearchProgress] = []

    def show(progress: SearchProgress) -> None:
        latest[:] = [progress]
        if progress.elapsed - last[0] >= EVERY:
            last[0] = progress.elapsed
            _line(progress, as_json)

    try:
        yield show
    finally:
        if latest:
            _line(latest[0], as_json)


def _line(progress: SearchProgress, as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        click.echo(json_line({"kind": "progress", **asdict(progress)}))
        return
    cost = "" if progress.cost is None else f" | ${progress.cost:,.2f}"
    parts = f"{progress.done:,}/{progress.hunts:,} hunts | {progress.fell:,} found a way, {progress.broken:,} broke off"
    try:
        print(f"{parts} | {progress.queries:,} queries{cost}", file=sys.stderr, flush=True)
    except OSError:
        return


def finish(search: Search, as_json: bool) -> int:
    """Print the numbers, how the search ended, and the next step. Returns the exit code."""
    from mmdt.search.shown import as_values, lines

    if as_json:
        click.echo(json_line({"kind": "search", **as_values(search)}))
    else:
        for line in lines(search):
            click.echo(visible(line))
    ended, quoted = search.manifest.ended, shlex.quote(str(search.folder))
    if ended.how == "complete":
        click.echo(visible(f"Every conversation, folded and blurred: mmdt report {quoted}"), err=True)
    else:
        click.echo(visible(f"mmdt: {ended.how}: {ended.reason}"), err=True)
        click.echo(visible(f"To continue: mmdt resume {quoted}"), err=True)
    return _EXITS.get(ended.how, ExitCode.FAILED)


def resume(folder: str, given: dict[str, Any], as_json: bool) -> int:
    """``mmdt resume`` of a search."""
    from mmdt.search.verbs import resume_search

    with watching(as_json) as watcher:
        found = resume_search(folder, progress=watcher, **given)
    return finish(found, as_json)


def show(folder: str, as_json: bool) -> int:
    """``mmdt show`` of a search."""
    from mmdt.search.result import open_search

    return finish(open_search(folder), as_json)
