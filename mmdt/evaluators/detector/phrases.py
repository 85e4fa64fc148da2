"""Phrases of a caption that a detector grounds its boxes in, as runs of tokens."""

from __future__ import annotations

from collections.abc import Sequence


def phrase_spans(token_ids: Sequence[int], separators: frozenset[int]) -> list[list[int]]:
    """Where each phrase's tokens stand: the runs between separators (``[CLS] a cat . dog . [SEP]``), none empty."""
    spans: list[list[int]] = [[]]
    for place, token in enumerate(token_ids):
        if token in separators:
            spans.append([])
        else:
            spans[-1].append(place)
    return [span for span in spans if span]


def best_phrase(scores: Sequence[float], spans: Sequence[Sequence[int]], threshold: float) -> tuple[int, float] | None:
    """The phrase that a box stands for, and the box's score; None where no token exceeds ``threshold``.

    ``scores``: one for each token. A detector grounds a box in tokens, and those above the threshold may belong to
    several phrases or be one word of a longer one; the box goes to the phrase that holds the strongest.
    """
    peaks = [max(scores[place] for place in span) for span in spans]
    best = max(range(len(peaks)), key=peaks.__getitem__)
    return (best, peaks[best]) if peaks[best] > threshold else None
