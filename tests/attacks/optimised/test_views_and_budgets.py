"""Views and their transposes, and budgets that hold to the last bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.attacks.optimised.budget import Budget
from mmdt.attacks.optimised.views import PLAIN, random_crop, resize_and_pad, spectrum, window
from mmdt.errors import UsageError


def noise(shape, seed):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("seed", range(6))
def test_back_is_the_transpose_of_forward(seed: int) -> None:
    """<view(x), y> = <x, back(y)> for random x and y."""
    rng = np.random.default_rng(seed)
    height, width = int(rng.integers(8, 40)), int(rng.integers(8, 40))
    views = (
        PLAIN,
        random_crop(height, width, (0.4, 1), rng),
        resize_and_pad(height, width, 0.6, rng),
        spectrum((height, width), 0.5, rng),
        window(height, width, (-3, 2.5, height + 1, width), (17, 23)),
    )
    for view in views:
        pixels = noise((2, height, width, 3), seed)
        seen = view.forward(pixels)
        other = noise(seen.shape, seed + 100)
        assert float((seen * other).sum()) == pytest.approx(
            float((pixels * view.back(other)).sum()), rel=1e-3, abs=1e-2
        )


def test_a_whole_window_is_the_picture_and_a_constant_stays_inside() -> None:
    pixels = noise((1, 12, 20, 3), 1)
    assert np.allclose(window(12, 20, (0, 0, 12, 20), (12, 20)).forward(pixels), pixels, atol=1e-6)
    flat = np.full((1, 12, 20, 3), 0.5, np.float32)
    assert np.allclose(window(12, 20, (2, 3, 9, 15), (30, 30)).forward(flat), 0.5, atol=1e-6)


@given(st.sampled_from(["linf", "l2"]), st.integers(1, 40), st.integers(0, 10_000))
def test_whatever_is_saved_is_within_the_budget(norm: str, size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    origin = rng.integers(0, 256, (9, 11, 3), dtype=np.uint8)
    budget = Budget(norm, size)
    batch = (origin[None] / 255).astype(np.float32)
    moved = budget.project(batch + noise(batch.shape, seed), batch)
    change = budget.rounded(moved[0], origin).astype(int) - origin
    length = np.abs(change).max() if norm == "linf" else np.sqrt(np.mean(change**2.0))
    assert length <= size


@pytest.mark.parametrize(
    ("norm", "size"), [("l1", 8), ("linf", 0), ("linf", 2.5), ("linf", 300), ("l2", 0), ("l2", -1)]
)
def test_a_budget_that_cannot_be(norm: str, size: float) -> None:
    with pytest.raises(UsageError):
        Budget(norm, size)
