"""A calibration attached to a run: how often its judges err, counted by people on outputs from elsewhere.

It is what `mmdt evaluators check --labels` found, kept in the run's folder. It corrects the numbers of scenarios
without labels of their own, as far as the judge errs on the run's outputs as it did on those: that is said beside the
numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mmdt.core.observation import Observation
from mmdt.disk.whole import write_whole
from mmdt.engine.errors import disk_error
from mmdt.errors import DataError, StoreError, UsageError
from mmdt.runs.manifest import Manifest
from mmdt.stats.judge_correction import JudgeErrors

FILE = "calibration.json"
"""In the run's folder."""
MOST_BYTES = 64 * 1024 * 1024
HOW = "make one by checking the run's judge on a labelled file, and saving the report (docs/people.md)"
LABELS = "yes", "no"


class _Part(msgspec.Struct):
    """What a report says of all its rows: label -> what was said -> how often."""

    by: str
    table: dict[str, dict[str, int]]


class _Report(msgspec.Struct):
    role: str
    evaluator: str
    fingerprint: str
    file: str
    parts: list[_Part]
    replies: list[str] = []
    prompts: list[str] = []


class _Reports(msgspec.Struct):
    reports: list[_Report]


class Calibrated(msgspec.Struct, frozen=True):
    """One judge's errors on labelled outputs from elsewhere. ``source``: the name of the labelled file; ``replies``:
    digests of what was labelled; ``prompts``: the judge prompts that were asked, with their editions."""

    role: str
    evaluator: str
    fingerprint: str
    source: str
    positives: int
    called_positive: int
    negatives: int
    called_negative: int
    replies: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()

    @property
    def errors(self) -> JudgeErrors:
        return JudgeErrors(self.positives, self.called_positive, self.negatives, self.called_negative)

    def asked(self, seen: Observation) -> bool:
        """Whether an observation answers a question that was asked about the labelled outputs too."""
        return str(seen.value.get("prompt", "")) in self.prompts


class _Kept(msgspec.Struct, frozen=True):
    judges: tuple[Calibrated, ...]
    digest: str


def reply_digest(text: str) -> str:
    """Tells whether two replies are the same, without keeping them."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def read_calibration(path: str | Path) -> tuple[Calibrated, ...]:
    """The judges of a file that `mmdt evaluators check --labels` wrote. Raises DataError where it is none, and
    UsageError for a judge that says nothing about its labels."""
    file = Path(path)
    try:
        if file.stat().st_size > MOST_BYTES:
            raise DataError(f"a calibration has at most {MOST_BYTES:,} bytes", where=str(file), hint=HOW)
        reports = msgspec.json.decode(file.read_bytes(), type=_Reports).reports
    except OSError as error:
        raise DataError(f"the calibration cannot be read: {error.strerror}", where=str(file), hint=HOW) from error
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise DataError(f"this is not a calibration: {error}", where=str(file), hint=HOW) from error
    found = tuple(_calibrated(each, file) for each in reports if _is_yes_no(each))
    if not found:
        roles = ", ".join(dict.fromkeys(each.role for each in reports)) or "nothing"
        what = f"it calibrates no judge whose verdict is yes or no (it has {roles})"
        raise DataError(what, where=str(file), hint=HOW)
    return found


def _is_yes_no(report: _Report) -> bool:
    return bool(report.parts) and report.parts[0].by == "" and report.parts[0].table.keys() <= set(LABELS)


def _calibrated(report: _Report, file: Path) -> Calibrated:
    table = report.parts[0].table
    counts = {label: sum(table.get(label, {}).values()) for label in LABELS}
    right = {label: table.get(label, {}).get(label, 0) for label in LABELS}
    if not all(counts.values()) or any(number < 0 for row in table.values() for number in row.values()):
        what = f"{report.role} was checked on {counts['yes']:,} outputs labelled yes and {counts['no']:,} labelled no"
        raise DataError(what, where=str(file), hint="label outputs of both kinds, at least one of each")
    if right["yes"] / counts["yes"] + right["no"] / counts["no"] <= 1:
        what = f"{report.evaluator} is no better than chance on these labels, so they correct nothing"
        raise UsageError(what, where=str(file), hint="use another judge, or look at the labels")
    return Calibrated(
        report.role,
        report.evaluator,
        report.fingerprint,
        Path(report.file).name,
        counts["yes"],
        right["yes"],
        counts["no"],
        right["no"],
        tuple(sorted(set(report.replies))),
        tuple(report.prompts),
    )


def of_its_judges(
    manifest: Manifest, calibration: Iterable[Calibrated], where: str | Path = ""
) -> tuple[Calibrated, ...]:
    """What calibrates the judges of the run. Raises UsageError where it is about other judges than the run's."""
    given = tuple(calibration)
    used = {role: each.fingerprint for role, each in manifest.evaluators.items()}
    mine = tuple(each for each in given if used.get(each.role) == each.fingerprint)
    if mine:
        return mine
    roles = {each.role for each in given}
    calibrated = ", ".join(f"{each.role}={each.evaluator}" for each in given)
    judged = ", ".join(f"{role}={each.name}" for role, each in manifest.evaluators.items() if role in roles)
    raise UsageError(
        f"the calibration is of {calibrated}, and the run is judged by {judged or 'no such judge'}",
        where=str(where),
        hint="check the judge of the run on the labelled file, with the same name and settings",
    )


