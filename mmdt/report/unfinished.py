"""The unfinished file that a report or an export is written to before it gets its name."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path


def unfinished(path: Path) -> Path:
    """Where to write what will become ``path``, in this process. What killed processes left there is removed."""
    _remove_leftovers(path)
    return path.with_name(f"part-{os.getpid()}-{path.name}")


def _remove_leftovers(path: Path) -> None:
    mine = re.compile(r"part-(\d+)-" + re.escape(path.name))
    with suppress(OSError):
        for each in path.parent.iterdir():
            found = mine.fullmatch(each.name)
            if found and not _alive(int(found[1])):
                each.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    """Whether a process of that number may be running."""
    if os.name != "posix":
        return True  # there, asking could end it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
