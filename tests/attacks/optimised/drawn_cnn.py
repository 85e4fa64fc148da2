"""A convolutional network with a recurrent text side: what a surrogate of one's own looks like."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

WIDTHS = (16, 32, 48, 64)
EMBEDDING = 32


class DrawnCnn(nn.Module):
    """Pictures (number, 3, 32, 32) and token ids (number, length) to embeddings of 32 numbers."""

    def __init__(self, words: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for place, (before, width) in enumerate(zip((3, *WIDTHS), WIDTHS, strict=False)):
            layers += [nn.Conv2d(before, width, 3, 2 if place else 1, 1), nn.GroupNorm(4, width), nn.ReLU()]
        self.vision = nn.Sequential(*layers, nn.Flatten(), nn.Linear(WIDTHS[-1] * 16, EMBEDDING))
        self.words = nn.Embedding(words, EMBEDDING, padding_idx=0)
        self.text = nn.GRU(EMBEDDING, 48, batch_first=True)
        self.out = nn.Linear(48, EMBEDDING)

    def get_image_features(self, pixel_values: Any) -> Any:
        return self.vision(pixel_values)

    def get_text_features(self, input_ids: Any, attention_mask: Any) -> Any:
        states, _ = self.text(self.words(input_ids))
        last = attention_mask.sum(1) - 1  # the state at the token that ends the text
        return self.out(states[torch.arange(len(states)), last])
