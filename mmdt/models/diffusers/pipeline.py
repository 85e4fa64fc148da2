"""Loads a text-to-image pipeline from a checkpoint, and the prior that some checkpoints also need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mmdt.models.local.checkpoint import Checkpoint

_PRIOR = "prior_"
"""The prefix of the prior's parts in a combined pipeline."""


def prior_of(checkpoint: Checkpoint) -> Checkpoint | None:
    """The prior that this checkpoint names in its card: Kandinsky 2, Stable Cascade and others have two checkpoints.

    None if it names none, or if the checkpoint itself contains the prior's parts.
    """
    index, card = checkpoint.file("model_index.json"), checkpoint.file("README.md")
    if index is None or card is None:
        return None
    try:
        parts = json.loads(index.read_text(encoding="utf-8"))
        named = _card(card).get("prior")
    except (OSError, ValueError, RecursionError):
        return None
    if any(part.startswith(_PRIOR) for part in parts):
        return None
    first = next(iter(named), None) if isinstance(named, list) else named
    return Checkpoint.named(first, where=str(card)) if isinstance(first, str) else None


def load_pipeline(checkpoint: Checkpoint, prior: Checkpoint | None, **options: Any) -> Any:
    """Load the pipeline, with its prior if it has one. Raises whatever diffusers raises.

    Each checkpoint is loaded at its own commit; diffusers itself would look for the first one's commit in both.
    """
    import diffusers

    def loaded(kind: Any, one: Checkpoint) -> Any:
        revision = {"revision": one.pinned()} if one.pinned() else {}
        return kind.from_pretrained(one.name, use_safetensors=True, trust_remote_code=False, **revision, **options)

    if prior is None:
        return loaded(diffusers.AutoPipelineForText2Image, checkpoint)
    parts = loaded(diffusers.DiffusionPipeline, prior).components
    decoder = loaded(diffusers.DiffusionPipeline, checkpoint)
    named = {f"{_PRIOR}{name}": part for name, part in parts.items()}
    return diffusers.AutoPipelineForText2Image.from_pipe(decoder, **named)


def _card(path: Path) -> dict[str, Any]:
    """The metadata of a model card. Raises ValueError if it cannot be read."""
    import yaml
    from huggingface_hub import ModelCard

    try:
        return dict(ModelCard.load(path, ignore_metadata_errors=True).data.to_dict())
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
