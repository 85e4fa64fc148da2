"""Image hijack: pixels that make an open model answer the prompt with a given reply."""

from __future__ import annotations

from mmdt.attacks.optimised.descent import gradient_attack, plain_view

IMAGE_HIJACK = gradient_attack(
    "image-hijack",
    "moves pixels until an open model answers with a given reply",
    'Bailey et al., "Image hijacks: adversarial images can control generative models at runtime", ICML 2024; Qi et al.,'
    ' "Visual adversarial examples jailbreak aligned large language models", AAAI 2024',
    plain_view,
    momentum=0.9,
    steps=200,
    surrogates=("vlm/Qwen/Qwen2-VL-2B-Instruct",),
)
