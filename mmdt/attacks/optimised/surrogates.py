"""Surrogates by name, opened once a process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from mmdt import plugins
from mmdt.core.surrogate import Surrogate
from mmdt.errors import UsageError

DEFAULT = ("clip/openai/clip-vit-base-patch32",)


def open_surrogates(names: Sequence[str] | str) -> tuple[Surrogate, ...]:
    """The surrogates of these names (``clip/<id or folder>``). Raises UsageError where there is none or no such one,
    MissingExtraError without the extra ``hf``."""
    listed = (names,) if isinstance(names, str) else tuple(names)
    if not listed:
        raise UsageError("the attack needs a surrogate", hint=f"give surrogates=[{DEFAULT[0]!r}]")
    return tuple(_opened(each) for each in listed)


@lru_cache(maxsize=8)
def _opened(name: str) -> Surrogate:
    kind, _, rest = name.partition("/")
    found: Surrogate = plugins.find(plugins.SURROGATES, kind, "surrogate")(rest)
    return found
