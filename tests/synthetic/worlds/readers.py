"""Readers of pictures of worlds: questions with their pictures, and who answers them from the pixels."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image

from mmdt.synthetic.worlds.balance import balanced
from mmdt.synthetic.worlds.difficulty import DEFAULT
from mmdt.synthetic.worlds.language.queries import answer
from mmdt.synthetic.worlds.render import render
from mmdt.synthetic.worlds.scene_questions import LABELS, compose
from mmdt.synthetic.worlds.sprites.library import OBJECTS
from mmdt.synthetic.worlds.suite.ood import I2T_TASKS

SIDE, PATCH, FILTERS = 64, 6, 160
RIDGE = 30.0


def questions(count, seed):
    """``count`` questions of each task with their clean pictures, the tasks in turn."""
    by_task = []
    for task in I2T_TASKS:
        rng = random.Random(f"{task} {seed}")
        labels = balanced(LABELS[task], rng)
        by_task.append([compose(task, next(labels), rng, DEFAULT) for _ in range(count)])
    return [(each, render(each.scene)) for several in zip(*by_task, strict=True) for each in several]


def reads(question, detections):
    """Whether the detected things give the right answer to a question."""
    return answer(question.query, tuple(each.thing() for each in detections)) == question.answer


class PatchReader:
    """Says which of two kinds of things is in a picture: ridge regression on pooled responses to random patches.

    It was trained on clean pictures, knows nothing of regions, contours and sprites, and had no part in the choice of
    the severities (Coates, Lee and Ng, "An analysis of single-layer networks in unsupervised feature learning",
    AISTATS 2011).
    """

    def __init__(self, pictures, kinds, seed=0):
        rng = np.random.default_rng(seed)
        patches = np.concatenate(
            [self._patches(each)[rng.integers(0, (SIDE - PATCH + 1) ** 2, 8)] for each in pictures]
        )
        vivid = patches[np.argsort(-patches.std(axis=1))[: 4 * FILTERS]]
        self.filters = vivid[rng.permutation(len(vivid))[:FILTERS]]
        seen = np.stack([self._features(each) for each in pictures])
        self.mean, self.spread = seen.mean(axis=0), seen.std(axis=0) + 1e-3
        known = (seen - self.mean) / self.spread
        there = np.array([[kind in each for kind in OBJECTS] for each in kinds], float)
        self.base = there.mean(axis=0)
        gram = known @ known.T + RIDGE * len(known) ** 0.5 * np.eye(len(known))
        self.weights = known.T @ np.linalg.solve(gram, there - self.base)

    def prefers(self, picture, kind, other):
        """Whether it rather sees ``kind`` than ``other``."""
        names = list(OBJECTS)
        scores = self.base + ((self._features(picture) - self.mean) / self.spread) @ self.weights
        return scores[names.index(kind)] > scores[names.index(other)]

    @staticmethod
    def _patches(picture):
        small = np.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX), np.float32) / 255
        windows = np.lib.stride_tricks.sliding_window_view(small, (PATCH, PATCH), axis=(0, 1))
        found = windows.reshape(-1, 3 * PATCH * PATCH)
        found = found - found.mean(axis=1, keepdims=True)
        return found / (found.std(axis=1, keepdims=True) + 0.06)

    def _features(self, picture):
        responses = self._patches(picture) @ self.filters.T / (3 * PATCH * PATCH)
        return np.concatenate([responses.max(axis=0), np.maximum(responses - 0.3, 0).mean(axis=0) * 20])
