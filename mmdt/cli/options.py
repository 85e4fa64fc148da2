"""Options that several verbs share, and their conversion to settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from mmdt.errors import UsageError
from mmdt.runs.settings import Settings, make_settings, overridden, read_settings
from mmdt.spelling import option, verb

Command = TypeVar("Command", bound=Callable[..., Any])

select_option = click.option(
    "--select",
    "-s",
    multiple=True,
    metavar="GLOB",
    help="Cells, such as 'safety/**' or '*/t2i/**' (default: all). May be repeated.",
)
"""Means the same everywhere: the cells that the command is about."""
_DATA = (
    select_option,
    click.option(
        "--benchmark",
        "-b",
        multiple=True,
        metavar="NAME",
        help="Named benchmarks (figstep,pope; `mmdt list benchmarks`), or your own TOML file. May be repeated.",
    ),
    click.option(
        "--data",
        multiple=True,
        metavar="PLACE",
        help="auto, hub, embedded, a local copy of the published data, or your own file or folder. Several are read"
        " together.",
    ),
    click.option("--images", multiple=True, metavar="FOLDER", help="Folder of pictures that rows of a benchmark name."),
    click.option("--revision", help="Revision of the published data."),
    click.option("--size", type=int, help="Number of embedded cases per task."),
    click.option("--limit", type=int, help="Maximum number of cases per cell (a seeded sample)."),
    click.option("--seed", type=int, help="Seed of the data, the sample and the model."),
    click.option("--repeats", type=int, help="Outputs per case (default: set by the scenario)."),
    click.option(
        "--control",
        type=click.Choice(["blind", "grey"]),
        help="Ask every question about a picture again without it, or with a grey one: a second arm of the run, which"
        " shows what the model gains from looking.",
    ),
    click.option("--skip-bad", is_flag=True, default=None, help="Skip invalid rows; the report shows their number."),
)
_EVALUATION = (
    click.option(
        "--judge",
        "-j",
        multiple=True,
        metavar="MODEL",
        help="Chat model that judges outputs, such as openai/gpt-4o, a guard, or embedded. Several are a panel.",
    ),
    click.option(
        "--vote",
        type=click.Choice(["majority", "unanimous", "any", "mean"]),
        help="How a panel's votes become one verdict (default: majority).",
    ),
    click.option(
        "--evaluator",
        "-e",
        multiple=True,
        metavar="ROLE=NAME",
        help="Evaluator for a role, such as detector=pixels. May be repeated.",
    ),
    click.option(
        "--careful",
        is_flag=True,
        default=None,
        help="Ask judges of pictures a second question, about a wrong attribute (always so on embedded data).",
    ),
    click.option(
        "--allow-embedded-judge", is_flag=True, default=None, help="Allow embedded evaluators to judge a real model."
    ),
    click.option(
        "--cut-off",
        type=click.Choice(["keep", "missing"]),
        help="Answers that a token limit cut off: score them by what is there, or count them as missing.",
    ),
    click.option(
        "--guard",
        metavar="MODEL",
        help="Guard to try on the same answers: a chat model, a moderation endpoint such as"
        " openai/omni-moderation-latest, or embedded.",
    ),
    click.option("--guard-on", metavar="SIDES", help="Where the guard is placed: input, output or input,output."),
    click.option("--judge-base-url", metavar="URL", help="URL of the judge's server."),
    click.option(
        "--judge-api-key-env", metavar="NAME", help="Environment variable with the key for the judge's server."
    ),
    click.option(
        "--judge-set", multiple=True, metavar="KEY=VALUE", help="Setting for the judge's runtime. May be repeated."
    ),
)
endpoint_option = click.option(
    "--endpoint",
    multiple=True,
    metavar="NAME=URL[,key=VARIABLE]",
    help="A server of your own: its models, under test or as judges, are NAME/MODEL. May be repeated.",
)
until_option = click.option(
    "--until",
    multiple=True,
    metavar="RULE",
    help="Ask each cell until its number is known: width=0.06, or a gate such as 'safety/**/HGR<0.1'. May be repeated.",
)
_REQUESTS = (
    click.option("--base-url", metavar="URL", help="URL of the model's OpenAI-compatible server."),
    endpoint_option,
    click.option(
        "--api-key-env",
        metavar="NAME",
        help="Environment variable with the key for --base-url; without it, no key is sent to a host that is not the"
        " provider's.",
    ),
    click.option(
        "--set",
        "model_set",
        multiple=True,
        metavar="KEY=VALUE",
        help="Setting for the model's runtime. May be repeated.",
    ),
    click.option("--concurrency", "-c", type=int, help="Requests in flight (default: adapts automatically)."),
    click.option("--rpm", type=float, help="Maximum number of requests per minute."),
    click.option("--tpm", type=float, help="Maximum number of tokens per minute."),
    click.option("--timeout", type=float, help="Timeout of an attempt in seconds."),
    click.option("--attempts", type=int, help="Maximum number of attempts per request."),
    click.option("--patience", type=float, help="Seconds to wait out a provider that rejects everything (429, 529)."),
    click.option("--max-cost", type=float, metavar="USD", help="Stop cleanly when this amount is spent."),
    click.option("--max-requests", type=int, help="Stop cleanly after this number of requests."),
    until_option,
)


def _apply(options: Sequence[Callable[[Command], Command]]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for each in reversed(options):
            command = each(command)
        return command

    return decorate


data_options = _apply(_DATA)
evaluation_options = _apply(_EVALUATION)
request_options = _apply(_REQUESTS)
_BATCH = (
    click.option(
        "--batch",
        type=click.Choice(["none", "model", "judges", "all"]),
        help="Send requests in the provider's batches: half the price, results within a day.",
    ),
    click.option("--wait/--no-wait", default=None, help="Wait for the batches, or exit once they are submitted."),
    click.option(
        "--batch-set",
        multiple=True,
        metavar="KEY=VALUE",
        help="Setting for batches: most=500, poll=60 or linger=10. May be repeated.",
    ),
)
batch_options = _apply(_BATCH)
_EXECUTOR = (
    click.option(
        "--executor", type=click.Choice(["local", "ray"]), help="Where models and evaluators run (default: local)."
    ),
    click.option(
        "--ray-address", metavar="HOST:PORT", help="Address of a running Ray cluster; auto on one of its machines."
    ),
    click.option("--ray-workers", type=int, help="Number of workers that load the model (default: 2)."),
    click.option(
        "--ray-set",
        multiple=True,
        metavar="KEY=VALUE",
        help="Setting for Ray, such as model_gpus=1 or env=HF_TOKEN: see docs/scale.md.",
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
calibration_option = click.option(
    "--calibration",
    default="",
    metavar="FILE",
    help="Correct numbers without labels by the judge's errors on other outputs ('evaluators check --labels --out').",
)
plugins_setting = click.option("--plugin", "plugins", multiple=True, metavar="FILE", help=_PLUGIN_HELP)
"""Makes the files a setting, which the run records."""
output_options = _apply(
    (
        click.option(
            "--json",
            "as_json",
            is_flag=True,
            help="Print JSON on stdout, for other programs (docs/cli.md).",
        ),
    )
)


def pairs(given: Sequence[str], flag: str) -> dict[str, Any]:
    """Parse ``KEY=VALUE`` options: values that are valid JSON (such as numbers) are decoded, others are strings.

    Raises UsageError for a key that is given twice: only one of the two could count.
    """
    found: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"expected KEY=VALUE, got {text!r}", where=flag, hint="for example: temperature=0")
        if key.strip() in found:
            raise UsageError(f"{key.strip()!r} is given twice", where=flag, hint="keep one of them")
        try:
            found[key.strip()] = json.loads(value)
        except RecursionError as error:
            raise UsageError("the value is nested too deeply", where=f"{flag} {key}", hint="simplify it") from error
        except ValueError:
            found[key.strip()] = value
    return found


def endpoints_of(given: Sequence[str]) -> dict[str, str]:
    """Endpoints by name, not yet checked."""
    return {name: str(url) for name, url in pairs(given, "--endpoint").items()}


def _models(context: click.Context, parameter: click.Parameter, named: tuple[str, ...]) -> tuple[str, ...]:
    from mmdt import plugins

    for each in named:
        if "*" in each or each.split("/")[0] in plugins.perspective_names():
            hint = f"name the model first, and select cells with {option('select', each)}"
            raise UsageError(f"{each!r} is not a model", where="command line", hint=hint)
    return named


models_argument = click.argument("models", nargs=-1, metavar="MODEL...", callback=_models)
"""The models that a command names, if any. Raises UsageError for cells among them: they are selected by an option."""


def settings_by_model(config: str | None, models: Sequence[str], options: Mapping[str, Any]) -> list[Settings]:
    """The settings of each model, named on the command line or in the file. Raises UsageError where there is none."""
    values = values_from(config, options)
    return [make_settings({**values, "model": each}, where=config or "command line") for each in named(models, values)]


def settings_of(folder: str, options: Mapping[str, Any]) -> Settings:
    """The settings of an earlier run, with the options on top."""
    from mmdt.runs.manifest import read
    from mmdt.runs.settings import as_values

    once = dict.fromkeys(("reuse", "until"), ()) | dict.fromkeys(("max_cost", "max_requests", "limit"))
    values = {**as_values(read(Path(folder)).settings), **once}
    return make_settings(overridden(values, given_values(options)), where=folder)


def named(models: Sequence[str], values: Mapping[str, Any]) -> Sequence[Any]:
    """The models that a command names, else those of its settings. Raises UsageError where there is none."""
    given = models or values.get("model") or ()
    found = given if isinstance(given, list | tuple) else (given,)
    if not found:
        hint = f"name it first, such as openai/gpt-4o; {verb('list models')} shows more"
        raise UsageError("no model is named", hint=hint)
    return found


def values_from(config: str | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that are not yet checked, from a TOML file and the options."""
    return dict(overridden(read_settings(config) if config else {}, given_values(options)))


