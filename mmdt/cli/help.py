"""Help of the command line: verbs and options in groups, defaults beside them, and guesses at what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches
from typing import Any

import click

from mmdt.cli.once import OnceCommand, OnceGroup

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Run": ("run", "resume", "plan", "attack"),
    "Look": ("show", "report", "compare", "explain", "view"),
    "Judge": ("score", "label", "judges"),
    "Check": ("doctor", "verify", "gate"),
    "Move": ("import", "export", "list"),
    "Material": ("data", "attacks", "benchmarks", "evaluators", "batches"),
}
"""The groups of verbs in the help. A verb is shown in its group once it exists; one without a group comes last."""
OTHERS = "More"
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Data": ("select", "benchmark", "data", "images", "revision", "size", "limit", "seed", "repeats", "skip_bad"),
    "Judges and evaluators": (
        "judge", "evaluator", "allow_embedded_judge", "cut_off", "judge_base_url", "judge_api_key_env", "judge_set",
        "guard", "guard_on",
    ),
    "Endpoint": ("base_url", "endpoint", "api_key_env", "model_set"),
    "Limits": ("max_cost", "max_requests", "yes", "concurrency", "rpm", "tpm", "timeout", "attempts"),
    "Batches": ("batch", "wait", "batch_set"),
    "Ray": ("executor", "ray_address", "ray_workers", "ray_set"),
}  # fmt: skip
"""The sections of options in the help of the verbs that ask models."""


Resolved = tuple[str | None, click.Command | None, list[str]]
"""A command with its name, and the arguments that are left."""


def grouped(verbs: Iterable[str]) -> dict[str, list[str]]:
    """The verbs by group, in the order of :data:`GROUPS`; those of no group under "More"."""
    there = list(verbs)
    known = {verb for names in GROUPS.values() for verb in names}
    found = {group: [name for name in names if name in there] for group, names in GROUPS.items()}
    found[OTHERS] = [name for name in there if name not in known]
    return {group: names for group, names in found.items() if names}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean report?``; empty if nothing is near."""
    near = get_close_matches(word, list(known), n=2, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else ""


class Alone(OnceCommand):
    """A command that prints its help when it is called without arguments."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        return super().parse_args(ctx, args)


class Group(Alone, OnceGroup):
    """A group of commands that prints its help when it is called alone, and guesses at misspelt commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            guess = did_you_mean(name, self.list_commands(ctx))
            ctx.fail(f"no such command {name!r}" + (f" ({guess})" if guess else ""))
        return super().resolve_command(ctx, args)


class Verb(Alone):
    """A command whose help lists its options in sections, with the defaults of the settings that they set."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rest = {each.name or "": each for each in self.get_params(ctx) if isinstance(each, click.Option)}
        for title, names in SECTIONS.items():
            _section(ctx, formatter, title, [rest.pop(name) for name in names if name in rest])
        _section(ctx, formatter, "Other options", list(rest.values()))


def _section(ctx: click.Context, formatter: click.HelpFormatter, title: str, options: list[click.Option]) -> None:
    records = [(each, each.get_help_record(ctx)) for each in options]
    shown = [(names, text + _default(each, text)) for each, record in records if record for names, text in [record]]
    if shown:
        with formatter.section(title):
            formatter.write_dl(shown)


def _default(option: click.Option, text: str) -> str:
    """The default of the setting of that name, where the option has none of its own and its help says nothing of it."""
    value = _defaults().get(option.name or "")
    if value is None or isinstance(value, bool | tuple) or value == "" or "default:" in text:
        return ""
    return f"  [default: {value:g}]" if isinstance(value, float) else f"  [default: {value}]"


def _defaults() -> dict[str, Any]:
    from mmdt.runs.settings import Settings

    return {each.name: each.default for each in fields(Settings) if each.default is not MISSING}
