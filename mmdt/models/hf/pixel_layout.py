"""How a processor turns a picture into the network's pixel values, written so that gradients pass through it.

Processors work on whole numbers and cut the gradient. A layout is chosen by trying: it must give, for the picture at
hand, the values that the processor itself gave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mmdt.errors import UsageError

Layout = Callable[[Any], Any]
"""Pixels (1, 3, height, width), 0 to 1, to what the network takes as ``pixel_values``."""
TOLERANCE = 0.06
"""Largest mean difference of normalised values: resizing rounds to 1/255 in the processor, and not here."""


def layout_of(processor: Any, inputs: Any, pixels: Any, where: str) -> Layout:
    """The layout that gives the processor's own values for these pixels. Raises UsageError where none does."""
    wanted = inputs["pixel_values"]
    for layout in _candidates(processor, inputs):
        try:
            found = layout(pixels)
        except (RuntimeError, ValueError):  # the shapes do not fit
            continue
        if found.shape == wanted.shape and float((found - wanted).abs().mean()) < TOLERANCE:
            return layout
    hint = "use a model whose processor scales a picture as a whole, such as LLaVA 1.5, Gemma 3 or Qwen2-VL"
    raise UsageError(
        "no gradient passes through this processor: it cuts pictures in an unknown way", where=where, hint=hint
    )


def _candidates(processor: Any, inputs: Any) -> Iterator[Layout]:
    shape = tuple(inputs["pixel_values"].shape)
    if "image_grid_thw" in inputs:
        yield _patches(processor, inputs["image_grid_thw"][0].tolist())
    elif len(shape) >= 4:
        for crop in (True, False):
            yield _whole(processor, shape, crop)


def _scaled(pixels: Any, height: int, width: int) -> Any:
    from torch.nn import functional

    return functional.interpolate(pixels, (height, width), mode="bicubic", antialias=True, align_corners=False)


def _normalised(processor: Any, pixels: Any) -> Any:
    import torch

    if not getattr(processor, "do_normalize", True):
        return pixels
    mean, std = (
        torch.tensor([float(each) for each in values], device=pixels.device).view(1, 3, 1, 1)
        for values in (processor.image_mean, processor.image_std)
    )
    return (pixels - mean) / std


def _whole(processor: Any, shape: tuple[int, ...], crop: bool) -> Layout:
    """The whole picture, scaled to the size of the network; or its middle, after its short side was scaled."""
    height, width = shape[-2:]

    def layout(pixels: Any) -> Any:
        if not crop:
            return _normalised(processor, _scaled(pixels, height, width)).reshape(shape)
        factor = max(height, width) / min(pixels.shape[2:])
        tall, wide = (max(int(each * factor), height, width) for each in pixels.shape[2:])
        top, left = (tall - height) // 2, (wide - width) // 2
        cut = _scaled(pixels, tall, wide)[:, :, top : top + height, left : left + width]
        return _normalised(processor, cut).reshape(shape)

    return layout


def _patches(processor: Any, grid: list[int]) -> Layout:
    """Qwen's rows of patches: neighbours that are merged later follow each other, and a picture is shown as a short
    video of equal frames."""
    frames, rows, columns = grid
    size, merge = processor.patch_size, processor.merge_size
    times = processor.temporal_patch_size

    def layout(pixels: Any) -> Any:
        scaled = _normalised(processor, _scaled(pixels, rows * size, columns * size))
        parts = scaled.repeat(frames * times, 1, 1, 1).reshape(
            frames, times, 3, rows // merge, merge, size, columns // merge, merge, size
        )
        order = parts.permute(0, 3, 6, 4, 7, 2, 1, 5, 8)
        return order.reshape(frames * rows * columns, 3 * times * size * size)

    return layout