def _names(given: Sequence[str]) -> list[str]:
    """Names that are given one by one or with commas between them."""
    return [name.strip() for text in given for name in text.split(",") if name.strip()]


def given_values(options: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that the user gave among a command's options."""
    given = dict(options)
    grouped: dict[str, Any] = {
        "select": tuple(given.pop("select", ())),
        "benchmark": tuple(_names(given.pop("benchmark", ()))),
        "data": tuple(given.pop("data", ())),
        "images": tuple(given.pop("images", ())),
        "evaluators": {role: str(name) for role, name in pairs(given.pop("evaluator", ()), "--evaluator").items()},
        "batch_options": pairs(given.pop("batch_set", ()), "--batch-set"),
        "ray_options": pairs(given.pop("ray_set", ()), "--ray-set"),
        "judge": tuple(given.pop("judge", None) or ()),
        "reuse": tuple(given.pop("reuse", ())),
        "until": tuple(given.pop("until", ())),
        "plugins": tuple(given.pop("plugins", ())),
        "endpoints": endpoints_of(given.pop("endpoint", ())),
        "model_settings": pairs(given.pop("model_set", ()), "--set"),
        "judge_settings": pairs(given.pop("judge_set", ()), "--judge-set"),
    }
    given |= {name: value for name, value in grouped.items() if value}
    return {name: value for name, value in given.items() if value is not None}
