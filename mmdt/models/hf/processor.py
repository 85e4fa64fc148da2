"""The processor of a checkpoint: what turns chats and pictures into a network's inputs."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from mmdt.errors import UsageError
from mmdt.models.local.checkpoint import Checkpoint

_NAMED_IN = ("processor_config.json", "preprocessor_config.json", "tokenizer_config.json")
"""Where a checkpoint names the class of its processor, in the order in which transformers looks."""


def load_processor(checkpoint: Checkpoint, config: Any, *, sees: bool) -> Any:
    """The checkpoint's processor, or its tokenizer where it reads text alone; padded on the side that generating needs.

    Processors that could also read video ask for torchvision; without it they are made to do without video.
    Raises UsageError where a checkpoint that sees has no part that reads pictures.
    """
    from transformers import AutoProcessor

    kind = _without_torchvision(_kind_name(checkpoint, config)) or AutoProcessor
    processor = kind.from_pretrained(**checkpoint.where())
    if sees and getattr(processor, "image_processor", None) is None:
        # transformers then hands over the tokenizer alone, and says nothing.
        hint = (
            "add the processor's files of the model it was made from (preprocessor_config.json, processor_config.json)"
        )
        raise UsageError("nothing in this checkpoint says how it reads pictures", where=checkpoint.name, hint=hint)
    tokenizer = tokenizer_of(processor)
    # A reply goes on where the prompt ends, unless a decoder of its own writes it: then an encoder reads the prompt,
    # and those that count places from the start must not find padding there.
    tokenizer.padding_side = "right" if config.is_encoder_decoder else "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return processor


def tokenizer_of(processor: Any) -> Any:
    return getattr(processor, "tokenizer", processor)


class _NoVideo(dict[str, Any]):
    """Stands where a processor expects its part for video: some ask it for settings even where there is no video.
    Empty, as a processor that is printed writes its parts as JSON."""

    model_input_names: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


def without_video(kind: Any) -> Any:
    """The same processor for pictures and text: nothing here ever shows a model a video."""
    names = kind.get_attributes()
    others = [name for name in names if name != "video_processor"]
    reader = type(kind.__name__, (kind,), {"get_attributes": classmethod(lambda cls: others)})

    def parts(cls: Any, *args: Any, **options: Any) -> list[Any]:
        loaded = list(reader._get_arguments_from_pretrained(*args, **options))  # type: ignore[attr-defined]
        loaded.insert(names.index("video_processor"), _NoVideo())
        return loaded

    def check(self: Any, name: str, part: Any) -> Any:
        return None if name == "video_processor" else kind.check_argument_for_proper_class(self, name, part)

    body = {"_get_arguments_from_pretrained": classmethod(parts), "check_argument_for_proper_class": check}
    return type(kind.__name__, (kind,), body)


def _kind_name(checkpoint: Checkpoint, config: Any) -> str:
    """The class that the checkpoint names for its processor, else its architecture's; empty where there is none."""
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES

    for file in _NAMED_IN:
        path = checkpoint.file(file)
        named = json.loads(path.read_text(encoding="utf-8")).get("processor_class") if path else None
        if named:
            return str(named)
    return PROCESSOR_MAPPING_NAMES.get(config.model_type) or ""


def _without_torchvision(name: str) -> Any:
    """The processor class of that name, made to do without torchvision; None where that is left to transformers."""
    import transformers
    from transformers.utils import is_torchvision_available

    kind = getattr(transformers, name, None)
    if kind is None or is_torchvision_available():
        return None
    if getattr(kind, "_backends", None) == ["torchvision"]:  # a stand-in of transformers that only raises
        kind = _beside_pil(kind.__module__, name)
    if kind is None or "video_processor" not in kind.get_attributes():
        return kind
    return without_video(kind)


def _beside_pil(module: str, name: str) -> Any:
    """A class that asks for torchvision only because its module takes a helper from the file beside it: it is given
    that file's twin for PIL, which has the same helper. None where there is no such twin."""
    folder, _, file = module.rpartition(".")
    part = file.removeprefix("processing_")
    beside, twin = (f"{folder}.image_processing_{kind}{part}" for kind in ("", "pil_"))
    try:
        sys.modules[beside] = importlib.import_module(twin)
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None
    finally:
        sys.modules.pop(beside, None)
