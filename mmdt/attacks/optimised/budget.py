"""Budgets: how far pixels may move. A picture that is saved keeps its budget to the last bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pil

from mmdt.core.surrogate import Pixels
from mmdt.errors import UsageError

Norm = Literal["linf", "l2"]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Budget:
    """``norm``: ``linf`` bounds each channel of each pixel, ``l2`` the root of the mean square over all of them; both
    by ``size``, in steps of 1/255. Raises UsageError for another norm and for a size that is no whole number from 1 to
    255 (linf) or not above 0 (l2)."""

    norm: Norm
    size: float

    def __post_init__(self) -> None:
        if self.norm not in ("linf", "l2"):
            raise UsageError(f"unknown norm {self.norm!r}", hint="use linf or l2")
        whole = self.norm == "l2" or float(self.size).is_integer()
        if not whole or not (1 if self.norm == "linf" else 0) <= self.size <= 255 or self.size <= 0:
            raise UsageError(f"a budget of {self.size!r}", hint="use a whole number from 1 to 255, such as 8")

    def project(self, pixels: Pixels, origin: Pixels) -> Pixels:
        """The nearest pixels within the budget and between 0 and 1."""
        change = np.clip(pixels, 0, 1) - origin
        if self.norm == "linf":
            return np.asarray(origin + np.clip(change, -self.size / 255, self.size / 255), np.float32)
        length = np.sqrt(np.mean(change**2, axis=(1, 2, 3), keepdims=True)) * 255
        return np.asarray(origin + change * np.minimum(1, self.size / np.maximum(length, 1e-12)), np.float32)

    def rounded(self, pixels: Pixels, origin: Bytes) -> Bytes:
        """One picture (height, width, 3) as bytes, within the budget around the bytes of the original."""
        wanted = np.rint(np.clip(pixels, 0, 1) * 255)
        if self.norm == "linf":
            low, high = origin.astype(float) - self.size, origin.astype(float) + self.size
            return np.asarray(np.clip(np.clip(wanted, low, high), 0, 255), np.uint8)
        share = 1.0
        change = wanted - origin
        while _length(np.rint(change * share)) > self.size:  # rounding may have added a little
            share *= 0.98
        return np.asarray(origin + np.rint(change * share), np.uint8)

    def step(self, gradient: Pixels, length: float) -> Pixels:
        """A step against the gradient: of that length (in 1/255) in the norm of the budget."""
        if self.norm == "linf":
            return np.asarray(-np.sign(gradient) * length / 255, np.float32)
        size = np.sqrt(np.mean(gradient**2, axis=(1, 2, 3), keepdims=True))
        return np.asarray(-gradient / np.maximum(size, 1e-12) * length / 255, np.float32)


def _length(change: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(change**2)))


def opened(picture: Pil.Image) -> tuple[Bytes, Pixels]:
    """A picture as bytes (height, width, 3), and as a batch of one."""
    data = np.asarray(picture.convert("RGB"))
    return data, np.asarray(data[None], np.float32) / np.float32(255)
