"""Phrases of a detector's caption, as runs of tokens, and which phrase a box belongs to."""

from __future__ import annotations

from collections.abc import Sequence


def phrase_spans(token_ids: Sequence[int], separators: frozenset[int]) -> list[list[int]]:
    """The token positions of each phrase: the non-empty runs between separators (``[CLS] a cat . dog . [SEP]``)."""
    spans: list[list[int]] = [[]]
    for place, token in enumerate(token_ids):
        if token in separators:
            spans.append([])
        else:
            spans[-1].append(place)
    return [span for span in spans if span]


def best_phrase(scores: Sequence[float], spans: Sequence[Sequence[int]], threshold: float) -> tuple[int, float] | None:
    """The phrase that a box belongs to, and the box's score; None if no token exceeds ``threshold``.

    ``scores``: one per token. Tokens above the threshold may belong to several phrases, or be one word of a longer one;
    the box goes to the phrase with the highest-scoring token.
    """
    peaks = [max(scores[place] for place in span) for span in spans]
    best = max(range(len(peaks)), key=peaks.__getitem__)
    return (best, peaks[best]) if peaks[best] > threshold else None
