"""The messages between driver and workers, and their encoding. Pictures are embedded or sent by address."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar

import msgspec

from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.protocols import Item, Request
from mmdt.engine.store.artifacts import Artifacts
from mmdt.engine.store.codec import replace_surrogates

T = TypeVar("T")


class Component(msgspec.Struct, frozen=True):
    """A model or evaluator for workers to open. ``timeout``: seconds that one call of a model may take."""

    kind: Literal["model", "evaluator"]
    name: str
    role: str = ""
    settings: Mapping[str, Any] = {}
    timeout: float = 600.0

    @property
    def key(self) -> str:
        return f"{self.role or self.kind}:{self.name}"


class OpenResult(msgspec.Struct, frozen=True):
    """The identity hash of each component that a worker has opened, by key; or the error (what, where, hint)."""

    identities: dict[str, str] = {}
    error: tuple[str, str, str] | None = None


class Job(msgspec.Struct, frozen=True):
    """One call: requests to a model, or items to an evaluator."""

    ticket: int
    component: str
    requests: tuple[Request, ...] = ()
    items: tuple[Item, ...] = ()


class JobResult(msgspec.Struct, frozen=True):
    """The result of a job. ``stops``: every other job would fail in the same way."""

    ticket: int
    outputs: tuple[Output, ...] = ()
    observations: tuple[Observation, ...] = ()
    error: str = ""
    stops: bool = False


def encode(value: Any) -> bytes:
    try:
        return msgspec.msgpack.encode(value)
    except UnicodeEncodeError:  # half of a surrogate pair in a provider's reply
        return msgspec.msgpack.encode(replace_surrogates(msgspec.to_builtins(value, builtin_types=(bytes,))))


def decode(data: bytes, kind: type[T]) -> T:
    return msgspec.msgpack.decode(data, type=kind)


class ImagePacker:
    """Makes pictures readable on another machine: puts them into a shared place or embeds their bytes.

    ``shared``: a folder or an fsspec address that driver and workers can read and write; empty: embed the bytes.
    """

    def __init__(self, shared: str = "") -> None:
        self._shared = Artifacts(shared) if shared else None

    async def requests(self, requests: Sequence[Request]) -> tuple[Request, ...]:
        """Raises DataError if a picture cannot be read, StoreError if the shared place is not writable."""
        if not any(request.images for request in requests):
            return tuple(requests)
        return await asyncio.to_thread(lambda: tuple(request.map_images(self._packed) for request in requests))

    async def items(self, items: Sequence[Item]) -> tuple[Item, ...]:
        if not any(item.case.images or item.output.images for item in items):
            return tuple(items)
        return await asyncio.to_thread(lambda: tuple(map(self._item, items)))

    async def outputs(self, outputs: Sequence[Output]) -> tuple[Output, ...]:
        if not any(output.images for output in outputs):
            return tuple(outputs)
        return await asyncio.to_thread(
            lambda: tuple(replace(output, images=tuple(map(self._packed, output.images))) for output in outputs)
        )

    def _item(self, item: Item) -> Item:
        images = tuple(map(self._packed, item.output.images))
        return Item(item.case.map_images(self._packed), replace(item.output, images=images), item.question)

    def _packed(self, image: Image) -> Image:
        if self._shared is not None:
            return self._shared.put(image)
        return replace(image, data=image.read(), path="")
