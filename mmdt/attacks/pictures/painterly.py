"""Filters that painting styles are made of, on float RGB arrays of shape (height, width, 3) in 0..1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

Pixels = NDArray[np.float32]
Plane = NDArray[np.float32]

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def opened(picture: Image.Image) -> Pixels:
    """The pixels of a picture."""
    return np.asarray(picture.convert("RGB"), np.float32) / np.float32(255)


def closed(pixels: Pixels) -> Image.Image:
    """The picture of these pixels; values outside 0..1 are clipped."""
    return Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8))


def saturated(pixels: Pixels, factor: float) -> Pixels:
    """The pixels with colours moved away from grey by a factor."""
    grey = luma(pixels)[..., None]
    return np.asarray(grey + (pixels - grey) * factor, np.float32)


def luma(pixels: Pixels) -> Plane:
    """Brightness as the eye perceives it (ITU-R BT.601)."""
    return np.asarray(pixels @ _LUMA, np.float32)


def blur(plane: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Gaussian blur over height and width."""
    sigmas = (sigma, sigma, 0)[: plane.ndim]
    return np.asarray(ndimage.gaussian_filter(plane, sigmas, mode="nearest", truncate=2.5), np.float32)


def box(plane: NDArray[np.float32], size: int, shift: tuple[int, int] = (0, 0)) -> NDArray[np.float32]:
    """The mean over a square of ``size`` x ``size`` pixels, moved by ``shift`` rows and columns."""
    sizes = (size, size, 1)[: plane.ndim]
    origins = (*shift, 0)[: plane.ndim]
    return np.asarray(ndimage.uniform_filter(plane, sizes, origin=origins, mode="nearest"), np.float32)


def gradient(plane: Plane) -> tuple[Plane, Plane]:
    """The change of brightness from row to row and from column to column (central differences)."""
    down, across = (np.gradient(plane, axis=axis) if plane.shape[axis] > 1 else np.zeros_like(plane) for axis in (0, 1))
    return np.asarray(down, np.float32), np.asarray(across, np.float32)


def noise(shape: tuple[int, int], sigma: float, rng: np.random.Generator) -> Plane:
    """Smooth noise of mean 0 and standard deviation 1, with grains about ``sigma`` pixels wide."""
    grains = blur(rng.standard_normal(shape, np.float32), sigma) if sigma else rng.standard_normal(shape, np.float32)
    return np.asarray((grains - grains.mean()) / max(float(grains.std()), 1e-6), np.float32)


def kuwahara(pixels: Pixels, radius: int) -> Pixels:
    """Edge-preserving smoothing: each pixel takes the mean of the one that varies least of four squares around it.

    Kuwahara et al., "Processing of RI-angiocardiographic images", 1976; the variance is that of the brightness.
    """
    size, half = radius + 1, radius / 2
    low, high = int(np.floor(half)), -int(np.ceil(half))
    light = luma(pixels)
    best = np.full(light.shape, np.inf, np.float32)
    result = pixels
    for rows in (low, high):
        for columns in (low, high):
            mean = box(light, size, (rows, columns))
            variance = box(light * light, size, (rows, columns)) - mean * mean
            calmer = variance < best
            best = np.where(calmer, variance, best)
            result = np.where(calmer[..., None], box(pixels, size, (rows, columns)), result)
    return np.asarray(result, np.float32)


def oil(pixels: Pixels, radius: int, levels: int) -> Pixels:
    """Each pixel takes the mean colour of the most frequent brightness level around it: flat dabs, crisp borders.

    The intensity-histogram filter of G. J. Holzmann, "Beyond Photography: The Digital Darkroom", 1988, with one box sum
    per level instead of one histogram per pixel. The neighbourhood is a square of 2 ``radius`` + 1 pixels.
    """
    size = 2 * radius + 1
    level = np.minimum((luma(pixels) * levels).astype(np.int32), levels - 1)
    most = np.zeros(level.shape, np.float32)
    result = pixels
    for index in np.unique(level):
        member = (level == index).astype(np.float32)
        votes = box(member, size)
        more = votes > most + 1e-6
        total = box(pixels * member[..., None], size)
        most = np.where(more, votes, most)
        result = np.where(more[..., None], total / np.maximum(votes, 1e-6)[..., None], result)
    return np.asarray(result, np.float32)


def flow(pixels: Pixels, sigma: float, wander: Plane) -> tuple[Plane, Plane]:
    """Directions along edges, as unit vectors (rows, columns), from the smoothed structure tensor.

    The eigenvector of the smaller eigenvalue points along the edge (Brox et al., "Adaptive structure tensors", 2006).
    Where the picture is flat and has no direction, the flow follows the contours of ``wander``.
    """
    down, across = gradient(blur(luma(pixels), 1.0))
    turn_down, turn_across = gradient(wander)
    scale = np.float32(0.02 / max(float(np.hypot(turn_down, turn_across).mean()), 1e-6))
    turn_down, turn_across = turn_down * scale, turn_across * scale
    xx = blur(across * across + turn_across**2, sigma)
    yy = blur(down * down + turn_down**2, sigma)
    xy = blur(across * down + turn_across * turn_down, sigma)
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2
    return np.asarray(np.sin(angle), np.float32), np.asarray(np.cos(angle), np.float32)


def along(planes: Pixels, rows: Plane, columns: Plane, steps: int) -> Pixels:
    """The mean along the flow, ``steps`` pixels each way: line integral convolution.

    Cabral and Leedom, "Imaging vector fields using line integral convolution", SIGGRAPH 1993, with unit steps and the
    nearest pixel. The sign of the flow stays consistent along each line. ``planes`` has the shape (h, w, channels).
    """
    height, width = rows.shape
    flat, down, across = planes.reshape(height * width, -1), rows.ravel(), columns.ravel()
    start_y, start_x = np.indices((height, width), np.float32).reshape(2, -1)
    total = flat.copy()
    for sense in (1.0, -1.0):
        y, x, last_y, last_x = start_y, start_x, down * sense, across * sense
        for _ in range(steps):
            y = np.clip(y + last_y, 0, height - 1)
            x = np.clip(x + last_x, 0, width - 1)
            at = np.rint(y).astype(np.int32) * width + np.rint(x).astype(np.int32)
            total += flat[at]
            next_y, next_x = down[at], across[at]
            same = np.where(next_y * last_y + next_x * last_x < 0, np.float32(-1), np.float32(1))
            last_y, last_x = next_y * same, next_x * same
    return np.asarray((total / (2 * steps + 1)).reshape(planes.shape), np.float32)
