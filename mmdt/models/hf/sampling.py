"""Token sampling with a seed per row, and stopping on an event."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any


class SeededSampling:
    """Samples each row with its own generator, so that a seed gives the same reply in any batch.

    The largest of ``logit + Gumbel noise`` is distributed as the softmax of the logits (Gumbel 1954; Maddison et al.
    2014), so adding the noise and then choosing greedily samples exactly.
    """

    def __init__(self, seeds: Sequence[int], device: Any) -> None:
        import torch

        self._generators = [torch.Generator(device).manual_seed(seed) for seed in seeds]

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """``scores``: rows x vocabulary, log-probabilities up to a constant."""
        import torch

        noise = torch.empty_like(scores)
        for row, generator in zip(noise, self._generators, strict=True):
            row.exponential_(generator=generator)
        return scores - noise.log()  # minus the log of an exponential variate is a Gumbel variate


class StopOnEvent:
    """Ends generation at the next token once the event is set, because the caller no longer waits for the replies.

    ``steps``: the number of tokens generated per row so far.
    """

    def __init__(self, event: threading.Event) -> None:
        self._event = event
        self.steps = 0

    def __call__(self, input_ids: Any, scores: Any, **more: Any) -> Any:
        import torch

        self.steps += 1
        return torch.full((input_ids.shape[0],), self._event.is_set(), dtype=torch.bool, device=input_ids.device)
