"""Lock: a folder of cases as one file that only a passphrase opens (age, scrypt), and back."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path
from typing import Any

from mmdt.attacks.save import CASES, NOTICE, PICTURES
from mmdt.core.image import read_file
from mmdt.data.splits.seal import COMMITMENT, FOLDER, PRIVATE
from mmdt.disk.whole import check_new, whole_folder, write_whole
from mmdt.errors import DataError, MissingExtraError, UsageError

MOST_BYTES = 4 * 1024 * 1024 * 1024
"""Bytes of an encrypted file."""
MOST_FILES = 200_000
LEAST = 10
"""Characters of a passphrase."""
_NAMES = re.compile(
    rf"(?:{re.escape(CASES)}|{re.escape(NOTICE)}|{PICTURES}/[0-9a-f]{{64}}\.[a-z]{{3,4}}"
    rf"|{FOLDER}/(?:{re.escape(COMMITMENT)}|{re.escape(PRIVATE)}))"
)
"""The files of a split: nothing else is packed, and nothing else is unpacked."""


def lock(folder: Path, out: Path, passphrase: str) -> int:
    """Write the encrypted split; the number of its files. What opens its seal goes with it.

    Raises UsageError for a short passphrase, DataError where there are no cases or the file exists, MissingExtraError.
    """
    if len(passphrase) < LEAST:
        hint = "take several random words"
        raise UsageError(f"the passphrase has {len(passphrase)} characters, fewer than {LEAST}", hint=hint)
    names = sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())
    mine = [name for name in names if _NAMES.fullmatch(name)]
    if CASES not in mine:
        raise DataError("there are no cases to encrypt", where=str(folder / CASES), hint="name a folder of a split")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in mine:
            data = (folder / name).read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    encrypted = _age().encrypt(packed.getvalue(), passphrase)
    try:
        check_new(out)
        write_whole(out, encrypted, durable=True)
    except OSError as error:
        hint = "choose another file" if isinstance(error, FileExistsError) else "check the folder"
        raise DataError("the file cannot be written", where=f"{out}: {error.strerror}", hint=hint) from error
    return len(mine)


def unlock(file: Path, out: Path, passphrase: str) -> int:
    """Unpack an encrypted split into a new folder; the number of its files.

    Raises DataError for a wrong passphrase, and for a file that holds anything but a split; nothing is written then.
    """
    try:
        data = read_file(file, MOST_BYTES)
    except OSError as error:
        raise DataError("the file cannot be read", where=f"{file}: {error.strerror}", hint="check the path") from error
    age = _age()
    try:
        packed = age.decrypt(data, passphrase)
    except Exception as error:  # pyrage raises errors of its own for each thing that may be wrong
        slow = "Excessive work" in str(error)
        hint = "check the passphrase; where it is right, the file is damaged"
        hint = "this machine is slow or busy: try again, or elsewhere" if slow else hint
        raise DataError("the file cannot be decrypted", where=f"{file}: {error}", hint=hint) from error
    files = _unpacked(packed, file)
    try:
        with whole_folder(out) as part:
            for name, content in files.items():
                (part / name).parent.mkdir(exist_ok=True)
                (part / name).write_bytes(content)
    except OSError as error:
        hint = "choose a folder that does not exist yet" if isinstance(error, FileExistsError) else "check the folder"
        raise DataError("the split cannot be unpacked", where=f"{out}: {error.strerror}", hint=hint) from error
    return len(files)


def _unpacked(packed: bytes, where: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(packed), mode="r:") as archive:
            for entry in archive:
                content = archive.extractfile(entry) if entry.isreg() else None
                if content is None or not _NAMES.fullmatch(entry.name) or len(files) >= MOST_FILES:
                    what = f"the file holds {entry.name[:80]!r}, which belongs to no split"
                    raise DataError(what, where=str(where), hint="use a file that mmdt attacks encrypt wrote")
                files[entry.name] = content.read()
    except tarfile.TarError as error:
        hint = "use a file that mmdt attacks encrypt wrote"
        raise DataError(f"the file holds no split: {error}", where=str(where), hint=hint) from error
    return files


def _age() -> Any:
    try:
        from pyrage import passphrase
    except ImportError as error:
        raise MissingExtraError("encrypting a split", "attacks", error) from error
    return passphrase
