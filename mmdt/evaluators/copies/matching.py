"""Image similarity without a neural network: a perceptual hash, and a search for a copied part.

The hash recognizes copies that were scaled, compressed or slightly edited. ``copy_score`` also recognizes copies that
were cropped, mirrored or recoloured. It compares *edge orientations*, which do not depend on colours: each image
becomes a field of complex numbers (the squared gradient summed over the colour channels, which ignores which side of an
edge is lighter), normalized so that weak edges count too. One image, shrunk by every pair of ``SHARES`` and mirrored or
not, slides over the other, and vice versa; the score is the best normalized correlation of the two fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL import Image as Pil

Field = npt.NDArray[np.complex64]
Floats = npt.NDArray[np.float64]

HASH_BITS = 64
SIDE = 48
"""Width and height of a field, whatever the shape of the image."""
SHARES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64)
"""Scales for each side: crops down to about two thirds of a side are found."""
MIN_EDGE_SHARE = 0.2
"""The share of an image's edge energy that a copied part must contain to count in full."""
_MIN_ENERGY = 1.0
"""Floor for a field's energy, so that an image almost without edges is a copy of nothing."""
_HASH_SIDE = 32
_NOISE = 30.0
"""Squared difference of neighbouring pixels (0..255) below which an edge counts as noise."""


def perceptual_hash(picture: Pil.Image) -> npt.NDArray[np.bool_]:
    """pHash, 64 bits: whether each of the lowest 8 x 8 DCT coefficients of the 32 x 32 greyscale image exceeds their
    median, which excludes the constant term."""
    from PIL import Image as Pil
    from scipy.fft import dctn

    small = np.asarray(picture.convert("L").resize((_HASH_SIDE, _HASH_SIDE), Pil.Resampling.LANCZOS), dtype=np.float64)
    low = dctn(small, norm="ortho")[:8, :8].ravel()
    return np.asarray(low > np.median(low[1:]))


def hash_distance(one: Pil.Image, other: Pil.Image) -> int:
    """How many of the 64 bits differ: 0 for the same image, about 32 for unrelated ones."""
    return int((perceptual_hash(one) != perceptual_hash(other)).sum())


def copy_score(picture: Pil.Image, reference: Pil.Image) -> float:
    """From 0 (nothing in common) to 1 (the same edges), at the best scale, position and mirroring. Symmetric."""
    return Edges.of(picture).score(Edges.of(reference))


@dataclass(frozen=True, slots=True)
class Edges:
    """An image's edges in the form that the score needs. Comparing two takes a few milliseconds.

    ``spectrum`` and ``energy`` (the summed-area table of squared lengths) belong to the image at full size.
    ``templates`` are the conjugated spectra of its shrunk and mirrored variants, ``shapes`` their heights, widths and
    squared lengths.
    """

    spectrum: Field
    energy: Floats
    templates: Field
    shapes: tuple[tuple[int, int, float], ...]

    @classmethod
    def of(cls, picture: Pil.Image) -> Edges:
        from scipy.fft import fft2

        small = _shrunk(picture)
        ground = _field(small, SIDE, SIDE)
        templates = list(_templates(small))
        spectra = np.stack([np.conj(fft2(template, (SIDE, SIDE))) for template in templates])
        shapes = tuple((*template.shape, float((np.abs(template) ** 2).sum())) for template in templates)
        return cls(fft2(ground), _summed(np.abs(ground) ** 2), spectra, shapes)

    def score(self, other: Edges) -> float:
        """The same as ``copy_score``."""
        return max(0.0, min(1.0, max(self._best_within(other), other._best_within(self))))

    def _best_within(self, whole: Edges) -> float:
        """The best match of this image, shrunk, within ``whole``."""
        from scipy.fft import ifft2

        energy = whole.energy
        # without a floor, a window almost without edges would match anything
        least, found = max(MIN_EDGE_SHARE * float(energy[-1, -1]), _MIN_ENERGY), 0.0
        products = ifft2(whole.spectrum * self.templates).real
        for correlation, (height, width, squared) in zip(products, self.shapes, strict=True):
            # only positions where the template lies within the field are free of the FFT's wrap-around
            valid = correlation[: SIDE - height + 1, : SIDE - width + 1]
            window = energy[height:, width:] - energy[:-height, width:] - energy[height:, :-width]
            window = window + energy[:-height, :-width]
            scale = np.sqrt(np.maximum(window, least) * max(squared, _MIN_ENERGY))
            found = max(found, float((valid / scale).max()))
        return found


def _shrunk(picture: Pil.Image) -> Pil.Image:
    """The image at the size from which all fields are computed."""
    from PIL import Image as Pil

    return picture.convert("RGB").resize((SIDE * 3, SIDE * 3), Pil.Resampling.BOX)


def _templates(piece: Pil.Image) -> Iterator[Field]:
    for across, down in product(SHARES, SHARES):
        field = _field(piece, round(SIDE * across), round(SIDE * down))
        yield field
        yield np.conj(field[:, ::-1])  # mirrored: the horizontal gradient changes sign


def _summed(values: Floats) -> Floats:
    """The summed-area table, with a leading row and column of zeros."""
    return np.asarray(np.pad(values, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1), dtype=np.float64)


def _field(picture: Pil.Image, width: int, height: int) -> Field:
    """Edge orientations as complex numbers with doubled angles; the length is up to 1 for a strong edge."""
    from PIL import Image as Pil
    from scipy.ndimage import gaussian_filter

    large = np.asarray(picture.resize((width * 2, height * 2), Pil.Resampling.BILINEAR), dtype=np.float32)
    down, across = np.gradient(gaussian_filter(large, (1, 1, 0), truncate=2), axis=(0, 1))
    squared = (across**2 - down**2 + 2j * across * down).sum(axis=-1)
    strength = np.abs(across**2 + down**2).sum(axis=-1)
    level = squared / (strength + float(strength.mean()) + _NOISE)
    small: Field = level.reshape(height, 2, width, 2).mean(axis=(1, 3)).astype(np.complex64)
    # remove what runs from side to side, such as horizons and frames: many unrelated images share it
    small -= small.mean(axis=1, keepdims=True)
    small -= small.mean(axis=0, keepdims=True)
    return small
