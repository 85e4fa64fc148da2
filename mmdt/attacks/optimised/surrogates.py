"""Surrogates by name, opened once a process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from mmdt import plugins
from mmdt.core.surrogate import Surrogate, TextSurrogate
from mmdt.errors import UsageError

DEFAULT = ("clip/openai/clip-vit-base-patch32",)


def open_surrogates(names: Sequence[str] | str) -> tuple[Surrogate, ...]:
    """The surrogates of these names (``clip/<id or folder>``). Raises UsageError where there is none or no such one,
    MissingExtraError without the extra ``hf``."""
    listed = (names,) if isinstance(names, str) else tuple(names)
    if not listed:
        raise UsageError("the attack needs a surrogate", hint=f"give surrogates=[{DEFAULT[0]!r}]")
    return tuple(_pictures(each) for each in listed)


def open_text_surrogate(name: str) -> TextSurrogate:
    """The text encoder of that name (``clip-text/<id or folder>``). Raises UsageError as :func:`open_surrogates`
    does."""
    found = _opened(name)
    if not isinstance(found, TextSurrogate):
        raise UsageError(f"the surrogate {name!r} has no tokens", hint="use a text encoder, such as clip-text/<id>")
    return found


def _pictures(name: str) -> Surrogate:
    found = _opened(name)
    if not isinstance(found, Surrogate):
        raise UsageError(f"the surrogate {name!r} sees no pictures", hint="use clip/<id> or vlm/<id>")
    return found


@lru_cache(maxsize=8)
def _opened(name: str) -> object:
    kind, _, rest = name.partition("/")
    found: object = plugins.find(plugins.SURROGATES, kind, "surrogate")(rest)
    return found
