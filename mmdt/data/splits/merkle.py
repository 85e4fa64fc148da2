"""Merkle tree over leaves, as RFC 6962 builds it: SHA-256, with 0x00 before a leaf and 0x01 before two children."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

Digest = bytes


def leaf(data: bytes) -> Digest:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def root(leaves: Sequence[Digest]) -> Digest:
    """The root over the hashes of leaves. Raises ValueError where there is none."""
    if not leaves:
        raise ValueError("a tree needs a leaf")
    level = list(leaves)
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def path(leaves: Sequence[Digest], place: int) -> list[Digest | None]:
    """The neighbours from the leaf at ``place`` up to the root; None where a node has none and moves up as it is."""
    level, found = list(leaves), []
    while len(level) > 1:
        neighbour = place ^ 1
        found.append(level[neighbour] if neighbour < len(level) else None)
        level, place = _parents(level), place // 2
    return found


def climb(start: Digest, place: int, neighbours: Sequence[Digest | None]) -> Digest:
    """The root that a leaf, its place and its neighbours lead to."""
    node = start
    for neighbour in neighbours:
        if neighbour is not None:
            node = _node(neighbour, node) if place % 2 else _node(node, neighbour)
        place //= 2
    return node


def _parents(level: list[Digest]) -> list[Digest]:
    """The next level; a last node without a neighbour moves up, which gives the tree of RFC 6962."""
    pairs = [_node(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
    return pairs + level[len(pairs) * 2 :]


def _node(left: Digest, right: Digest) -> Digest:
    return hashlib.sha256(b"\x01" + left + right).digest()
