"""What driver and workers send each other: checked bytes, with pictures inside or by address."""

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
from mmdt.engine.store.codec import mended

T = TypeVar("T")


class Part(msgspec.Struct, frozen=True):
    """What a worker is to open. ``timeout``: seconds that one call of a model may take."""

    kind: Literal["model", "evaluator"]
    name: str
    role: str = ""
    settings: Mapping[str, Any] = {}
    timeout: float = 120.0

    @property
    def key(self) -> str:
        return f"{self.role or self.kind}:{self.name}"


class Opened(msgspec.Struct, frozen=True):
    """What a worker has opened: what describes each part there, by key; or why it could not."""

    marks: dict[str, str] = {}
    error: tuple[str, str, str] | None = None


class Job(msgspec.Struct, frozen=True):
    """One call: requests to a model, or items to an evaluator."""

    ticket: int
    part: str
    requests: tuple[Request, ...] = ()
    items: tuple[Item, ...] = ()


class Done(msgspec.Struct, frozen=True):
    """What came of a job. ``stops``: what went wrong would go wrong for every job."""

    ticket: int
    outputs: tuple[Output, ...] = ()
    observations: tuple[Observation, ...] = ()
    error: str = ""
    stops: bool = False


def encode(value: Any) -> bytes:
    try:
        return msgspec.msgpack.encode(value)
    except UnicodeEncodeError:  # half of a surrogate pair in what a provider sent
        return msgspec.msgpack.encode(mended(msgspec.to_builtins(value, builtin_types=(bytes,))))


def decode(data: bytes, kind: type[T]) -> T:
    return msgspec.msgpack.decode(data, type=kind)


class Carrier:
    """Makes pictures readable on the other machine: at an address that all of them see, or by their bytes.

    ``shared``: a folder or an fsspec address that driver and workers can read and write; empty where there is none.
    """

    def __init__(self, shared: str = "") -> None:
        self._shared = Artifacts(shared) if shared else None

    async def requests(self, requests: Sequence[Request]) -> tuple[Request, ...]:
        """Raises DataError where a picture cannot be read, StoreError where the shared place cannot be written."""
        if not any(request.images for request in requests):
            return tuple(requests)
        return await asyncio.to_thread(
            lambda: tuple(replace(request, images=self._packed(request.images)) for request in requests)
        )

    async def items(self, items: Sequence[Item]) -> tuple[Item, ...]:
        if not any(item.case.images or item.output.images for item in items):
            return tuple(items)
        return await asyncio.to_thread(lambda: tuple(map(self._item, items)))

    async def outputs(self, outputs: Sequence[Output]) -> tuple[Output, ...]:
        if not any(output.images for output in outputs):
            return tuple(outputs)
        return await asyncio.to_thread(
            lambda: tuple(replace(output, images=self._packed(output.images)) for output in outputs)
        )

    def _item(self, item: Item) -> Item:
        case = replace(item.case, images=self._packed(item.case.images))
        return Item(case, replace(item.output, images=self._packed(item.output.images)), item.question)

    def _packed(self, images: Sequence[Image]) -> tuple[Image, ...]:
        if self._shared is not None:
            return tuple(map(self._shared.put, images))
        return tuple(replace(image, data=image.read(), path="") for image in images)
