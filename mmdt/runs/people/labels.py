"""The labels that people gave to the outputs of a run: a file in its folder that only grows.

Each line holds a label and the digest of everything up to it, so a line that was changed or taken out is noticed, and
``labels.kept`` says how many there were, so a lost end is noticed too. Undoing a label adds a line that withdraws it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import msgspec

from mmdt.disk.private import FILE as PRIVATE
from mmdt.disk.whole import write_whole
from mmdt.engine.errors import disk_error
from mmdt.errors import StoreError
from mmdt.runs.manifest import now
from mmdt.spelling import verb

FILE = "labels.jsonl"
KEPT = "labels.kept"
LOCK = "labels.lock"
Verdict = Literal["yes", "no", "unsure", "withdrawn"]
VERDICTS: tuple[str, ...] = get_args(Verdict)
MAX_NOTE = 2_000
"""Most characters of a note."""
MAX_NAME = 80
"""Most characters of an annotator's name."""


class Label(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one person said about one output.

    ``verdict`` answers the judge's question about the probe; ``adjudicated`` settles what annotators disagree about;
    ``probability``: that with which the output was chosen among those of its verdict, None where that is not known;
    ``source``: ``page``, or the name of the file that it was imported from.
    """

    case_id: str
    repeat: int
    probe: str
    annotator: str
    verdict: Verdict
    adjudicated: bool = False
    probability: float | None = None
    note: str = ""
    source: str = "page"
    at: str = ""

    @property
    def output(self) -> tuple[str, int]:
        return self.case_id, self.repeat


class _Line(msgspec.Struct, frozen=True):
    label: Label
    digest: str


class _Kept(msgspec.Struct, frozen=True):
    count: int
    digest: str


@dataclass(frozen=True, slots=True)
class LabelFile:
    """The labels of the run in a folder."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def read(self) -> list[Label]:
        """Every label that counts, in the order of the outputs' first labels: the last of each annotator for each
        output and probe, without those that were withdrawn. Raises StoreError if the file is damaged."""
        latest: dict[tuple[object, ...], Label] = {}
        for each in self.history():
            latest[each.case_id, each.repeat, each.probe, each.annotator, each.adjudicated] = each
        return [each for each in latest.values() if each.verdict != "withdrawn"]

    def history(self) -> list[Label]:
        """Every line, withdrawn and replaced ones too. Raises StoreError if the file is damaged."""
        found = self.problem()
        if found:
            raise StoreError(
                f"the labels of the run are damaged: {found}",
                where=str(self.path),
                hint=f"restore the file from a copy; {verb('verify', self.folder)} reads the rest of the run",
            )
        return [line.label for line in self._lines()]

    def problem(self) -> str:
        """What is wrong with the file, in words; empty if nothing is."""
        digest, count = "", 0
        kept = self._kept()
        try:
            for line in self._lines():
                count += 1
                digest = _digest(digest, line.label)
                if digest != line.digest:
                    return f"line {count} was changed after it was written, or a line before it was taken out"
                if kept and kept.count == count and kept.digest != digest:
                    return f"line {count} is not the one that was written"
        except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            return f"line {count + 1} cannot be read: {error}"
        if kept and count < kept.count:
            return f"{kept.count - count:,} of {kept.count:,} lines are gone"
        return ""

    def root(self) -> str:
        """The digest of every line, which changes with each of them; empty where there are none, and ``damaged`` for a
        file that cannot be trusted."""
        if self.problem():
            return "damaged"
        digest = ""
        for line in self._lines():
            digest = line.digest
        return digest

    def add(self, labels: Iterable[Label]) -> int:
        """Append labels and wait until they are on the disk; the number. Raises StoreError."""
        from filelock import FileLock, Timeout

        new = [msgspec.structs.replace(each, at=each.at or now()) for each in labels]
        if not new:
            return 0
        try:
            with FileLock(self.folder / LOCK, timeout=10, mode=PRIVATE):
                return self._append(new)
        except Timeout as error:
            raise StoreError(
                "another process is writing labels", where=str(self.path), hint="try again in a moment"
            ) from error
        except OSError as error:
            raise disk_error(error, self.folder) from error

    def _append(self, new: Sequence[Label]) -> int:
        history = self.history()
        digest = ""
        for each in history:
            digest = _digest(digest, each)
        lines = []
        for each in new:
            digest = _digest(digest, each)
            lines.append(msgspec.json.encode(_Line(each, digest)) + b"\n")
        number = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), PRIVATE)
        with os.fdopen(number, "r+b") as file:
            file.truncate(self._whole())  # half a line, of a process that was killed
            file.seek(0, os.SEEK_END)
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())
        write_whole(self.folder / KEPT, msgspec.json.encode(_Kept(len(history) + len(new), digest)))
        return len(new)

    def _lines(self) -> Iterator[_Line]:
        if not self.path.exists():
            return
        decode = msgspec.json.Decoder(_Line).decode
        with self.path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):  # the end of a line that was being written is no label yet
                    yield decode(line)

    def _whole(self) -> int:
        """Bytes of whole lines."""
        if not self.path.exists():
            return 0
        return self.path.read_bytes().rfind(b"\n") + 1

    def _kept(self) -> _Kept | None:
        try:
            return msgspec.json.decode((self.folder / KEPT).read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            return None


def _digest(before: str, label: Label) -> str:
    return hashlib.sha256(before.encode() + msgspec.json.encode(label)).hexdigest()


@dataclass(frozen=True, slots=True)
class Settled:
    """What the people say about one output: True, False, or None where they could not tell or do not agree."""

    verdict: bool | None
    votes: dict[str, bool | None]
    disputed: bool
    probability: float | None


def settle(labels: Iterable[Label], probe: str) -> dict[tuple[str, int], Settled]:
    """What the labels of a probe say about each output: an adjudicated verdict, or else that of the majority."""
    by_output: dict[tuple[str, int], list[Label]] = {}
    for each in labels:
        if each.probe == probe:
            by_output.setdefault(each.output, []).append(each)
    return {output: _settled(found) for output, found in by_output.items()}


def _settled(labels: Sequence[Label]) -> Settled:
    final = [each for each in labels if each.adjudicated]
    votes = {each.annotator: _value(each.verdict) for each in labels if not each.adjudicated}
    chances = [each.probability for each in labels if each.probability is not None]
    yes, no = (sum(value is side for value in votes.values()) for side in (True, False))
    verdict = _value(final[-1].verdict) if final else (yes > no if yes != no else None)
    return Settled(verdict, votes, not final and yes > 0 and no > 0, chances[-1] if chances else None)


def _value(verdict: str) -> bool | None:
    return {"yes": True, "no": False}.get(verdict)
