"""Save cases as files that ``--data`` reads: one JSONL file, with the pictures next to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from mmdt.core.case import Case
from mmdt.core.chat_format import write_messages
from mmdt.core.image import Image
from mmdt.disk.whole import check_new, remove_abandoned, unfinished, whole, write_whole
from mmdt.errors import DataError

CASES = "cases.jsonl"
PICTURES = "pictures"
NOTICE = "NOTICE.txt"
_NOTICE = """These cases were made to test how safely a model behaves. They may ask for things that a model should
decline. Use them to evaluate models that you are allowed to test, and for nothing else; do not train on them.
"""


def save_cases(cases: Iterable[Case], folder: str | Path, notes: Mapping[str, str] | None = None) -> Path:
    """Write ``cases.jsonl``, ``pictures/`` and a notice into a folder, and return the path of the JSONL file. Cases are
    streamed. ``notes``: columns of every row that no reader interprets; their names begin with ``note``.

    Raises DataError when the folder cannot be written or already holds cases.
    """
    folder = Path(folder)
    try:
        (folder / PICTURES).mkdir(parents=True, exist_ok=True)
        check_new(folder / CASES)
        remove_abandoned(folder / PICTURES)
        with whole(folder / CASES) as part, part.open("wb") as file:
            for case in cases:
                file.write(msgspec.json.encode({**_record(case, folder), **(notes or {})}) + b"\n")
            write_whole(folder / NOTICE, _NOTICE.encode(), private=False)
    except OSError as error:
        hint = "choose another folder" if isinstance(error, FileExistsError) else "check the folder"
        raise DataError("the cases cannot be saved", where=f"{error.filename}: {error.strerror}", hint=hint) from error
    return folder / CASES


def discard(path: Path) -> None:
    """Remove a file of cases that ``save_cases`` has just written, with its notice."""
    path.unlink(missing_ok=True)
    (path.parent / NOTICE).unlink(missing_ok=True)


def _record(case: Case, folder: Path) -> dict[str, Any]:
    optional: dict[str, Any] = {"group": case.group, "recipe": case.recipe}
    asked: dict[str, Any]
    if case.messages:
        asked = {"messages": write_messages(case.messages, lambda image: _saved(image, folder))}
    else:
        asked = {"prompt": case.prompt}
        optional |= {"images": [_saved(image, folder) for image in case.images], "system": case.system}
    record = {"cell": str(case.cell), **asked, "target": case.target}
    return record | {name: value for name, value in optional.items() if value}


def _saved(image: Image, folder: Path) -> str:
    """Write the picture under the hash of its content; return its path relative to the JSONL file."""
    name = f"{PICTURES}/{image.digest}.{image.suffix}"
    path = folder / name
    if not path.exists():
        part = Path(unfinished(path))  # without looking for what others left: there are many pictures
        part.write_bytes(image.read())
        part.replace(path)
    return name