def attach(folder: Path, manifest: Manifest, calibration: Iterable[Calibrated]) -> tuple[Calibrated, ...]:
    """Keep what calibrates the judges of the run; returns it. An earlier calibration is replaced.

    Raises UsageError where it is about other judges than the run's, StoreError if the folder cannot be written."""
    mine = of_its_judges(manifest, calibration, folder)
    try:
        write_whole(folder / FILE, msgspec.json.encode(_Kept(mine, _digest(mine))))
    except OSError as error:
        raise disk_error(error, folder) from error
    return mine


def attached(folder: Path) -> tuple[Calibrated, ...]:
    """What is attached to the run in the folder; nothing if there is nothing. Raises StoreError if it is damaged."""
    file = folder / FILE
    if not file.exists():
        return ()
    problem = problem_of(folder)
    if problem:
        hint = "attach it again, or delete the file"
        raise StoreError(f"the calibration of the run is damaged: {problem}", where=str(file), hint=hint)
    return msgspec.json.decode(file.read_bytes(), type=_Kept).judges


def root(folder: Path) -> str:
    """The digest of what is attached; empty where nothing is, and ``damaged`` for a file that cannot be trusted."""
    if not (folder / FILE).exists():
        return ""
    return "damaged" if problem_of(folder) else _digest(attached(folder))


def problem_of(folder: Path) -> str:
    """What is wrong with the calibration in the folder, in words; empty if nothing is, or there is none."""
    try:
        kept = msgspec.json.decode((folder / FILE).read_bytes(), type=_Kept)
        errors = [each.errors for each in kept.judges]
    except FileNotFoundError:
        return ""
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError, UsageError) as error:
        return f"it cannot be read: {error}"
    return "" if errors and kept.digest == _digest(kept.judges) else "it was changed after it was attached"


def _digest(judges: tuple[Calibrated, ...]) -> str:
    return hashlib.sha256(msgspec.json.encode(judges)).hexdigest()


@dataclass(slots=True)
class Transport:
    """Whether the labelled outputs are those of the run: counted while the run's outputs are read."""

    judges: Mapping[str, Calibrated]
    _own: set[str]

    @classmethod
    def of(cls, judges: Iterable[Calibrated]) -> Transport:
        return cls({each.role: each for each in judges}, set())

    def look(self, reply: str) -> None:
        if self.judges:
            self._own.add(reply_digest(reply))

    def note(self) -> str:
        """The warning that belongs beside the corrected numbers; empty where nothing is calibrated."""
        return " ".join(self._about(each) for each in self.judges.values())

    def _about(self, each: Calibrated) -> str:
        labels, total = each.positives + each.negatives, len(each.replies)
        own = len(self._own & set(each.replies))
        what = f"The {each.role} ({each.evaluator}) is calibrated with {labels:,} labels of {each.source}"
        if total and own == total:
            return f"{what}, which are of this run's outputs."
        of = f", {own:,} of them of this run's outputs" if own else ", none of them of this run's outputs"
        return (
            f"{what}{of}: the corrected numbers are right only if the judge errs here as often as it did there. "
            "Label outputs of this run to be sure."
        )
