"""The same problem for mmdt and for the libraries that have such attacks: Adversarial Robustness Toolbox and foolbox.

The libraries attack classifiers, so the surrogate becomes one with two classes: 0 what is there, 1 what the attack
wants. Its logits differ by what mmdt minimises, so whatever lowers the loss of a library lowers mmdt's. An offset keeps
class 1 from ever winning: no library stops early, and all can be compared by the loss after the same number of queries.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from mmdt.core.surrogate import Goal, Pixels, Surrogate

SCALE, OFFSET = 5.0, 15.0


class _Loss(torch.autograd.Function):
    """Losses of a surrogate as a function that torch differentiates; pictures are (number, 3, height, width)."""

    @staticmethod
    def forward(ctx: Any, pictures: Any, surrogate: Surrogate, goal: Goal) -> Any:
        losses, slope = surrogate.gradient(channels_last(pictures), goal)
        ctx.slope = torch.tensor(slope).permute(0, 3, 1, 2)
        return torch.tensor(losses, dtype=torch.float32)

    @staticmethod
    def backward(ctx: Any, *outer: Any) -> Any:
        return outer[0].view(-1, 1, 1, 1) * ctx.slope, None, None


class TwoClasses(torch.nn.Module):
    """The classifier. ``softmax``: it returns probabilities, as SimBA of ART wants them."""

    def __init__(self, surrogate: Surrogate, goal: Goal, *, softmax: bool = False) -> None:
        super().__init__()
        self.surrogate, self.goal, self.softmax = surrogate, goal, softmax

    def forward(self, pictures: Any) -> Any:
        if torch.is_grad_enabled() and pictures.requires_grad:
            losses = _Loss.apply(pictures, self.surrogate, self.goal)
        else:
            losses = torch.tensor(self.surrogate.losses(channels_last(pictures), self.goal), dtype=torch.float32)
        wanted = SCALE * (1 - losses) - OFFSET
        logits = torch.stack([torch.zeros_like(wanted), wanted], 1)
        return logits.softmax(1) if self.softmax else logits


class Decided(torch.nn.Module):
    """A classifier that says 1 where the loss is below ``bar``. It keeps, for each picture that it was asked about, how
    far it is from ``origin`` (infinitely far where it is not wanted)."""

    def __init__(self, surrogate: Surrogate, goal: Goal, bar: float, origin: Pixels) -> None:
        super().__init__()
        self.surrogate, self.goal, self.bar, self.origin = surrogate, goal, bar, origin
        self.far: list[float] = []

    def decide(self, pixels: Pixels) -> Any:
        """Whether each picture is wanted."""
        found = self.surrogate.losses(np.asarray(pixels, np.float32), self.goal) < self.bar
        far = np.sqrt(np.mean((pixels - self.origin) ** 2.0, axis=(1, 2, 3))) * 255
        self.far += np.where(found, far, np.inf).tolist()
        return found

    def forward(self, pictures: Any) -> Any:
        found = torch.tensor(self.decide(channels_last(pictures)), dtype=torch.float32)
        return torch.stack([1 - found, found], 1)

    def nearest(self, queries: int) -> float:
        """Root mean square (in 1/255) of the change of the nearest wanted picture among the first queries."""
        return min(self.far[:queries])


def foolbox_attack(attack: Any, surrogate: Surrogate, goal: Goal, origin: Pixels, size: float) -> Pixels:
    """What an attack of foolbox with a fixed budget makes of a batch; ``size`` in its own norm."""
    import foolbox

    model = foolbox.PyTorchModel(TwoClasses(surrogate, goal).eval(), bounds=(0, 1), device="cpu")
    wanted = foolbox.criteria.TargetedMisclassification(wanted_labels(len(origin)))
    return channels_last(attack.run(model, channels_first(origin), wanted, epsilon=size))


def art_classifier(module: torch.nn.Module, shape: tuple[int, ...]) -> Any:
    """A module as a classifier of the Adversarial Robustness Toolbox; ``shape``: (height, width, 3)."""
    from art.estimators.classification import PyTorchClassifier

    loss = torch.nn.CrossEntropyLoss()
    return PyTorchClassifier(module, loss, (shape[2], *shape[:2]), 2, clip_values=(0, 1), device_type="cpu")


def wanted_labels(number: int) -> Any:
    """Class 1 for each picture, as foolbox names targets."""
    return torch.ones(number, dtype=torch.long)


def wanted_classes(number: int) -> Any:
    """Class 1 for each picture, as ART names targets."""
    return np.eye(2, dtype=np.float32)[np.ones(number, int)]


@contextmanager
def seeded(seed: int) -> Any:
    """The libraries draw from the global generators."""
    state = np.random.get_state()
    np.random.seed(seed)
    torch.manual_seed(seed)
    try:
        yield
    finally:
        np.random.set_state(state)


def channels_first(pixels: Pixels) -> Any:
    return torch.tensor(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))


def channels_last(pictures: Any) -> Pixels:
    return np.ascontiguousarray(np.asarray(pictures.detach().cpu().numpy().transpose(0, 2, 3, 1), np.float32))
