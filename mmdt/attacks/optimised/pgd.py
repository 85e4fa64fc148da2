"""PGD: steps along the sign of the gradient from a random start."""

from __future__ import annotations

from mmdt.attacks.optimised.descent import gradient_attack, plain_view

PGD = gradient_attack(
    "pgd",
    "moves pixels by gradients of a surrogate towards a label or a picture",
    'Madry et al., "Towards deep learning models resistant to adversarial attacks", ICLR 2018',
    plain_view,
    start=True,
)
