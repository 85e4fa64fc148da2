"""The scorecard of a run as computed when it ended, kept where its scenarios are known to that process alone.

Numbers are computed from the outputs whenever they are read. A scenario that was registered in a notebook or a script
is gone with that process, and so would be the numbers of its run.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from mmdt import plugins
from mmdt.disk.whole import write_whole
from mmdt.errors import StoreError
from mmdt.spelling import is_command_line, option
from mmdt.stats.scorecard import Scorecard

FILE = "scorecard.msgpack"
"""In the run's folder. MessagePack, because JSON has no NaN."""


def hint() -> str:
    """What to do where a scenario of the run is not known to this process."""
    named = option("plugins", ["FILE"]) if is_command_line() else "mmdt.load_plugin(FILE)"
    return (
        "it was registered in a notebook or a script: register it again in this process, or put it into a file and "
        f"name that file ({named})"
    )


def needed(addresses: tuple[str, ...]) -> bool:
    """Whether any of these scenarios is known to this process alone."""
    return any(plugins.only_here(plugins.SCENARIOS, each) for each in addresses)


def write(folder: Path, scorecard: Scorecard) -> None:
    """Keep the scorecard, completely or not at all. Raises StoreError if the folder cannot be written."""
    path = folder / FILE
    try:
        write_whole(path, msgspec.msgpack.encode(scorecard))
    except OSError as error:
        raise StoreError(
            "the run's scorecard cannot be written",
            where=f"{path}: {error.strerror}",
            hint="free some space, or choose a writable folder",
        ) from error


def remove(folder: Path) -> None:
    """Forget a scorecard whose scenarios have become known everywhere."""
    (folder / FILE).unlink(missing_ok=True)


def exists(folder: Path) -> bool:
    """Whether the run has one."""
    return (folder / FILE).is_file()


def read(folder: Path) -> Scorecard | None:
    """The scorecard that was kept; None if there is none. Raises StoreError if it is damaged."""
    path = folder / FILE
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Scorecard)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise StoreError(f"the run's scorecard is damaged: {error}", where=str(path), hint=hint()) from error
