"""Options that several verbs share, and how they become settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from mmdt.errors import UsageError
from mmdt.runs.settings import Settings, make_settings, read_settings

Command = TypeVar("Command", bound=Callable[..., Any])

_DATA = (
    click.option(
        "--select", "-s", multiple=True, metavar="GLOB", help="Cells: 'safety/**' '*/t2i/**' (more may follow)."
    ),
    click.option("--data", help="auto, hub, embedded, a local copy of the published data, or your own file or folder."),
    click.option("--revision", help="Revision of the published data."),
    click.option("--size", type=int, help="Embedded cases a task."),
    click.option("--limit", type=int, help="At most so many cases a cell: a seeded sample."),
    click.option("--seed", type=int, help="Seed of the data, the sample and the model."),
    click.option("--repeats", type=int, help="Outputs a case (the scenario decides unless given)."),
    click.option(
        "--skip-bad", is_flag=True, default=None, help="Leave damaged rows out (counted and shown) and go on."
    ),
)
_EVALUATION = (
    click.option("--judge", "-j", metavar="MODEL", help="Chat model that judges (openai/gpt-4o), or embedded."),
    click.option(
        "--evaluator", "-e", multiple=True, metavar="ROLE=NAME", help="Evaluator for a role: detector=pixels."
    ),
    click.option(
        "--allow-embedded-judge", is_flag=True, default=None, help="Let an embedded evaluator judge a real model."
    ),
    click.option("--judge-base-url", metavar="URL", help="Server of the judge."),
    click.option("--judge-set", multiple=True, metavar="KEY=VALUE", help="A setting of the judge's runtime."),
)
_ASKING = (
    click.option("--base-url", metavar="URL", help="OpenAI-compatible server of the model."),
    click.option("--set", "model_set", multiple=True, metavar="KEY=VALUE", help="A setting of the model's runtime."),
    click.option("--concurrency", "-c", type=int, help="Requests in flight (found by itself unless given)."),
    click.option("--rpm", type=float, help="Requests a minute at most."),
    click.option("--tpm", type=float, help="Tokens a minute at most."),
    click.option("--timeout", type=float, help="Seconds an attempt may take."),
    click.option("--attempts", type=int, help="Attempts at each request."),
    click.option("--max-cost", type=float, metavar="USD", help="Stop cleanly when this is spent."),
    click.option("--max-requests", type=int, help="Stop cleanly after so many requests."),
)


def _apply(options: Sequence[Callable[[Command], Command]]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


data_options = _apply(_DATA)
evaluation_options = _apply(_EVALUATION)
asking_options = _apply(_ASKING)
_BATCH = (
    click.option(
        "--batch",
        type=click.Choice(["none", "model", "judges", "all"]),
        help="Ask through the provider's batches: half the price, within a day.",
    ),
    click.option("--wait/--no-wait", default=None, help="Wait for batches, or end when they are handed over."),
    click.option("--batch-set", multiple=True, metavar="KEY=VALUE", help="most=500, poll=60, linger=10."),
)
batch_options = _apply(_BATCH)
_EXECUTOR = (
    click.option(
        "--executor", type=click.Choice(["local", "ray"]), help="Where models and evaluators work (local unless given)."
    ),
    click.option("--ray-address", metavar="HOST:PORT", help="A running Ray cluster; auto on one of its machines."),
    click.option("--ray-workers", type=int, help="Workers that hold the model (2 unless given)."),
    click.option(
        "--ray-set", multiple=True, metavar="KEY=VALUE", help="model_gpus=1, env=HF_TOKEN: see docs/scale.md."
    ),
)
executor_options = _apply(_EXECUTOR)


def _load_plugins(context: click.Context, parameter: click.Parameter, paths: tuple[str, ...]) -> None:
    from mmdt.plugins import files

    for path in paths:
        files.load(path)


_PLUGIN_HELP = "Python file that registers models, evaluators, attacks or scenarios (may be given several times)."
plugin_option = click.option(
    "--plugin", multiple=True, metavar="FILE", expose_value=False, callback=_load_plugins, help=_PLUGIN_HELP
)
"""Loads the files for this command only."""
plugins_setting = click.option("--plugin", "plugins", multiple=True, metavar="FILE", help=_PLUGIN_HELP)
"""Makes the files a setting, which the run records."""
output_options = _apply((click.option("--json", "as_json", is_flag=True, help="For machines: JSON lines on stdout."),))


def pairs(given: Sequence[str], option: str) -> dict[str, Any]:
    """``KEY=VALUE`` options; a value that reads as JSON (a number, true, a list) is one, anything else is text."""
    found: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"{text!r} is not KEY=VALUE", where=option, hint="write for example temperature=0")
        try:
            found[key.strip()] = json.loads(value)
        except ValueError:
            found[key.strip()] = value
    return found


def settings_from(config: str | None, options: Mapping[str, Any], globs: Sequence[str] = ()) -> Settings:
    """Settings from a TOML file with the options given on the command line laid over it."""
    values = read_settings(config) if config else {}
    return make_settings({**values, **given_values(options, globs)}, where=config or "command line")


def given_values(options: Mapping[str, Any], globs: Sequence[str] = ()) -> dict[str, Any]:
    """The settings among a command's options that the user gave."""
    given = dict(options)
    grouped: dict[str, Any] = {
        "select": tuple(given.pop("select", ())) + tuple(globs),
        "evaluators": {role: str(name) for role, name in pairs(given.pop("evaluator", ()), "--evaluator").items()},
        "batch_options": pairs(given.pop("batch_set", ()), "--batch-set"),
        "ray_options": pairs(given.pop("ray_set", ()), "--ray-set"),
        "reuse": tuple(given.pop("reuse", ())),
        "plugins": tuple(given.pop("plugins", ())),
        "model_settings": pairs(given.pop("model_set", ()), "--set"),
        "judge_settings": pairs(given.pop("judge_set", ()), "--judge-set"),
    }
    given |= {name: value for name, value in grouped.items() if value}
    return {name: value for name, value in given.items() if value is not None}
