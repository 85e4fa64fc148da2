"""How many connections this process may hold: each needs a file descriptor, and shells often allow few of them."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)

RESERVED = 96
"""Descriptors for everything but connections: the store, pictures being read, libraries, the terminal."""
WANTED = 4096
"""The soft limit is raised to this where the system lets us."""
_said: set[int] = set()


def connections(wanted: int) -> int:
    """``wanted``, or as many connections as the limit on open files leaves room for; at least one.

    Raises the soft limit first. Says so, once, where fewer than wanted are possible.
    """
    limit = raise_limit()
    if limit is None:
        return wanted
    room = max(1, limit - RESERVED)
    if room < wanted and room not in _said:
        _said.add(room)
        log.warning(
            "this process may open %d files (ulimit -n), so at most %d requests are in flight instead of %d:"
            " raise the limit for more",
            limit,
            room,
            wanted,
        )
    return min(wanted, room)


def raise_limit() -> int | None:
    """The limit on open files, after raising the soft limit as far as useful and allowed; None if there is none."""
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return None
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
        except (OSError, ValueError):
            pass
    return soft
