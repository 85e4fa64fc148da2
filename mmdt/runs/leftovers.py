"""Files that killed processes left behind in a run's folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path


def remove_leftovers(folder: Path) -> None:
    """Remove every unfinished file in a run's folder. Hold its lock: another process may be writing them."""
    for path in leftovers(folder):
        with suppress(OSError):
            path.unlink()


def leftovers(folder: Path) -> Iterator[Path]:
    """The unfinished files of a run: nothing reads them, whatever happens."""
    own = (folder / "manifest.part", folder / "scorecard.part")
    reports = folder.glob("part-*-report.html")
    below = (path for name in ("artifacts", "batches") for path in (folder / name).rglob("*.part"))
    yield from (path for path in chain(own, reports, below) if path.is_file())
