"""Commands that refuse an option given twice: only one of the two values could count, and nobody would notice."""

from __future__ import annotations

from collections import Counter

import click


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


class OnceGroup(click.Group):
    """A group whose commands are of this kind."""

    command_class = OnceCommand
    group_class = type  # groups within it are of its own kind
