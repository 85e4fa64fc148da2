"""Guesses at what a misspelt model's name was meant to be, from the runtimes and the models in the list of prices."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from mmdt import plugins
from mmdt.errors import UsageError
from mmdt.models.prices.listed import listed_models

MAKERS = ("openai", "anthropic", "google")
"""Runtimes of those who make the models that they serve; others serve them too."""


def check_runtime(name: str, endpoints: Collection[str] = ()) -> None:
    """Raises UsageError, with a guess, for a model whose first part is neither a runtime nor one of the endpoints."""
    runtime = name.partition("/")[0]
    known = plugins.names(plugins.MODELS)
    if runtime in known or runtime in endpoints:
        return
    guesses = guess(name, (*known, *endpoints))
    meant = f"did you mean {' or '.join(guesses)}? " if guesses else ""
    raise UsageError(f"unknown model runtime {runtime!r}", hint=f"{meant}use one of: {', '.join(known)}")


def guess(name: str, runtimes: Collection[str]) -> list[str]:
    """Up to three names near ``name``: with the runtime that it lacks, or with one that is spelled alike."""
    listed = {each: listed_models(each) for each in MAKERS}
    runtime, _, rest = name.partition("/")
    lacking = [f"{provider}/{name}" for provider, models in listed.items() if name in models]
    if lacking:
        return lacking
    if rest:
        near = get_close_matches(runtime, list(runtimes), n=2, cutoff=0.6)
        owners = [provider for provider, models in listed.items() if rest in models]
        return [f"{each}/{rest}" for each in dict.fromkeys((*owners, *near))][:3]
    everything = [f"{provider}/{model}" for provider, models in listed.items() for model in models]
    by_rest = {each.partition("/")[2]: each for each in reversed(everything)}
    return [by_rest[each] for each in get_close_matches(name, list(by_rest), n=3, cutoff=0.75)]
