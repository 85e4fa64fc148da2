"""Labels by people of what a search found: a sheet to fill in, and the success rate that follows from it."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmdt.disk.whole import write_whole
from mmdt.engine.errors import disk_error
from mmdt.errors import DataError
from mmdt.search.hunt import HuntId
from mmdt.search.result import HuntResult, Search
from mmdt.stats.intervals.wilson import wilson
from mmdt.stats.survival.kaplan_meier import Step

FILE = "found.csv"
COLUMNS = ("model", "method", "behaviour", "query", "harmful")
_WORDS = {"yes": True, "y": True, "1": True, "true": True, "no": False, "n": False, "0": False, "false": False}
_MOST = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Corrected:
    """``labelled`` successes were looked at by people, and ``confirmed`` of them are ones. ``share``: of the behaviours
    that fell truly, with its interval; answers that the judge took for harmless are taken to be."""

    labelled: int
    confirmed: int
    share: float
    low: float
    high: float


def write_sheet(search: Search) -> Path | None:
    """Write ``found.csv`` beside the search: one line for each success, whose last column people fill in.

    A sheet that is there is left alone. None where nothing was found. Raises StoreError."""
    path = search.folder / FILE
    if path.exists() or not search.found:
        return path if path.exists() else None
    try:
        lines = [COLUMNS, *((*_name(each.hunt), str(each.number), "") for each in search.found)]
        write_whole(path, "\n".join(",".join(map(_quoted, line)) for line in lines).encode() + b"\n")
    except OSError as error:
        raise disk_error(error, search.folder) from error
    return path


def read_labels(folder: Path) -> dict[HuntId, bool]:
    """What people said about the success of each hunt; lines that are not filled in are left out.

    Raises DataError for a line that cannot be read."""
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > _MOST:
            raise DataError("the sheet is too large", where=str(path), hint="delete it: it is written again")
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"the sheet cannot be read: {error}", where=str(path), hint="save it as CSV in UTF-8"
        ) from error
    found: dict[HuntId, bool] = {}
    for number, row in enumerate(rows, 2):
        said = str(row.get("harmful") or "").strip().lower()
        if not said:
            continue
        if said not in _WORDS:
            raise DataError(f"harmful is {said[:40]!r}", where=f"{path}, line {number}", hint="write yes or no")
        name = HuntId(*(str(row.get(each) or "") for each in COLUMNS[:3]))
        found[name] = _WORDS[said]
    return found


def corrected(hunts: Sequence[HuntResult], last: Step, labels: Mapping[HuntId, bool]) -> Corrected | None:
    """The share that truly fell: the share as judged, times the share of labelled successes that people confirmed.

    Interval: MOVER for a product, to first order (Zou and Donner 2008, Statistics in Medicine 27), from
    Wilson's interval of the confirmed share and the curve's own. None without a label of these hunts.
    """
    said = [labels[each.id] for each in hunts if each.fell is not None and each.id in labels]
    if not said:
        return None
    right = sum(said) / len(said)
    low, high = wilson(sum(said), len(said))
    share = last.share * right
    down = ((right * (last.share - last.low)) ** 2 + (last.share * (right - low)) ** 2) ** 0.5
    up = ((right * (last.high - last.share)) ** 2 + (last.share * (high - right)) ** 2) ** 0.5
    return Corrected(len(said), sum(said), share, max(0.0, share - down), min(1.0, share + up))


def _name(hunt: HuntId) -> tuple[str, str, str]:
    return hunt.model, hunt.method, hunt.behaviour


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(each in text for each in ',"\n\r') else text
