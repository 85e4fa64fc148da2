"""The processor of a checkpoint: what turns chats and pictures into a network's inputs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from mmdt.models.checkpoint import Checkpoint


def load_processor(checkpoint: Checkpoint, config: Any) -> Any:
    """The checkpoint's processor, or its tokenizer where it reads text alone; padded on the left, as generating needs.

    Processors that could also read video ask for torchvision; without it they are made to do without video.
    """
    from transformers import AutoProcessor
    from transformers.utils import is_torchvision_available

    kind = None if is_torchvision_available() else _video_kind(config.model_type)
    processor = (without_video(kind) if kind else AutoProcessor).from_pretrained(**checkpoint.where())
    if kind is not None:  # some ask this of the missing part even where there is no video
        processor.video_processor = SimpleNamespace(num_frames=None, fps=None, model_input_names=[])
    tokenizer = tokenizer_of(processor)
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return processor


def tokenizer_of(processor: Any) -> Any:
    return getattr(processor, "tokenizer", processor)


def without_video(kind: Any) -> Any:
    """The same processor for pictures and text: nothing here ever shows a model a video."""
    names = kind.get_attributes()
    others = [name for name in names if name != "video_processor"]
    reader = type(kind.__name__, (kind,), {"get_attributes": classmethod(lambda cls: others)})

    def parts(cls: Any, *args: Any, **options: Any) -> list[Any]:
        loaded = list(reader._get_arguments_from_pretrained(*args, **options))  # type: ignore[attr-defined]
        loaded.insert(names.index("video_processor"), None)
        return loaded

    def check(self: Any, name: str, part: Any) -> Any:
        return None if name == "video_processor" else kind.check_argument_for_proper_class(self, name, part)

    body = {"_get_arguments_from_pretrained": classmethod(parts), "check_argument_for_proper_class": check}
    return type(kind.__name__, (kind,), body)


def _video_kind(model_type: str) -> Any:
    """The processor class of an architecture, if it has a part for video."""
    import transformers
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES

    kind = getattr(transformers, PROCESSOR_MAPPING_NAMES.get(model_type) or "", None)
    return kind if kind is not None and "video_processor" in kind.get_attributes() else None
