"""Files that killed processes left behind in a run's folder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from mmdt.disk.whole import remove_abandoned


def remove_leftovers(folder: Path) -> None:
    """Remove every unfinished file in a run's folder. Hold its lock: nobody else writes pictures and batches then, but
    somebody may be writing a report or labels."""
    remove_abandoned(folder)
    for name in ("artifacts", "batches"):
        for path in (folder / name).rglob("*.part"):
            with suppress(OSError):
                path.unlink()
