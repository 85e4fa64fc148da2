"""Encodes cases, outputs and observations as JSON, and computes their content keys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import msgspec

from mmdt.core.case import Case, TwinOf
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.message import Messages, content_of
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.protocols import EvaluatorInfo, ModelInfo, Request
from mmdt.core.recipe import Recipe
from mmdt.safe_text.redaction import redact


class _TargetBody(msgspec.Struct):
    """Of a case's body its target alone, each entry as it is stored."""

    target: dict[str, msgspec.Raw]


class _CaseBody(msgspec.Struct, omit_defaults=True):
    """The fields of a case that have no column of their own."""

    prompt: str
    images: tuple[Image, ...]
    target: Mapping[str, Any]
    group: str
    system: str
    recipe: Recipe = ()
    messages: Messages = ()
    columns: Mapping[str, Any] = {}
    name: str = ""
    twin_of: TwinOf | None = None


_encoder = msgspec.json.Encoder()
_sorted = msgspec.json.Encoder(order="sorted")
_case_decoder = msgspec.json.Decoder(_CaseBody)
_output_decoder = msgspec.json.Decoder(Output)
_observation_decoder = msgspec.json.Decoder(Observation)
_target_decoder = msgspec.json.Decoder(_TargetBody)
_cell = lru_cache(maxsize=4096)(Cell.parse)


def encode_case(case: Case) -> str:
    """Encode a case without its id and cell; pictures by reference."""
    kept = case.map_images(_reference)
    asked = kept.prompt, kept.images, kept.target, kept.group, kept.system
    return _text(_CaseBody(*asked, kept.recipe, kept.messages, kept.columns, kept.name, kept.twin_of))


def decode_case(case_id: str, cell: str, body: str, bind: Callable[[Image], Image] | None = None) -> Case:
    """``bind``: changes every picture, such as to one that knows its file."""
    found = _case_decoder.decode(body)
    images, messages = found.images, found.messages
    if images and bind is not None:
        images, messages = tuple(map(bind, images)), tuple(each.map_images(bind) for each in messages)
    asked = found.prompt, images, found.target, found.group, found.system
    return Case(_cell(cell), *asked, case_id, found.recipe, messages, found.columns, found.name, found.twin_of)


def decode_target(body: str) -> dict[str, Any]:
    """The target of a case. Entries that many cases have in common (a list of options, say) are one value in memory:
    leave them as they are."""
    entries = ((key, bytes(value)) for key, value in _target_decoder.decode(body).target.items())
    return {key: _entry(value) if len(value) <= _SHORT else msgspec.json.decode(value) for key, value in entries}


_SHORT = 1_000
"""Bytes of an entry that cases may share."""


@lru_cache(maxsize=65_536)
def _entry(value: bytes) -> Any:
    return msgspec.json.decode(value)


def encode_output(output: Output) -> str:
    return _text(replace(output, images=tuple(map(_reference, output.images))) if output.images else output)


def decode_output(body: str) -> Output:
    return _output_decoder.decode(body)


def encode_observation(observation: Observation) -> str:
    """Raises TypeError or ValueError if the value is not JSON."""
    return _text(observation)


def decode_observation(body: str) -> Observation:
    return _observation_decoder.decode(body)


def question_hash(question: Mapping[str, Any]) -> str:
    """A hash of the question that does not depend on the order of its keys."""
    return hashlib.sha256(_sorted.encode(question)).hexdigest()[:16]


def content_key(info: ModelInfo, request: Request) -> str:
    """A key that is equal for requests whose answers have the same distribution: same model, settings, content and
    seed."""
    simple = request.simple
    asked: list[Any]
    if simple is None:
        asked = [request.wants, content_of(request.messages), request.schema, request.seed]
    else:
        kind = "t2i" if request.wants == "image" else "i2t"  # as stores of the first format have it
        digests = [image.digest for image in simple.images]
        asked = [kind, simple.prompt, simple.system, digests, request.schema, request.seed]
    return hashlib.sha256(_bytes([info.name, info.settings, asked], _sorted)).hexdigest()


def identity_hash(info: ModelInfo | EvaluatorInfo) -> str:
    """A hash of a model's name and settings or of an evaluator's name and fingerprint: equal if their results have the
    same distribution."""
    what = info.settings if isinstance(info, ModelInfo) else info.fingerprint
    return hashlib.sha256(_bytes([info.name, what], _sorted)).hexdigest()[:16]


def _reference(image: Image) -> Image:
    return replace(image, data=b"", path="")


def _text(value: Any) -> str:
    return redact(_bytes(value, _encoder).decode())


def _bytes(value: Any, encoder: msgspec.json.Encoder) -> bytes:
    try:
        return encoder.encode(value)
    except UnicodeEncodeError:
        # Half of a surrogate pair, which JSON from a provider may contain and UTF-8 cannot encode.
        return encoder.encode(replace_surrogates(msgspec.to_builtins(value)))


def replace_surrogates(value: Any) -> Any:
    """The JSON value with every lone surrogate in its texts replaced by a question mark."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {replace_surrogates(key): replace_surrogates(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [replace_surrogates(item) for item in value]
    return value
