"""Loads a checkpoint's processor, which turns chats and images into network inputs."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from mmdt.errors import UsageError
from mmdt.models.local.checkpoint import Checkpoint

_CONFIG_FILES = ("processor_config.json", "preprocessor_config.json", "tokenizer_config.json")
"""The files that may name the processor's class, in the order in which transformers reads them."""


def load_processor(checkpoint: Checkpoint, config: Any, *, sees: bool) -> Any:
    """The checkpoint's processor, or its tokenizer if it reads text only, with the padding side that generation needs.

    Processors that also read video require torchvision; if it is missing, video support is removed.
    Raises UsageError if a vision checkpoint has no image processor.
    """
    from transformers import AutoProcessor

    kind = _without_torchvision(_class_name(checkpoint, config)) or AutoProcessor
    processor = kind.from_pretrained(**checkpoint.where())
    if sees and getattr(processor, "image_processor", None) is None:
        # In that case, transformers silently returns the tokenizer alone.
        hint = "add the processor files of the base model (preprocessor_config.json, processor_config.json)"
        raise UsageError("the checkpoint has no image processor", where=checkpoint.name, hint=hint)
    tokenizer = tokenizer_of(processor)
    # A decoder continues the prompt, so padding goes on the left. In an encoder-decoder model the encoder reads the
    # prompt, and absolute positions must not start with padding.
    tokenizer.padding_side = "right" if config.is_encoder_decoder else "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return processor


def tokenizer_of(processor: Any) -> Any:
    return getattr(processor, "tokenizer", processor)


class _NoVideo(dict[str, Any]):
    """Replaces the video part of a processor; some processors read its settings even without video.

    An empty dict, because printing a processor serializes its parts as JSON.
    """

    model_input_names: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


def without_video(kind: Any) -> Any:
    """The same processor class without video support: mmdt never sends video."""
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


def _class_name(checkpoint: Checkpoint, config: Any) -> str:
    """The processor class that the checkpoint names, or its architecture's default; empty if there is neither."""
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES

    for file in _CONFIG_FILES:
        path = checkpoint.file(file)
        named = json.loads(path.read_text(encoding="utf-8")).get("processor_class") if path else None
        if named:
            return str(named)
    return PROCESSOR_MAPPING_NAMES.get(config.model_type) or ""


def _without_torchvision(name: str) -> Any:
    """The processor class of that name, changed to work without torchvision; None leaves the choice to transformers."""
    import transformers
    from transformers.utils import is_torchvision_available

    kind = getattr(transformers, name, None)
    if kind is None or is_torchvision_available():
        return None
    if getattr(kind, "_backends", None) == ["torchvision"]:  # a transformers placeholder that only raises
        kind = _import_with_pil(kind.__module__, name)
    if kind is None or "video_processor" not in kind.get_attributes():
        return kind
    return without_video(kind)


def _import_with_pil(module: str, name: str) -> Any:
    """Import a class that needs torchvision only because its module imports a helper from the image processor's file.

    The import is redirected to the PIL variant of that file, which has the same helper. None if there is no variant.
    """
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
