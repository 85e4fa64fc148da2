"""SimBA: one direction of the cosine transform at a time, forwards or backwards, kept where the score falls."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.fft import idctn

from mmdt.attacks.optimised.budget import Budget
from mmdt.attacks.queries.search import Asked, query_attack
from mmdt.core.surrogate import Pixels

_LOW = 0.35
"""Share of the frequencies of each axis that are tried: the low ones, which networks look at."""
_BAND = 4
"""The lowest frequencies come first: those of 4 by 4 waves, then what 8 by 8 add, and so on."""


def simba(origin: Pixels, asked: Asked, budget: Budget, rng: np.random.Generator) -> Pixels:
    """Each step moves along one basis picture by a tenth of the budget's length over all directions tried."""
    _, height, width, channels = origin.shape
    rows, columns = max(1, int(_LOW * height)), max(1, int(_LOW * width))
    best, loss = origin, float(asked(origin)[0])
    length = 0.1 * budget.size / 255 * np.sqrt(height * width * channels)
    order: list[int] = []
    while asked.left >= 2:
        if not order:
            order = _by_bands(rng.permutation(rows * columns * channels), columns, channels)
        place = order.pop()
        wave = np.zeros((height, width, channels), np.float32)
        wave[place // (columns * channels), place // channels % columns, place % channels] = length
        step = np.asarray(idctn(wave, axes=(0, 1), norm="ortho"), np.float32)[None]
        for sign in (1, -1):
            tried = budget.project(best + np.float32(sign) * step, origin)
            found = float(asked(tried)[0])
            if found < loss:
                best, loss = tried, found
                break
    return best


def _by_bands(places: npt.NDArray[np.int64], columns: int, channels: int) -> list[int]:
    """Places of waves in the order in which ``pop`` takes them: bands from the lowest, at random within a band."""
    bands = np.maximum(places // (columns * channels), places // channels % columns) // _BAND
    return [int(each) for each in places[np.argsort(-bands, kind="stable")]]


SIMBA = query_attack(
    "simba",
    "tries waves one by one and keeps those that lower a score",
    'Guo et al., "Simple black-box adversarial attacks" (SimBA), ICML 2019',
    simba,
    norm="l2",
    size=8,
)
