"""What a model runtime says about itself without being opened: its keys, and whether it has batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from mmdt.plugins import registry

Factory = TypeVar("Factory", bound=Callable[..., Any])
_KEYS, _BATCHES = "mmdt_keys", "mmdt_batches"


def facts(*, keys: tuple[str, ...] = (), batches: str = "") -> Callable[[Factory], Factory]:
    """Say on a runtime's factory what messages need to know. ``keys``: the environment variables that it reads keys
    from; ``batches``: which of its models have a batch endpoint, in words such as "all models"."""

    def decorate(factory: Factory) -> Factory:
        setattr(factory, _KEYS, keys)
        setattr(factory, _BATCHES, batches)
        return factory

    return decorate


def key_variables() -> list[str]:
    """The environment variables from which the runtimes here read keys, each once."""
    return list(dict.fromkeys(name for _, factory in _factories() for name in getattr(factory, _KEYS, ())))


def runtimes_with_batches() -> dict[str, str]:
    """Runtime -> which of its models have a batch endpoint, in words."""
    found = {name: str(getattr(factory, _BATCHES, "")) for name, factory in _factories()}
    return {name: batches for name, batches in found.items() if batches}


def _factories() -> Iterator[tuple[str, Any]]:
    """Name and factory of each runtime that can be imported here."""
    for name in registry.names(registry.MODELS):
        try:
            yield name, registry.find(registry.MODELS, name, "model runtime")
        except ImportError:
            continue
