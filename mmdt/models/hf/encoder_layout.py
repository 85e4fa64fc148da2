"""How the processor of a dual encoder (CLIP, SigLIP, ALIGN) scales pictures, written so that gradients pass through.

The steps are those that its settings name: scale, crop, rescale, normalise. A made-up picture is tried both ways, so a
processor that does something else is refused and not attacked wrongly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mmdt.errors import UsageError
from mmdt.models.hf.pixel_layout import TOLERANCE, Layout

_MODES = {2: "bilinear", 3: "bicubic"}
"""Pillow's filters that torch has, too."""
_TRIED = (37, 53)
"""Height and width of the picture that is tried."""


def encoder_layout(processor: Any, where: str) -> Layout:
    """Pixels (number, 3, height, width), 0 to 1, to ``pixel_values`` as the processor makes them. Raises UsageError
    where the processor does not scale a picture as a whole."""
    layout = _of_settings(processor)
    if layout is None or not _agrees(layout, processor):
        hint = "use a CLIP, a SigLIP of a fixed size, or an ALIGN"
        raise UsageError("no gradient passes through this processor", where=where, hint=hint)
    return layout


def _of_settings(processor: Any) -> Layout | None:
    size, mode = _sides(getattr(processor, "size", None)), _MODES.get(int(getattr(processor, "resample", None) or 0))
    crop = _sides(processor.crop_size) if getattr(processor, "do_center_crop", False) else None
    if not size or mode is None:
        return None
    short = size[0] if len(size) == 1 else 0

    def layout(pixels: Any) -> Any:
        from torch.nn import functional

        scale = short / min(pixels.shape[2:])
        shape = [max(short, int(each * scale)) for each in pixels.shape[2:]] if short else list(size)
        scaled = functional.interpolate(pixels, size=shape, mode=mode, antialias=True, align_corners=False)
        return _normalised(processor, scaled if crop is None else _middle(scaled, *crop))

    return layout


def _sides(size: Any) -> tuple[int, ...]:
    """The short side alone, or height and width; nothing where the settings name neither."""
    found = dict(size or {})
    if found.get("shortest_edge"):
        return (int(found["shortest_edge"]),)
    return (int(found["height"]), int(found["width"])) if found.get("height") and found.get("width") else ()


def _middle(pixels: Any, height: int, width: int) -> Any:
    top, left = (pixels.shape[2] - height) // 2, (pixels.shape[3] - width) // 2
    return pixels[:, :, top : top + height, left : left + width]


def _normalised(processor: Any, pixels: Any) -> Any:
    import torch

    def colours(values: Any) -> Any:
        return torch.tensor([float(each) for each in values], device=pixels.device).view(1, 3, 1, 1)

    if getattr(processor, "do_rescale", True):
        pixels = pixels * (255 * float(processor.rescale_factor)) - float(getattr(processor, "rescale_offset", False))
    else:
        pixels = pixels * 255
    if getattr(processor, "do_normalize", True):
        pixels = (pixels - colours(processor.image_mean)) / colours(processor.image_std)
    return pixels / colours(processor.image_std) if getattr(processor, "include_top", False) else pixels


def _agrees(layout: Layout, processor: Any) -> bool:
    import torch
    from PIL import Image as Pil

    height, width = _TRIED
    y, x = np.mgrid[0:height, 0:width]
    tried = np.stack([y / height, x / width, (np.sin(y / 3) * np.cos(x / 4) + 1) / 2], axis=2)
    data = np.asarray(np.rint(tried * 255), np.uint8)
    wanted = processor(images=[Pil.fromarray(data)], return_tensors="pt")["pixel_values"]
    found = layout(torch.tensor(data).permute(2, 0, 1)[None].float() / 255)
    return found.shape == wanted.shape and float((found - wanted).abs().mean()) < TOLERANCE
