"""Files and folders that are there completely or not at all, whenever the process is killed.

What is being written has a name of its own, beside the one that it gets at the end: ``NAME.PROCESS-THREAD-HOST.part``,
so that two writers do not meet, nothing takes it for the whole, and the next writer can tell what a killed one left.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mmdt.disk.private import FOLDER, open_private
from mmdt.disk.sync import sync_file, sync_folder

HOST = f"{zlib.crc32(socket.gethostname().encode()):08x}"
"""Stands for this machine in names: several may share a folder, and their processes have numbers of their own."""
_WRITER = r"(\d+)-\d+-([0-9a-f]{8})"
_ENDING, _BEGINNING = re.compile(rf"(.+)\.{_WRITER}\.part", re.DOTALL), re.compile(rf"part-{_WRITER}-(.+)", re.DOTALL)
_STALE = 24 * 3600.0
"""Seconds after which what another machine was writing is taken to be abandoned."""


@contextmanager
def whole(path: Path, *, durable: bool = False, same_ending: bool = False) -> Iterator[Path]:
    """Where to write what becomes ``path`` when the block ends; it is removed where the block raises, and what killed
    processes left of ``path`` is removed first. ``durable``: wait until it is on the disk, with its name.
    ``same_ending``: for libraries that go by the ending of a name.

    An earlier ``path`` is replaced; a device or a pipe is written to as it is. Raises OSError."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        yield path
        return
    remove_abandoned(path.parent, path.name)
    part = Path(_with_ending(path) if same_ending else unfinished(path))
    try:
        yield part
        if durable:
            sync_file(part)
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    if durable:
        sync_folder(path.parent)


def write_whole(path: Path, data: bytes, *, private: bool = True, durable: bool = False) -> None:
    """Write a file, in place of an earlier one. Only its owner can read it, unless it is not ``private``: then the
    user's umask says who can. Raises OSError."""
    with whole(path, durable=durable) as part, open_private(part) if private else part.open("wb") as file:
        file.write(data)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A new folder to write to that becomes ``path`` when the block ends; as :func:`whole`.

    Raises FileExistsError where ``path`` is there, and OSError."""
    check_new(path)
    remove_abandoned(path.parent, path.name)
    part = Path(unfinished(path))
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=FOLDER)
    try:
        yield part
        part.rename(path)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def check_new(path: Path) -> None:
    """Raises FileExistsError where there is something of this name."""
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def unfinished(path: str | Path) -> str:
    """The name that ``path`` has while this thread writes it."""
    return f"{path}.{_writer()}.part"


def _with_ending(path: Path) -> Path:
    return path.with_name(f"part-{_writer()}-{path.name}")


def _writer() -> str:
    return f"{os.getpid()}-{threading.get_native_id()}-{HOST}"


def remove_abandoned(folder: Path, name: str = "") -> None:
    """Remove what processes that are no more left in a folder, of the file called ``name`` alone if that is given.
    What cannot be removed stays."""
    with suppress(OSError):
        for each in folder.iterdir():
            final, process, host = _named(each.name)
            if not final or (name and name != final):
                continue
            if not _alive(process) if host == HOST else each.stat().st_mtime < time.time() - _STALE:
                _remove(each)


def _named(name: str) -> tuple[str, int, str]:
    """The final name, the process and the machine of what is being written; empty for any other name."""
    if found := _ENDING.fullmatch(name):
        return found[1], int(found[2]), found[3]
    if found := _BEGINNING.fullmatch(name):
        return found[3], int(found[1]), found[2]
    return "", 0, ""


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    """Whether a process of that number may be running."""
    if os.name != "posix":
        return True  # there, asking could end it
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
