"""Commands that refuse an option whose value could not count: given twice, or in vain. Nobody would notice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import click
from click.core import ParameterSource

from mmdt.errors import UsageError


class OnceCommand(click.Command):
    """An option may be repeated only where it is declared with ``multiple=True``; flags may always be."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            self._refuse_repeated(ctx, list(args))
        return super().parse_args(ctx, args)

    def _refuse_repeated(self, ctx: click.Context, args: list[str]) -> None:
        _, _, order = self.make_parser(ctx).parse_args(args=args)
        given = Counter(each for each in order if isinstance(each, click.Option))
        for option, times in given.items():
            if times > 1 and not (option.multiple or option.is_flag or option.count):
                name = max(option.opts, key=len)
                raise click.UsageError(f"{name} is given {times} times, and only one value can count: keep one", ctx)
        by_value: dict[str | None, list[str]] = {}
        for option in given:
            by_value.setdefault(option.name, []).append(max(option.opts, key=len))
        for names in by_value.values():
            if len(names) > 1:
                raise click.UsageError(f"{' and '.join(names)} are given, and only one can count: keep one", ctx)


def refuse_in_vain(names: Iterable[str], why: str, hint: str) -> None:
    """Raises UsageError where the command line gives one of these parameters, which have no effect in its context."""
    context = click.get_current_context()
    options = {each.name: "/".join((max(each.opts, key=len), *each.secondary_opts)) for each in context.command.params}
    for name in names:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(f"{options[name]} has no effect {why}", where="command line", hint=hint)


class OnceGroup(click.Group):
    """A group whose commands are of this kind."""

    command_class = OnceCommand
    group_class = type  # groups within it are of its own kind
