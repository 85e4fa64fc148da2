"""Checks the stored pictures of trials: one that does not have its SHA-256 any more is not looked at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import islice

from mmdt.core.image import Image
from mmdt.engine.store.trials import Trial, damaged
from mmdt.errors import DataError

AHEAD = 128
"""Trials whose pictures are read at a time."""
REMEMBERED = 200_000
"""Pictures whose check is remembered while their files do not change."""


def with_sound_pictures(trials: Iterable[Trial]) -> Iterator[Trial]:
    """The trials; one with a damaged or missing picture has a failure in place of its output.

    A picture that many cases share is looked at once.
    """
    rest, known = iter(trials), dict[str, str]()
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1), thread_name_prefix="mmdt-check") as pool:
        while chunk := list(islice(rest, AHEAD)):
            if len(known) > REMEMBERED:
                known = {}
            shown = [_pictures(trial) for trial in chunk]
            new = {image.path: image for images in shown for image in images if image.path not in known}
            if new:
                known.update(zip(new, pool.map(whats_wrong, new.values()), strict=True))
            for trial, images in zip(chunk, shown, strict=True):
                reasons = [known[image.path] for image in images if known[image.path]]
                yield damaged(trial, reasons[0]) if reasons else trial


def whats_wrong(image: Image) -> str:
    """Why a stored picture cannot be used; empty if it can."""
    try:
        stat = os.stat(image.path)  # noqa: PTH116 - plain strings: this runs once for every picture
    except OSError:
        return _whats_wrong(image, None)
    return _whats_wrong(image, (stat.st_mtime_ns, stat.st_size, stat.st_ino))


@lru_cache(REMEMBERED)
def _checked(path: str, digest: str, image_type: str, stamp: tuple[int, ...]) -> str:
    return problem_of(Image(digest, image_type, 0, 0, path=path))


def _whats_wrong(image: Image, stamp: tuple[int, ...] | None) -> str:
    return problem_of(image) if stamp is None else _checked(image.path, image.digest, image.media_type, stamp)


def problem_of(image: Image) -> str:
    """Why a stored picture cannot be used, after reading it; empty if it can."""
    try:
        image.read()
    except DataError as error:
        return error.what
    return ""


def _pictures(trial: Trial) -> tuple[Image, ...]:
    return (*trial.case.images, *(trial.output.images if trial.output else ()))
