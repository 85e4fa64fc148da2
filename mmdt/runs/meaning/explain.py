"""The verb ``explain``: why the numbers of a run, or of several, are what they are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from mmdt.errors import UsageError
from mmdt.report.explained import answered_by, explained, with_notes
from mmdt.report.export.rows import model_name
from mmdt.runs.kept.collecting import rarely_collecting
from mmdt.runs.result import Run
from mmdt.stats.explain.explanation import Explanation, RunExplained, explanation
from mmdt.stats.explain.findings import Finding
from mmdt.stats.served import Served


@dataclass(frozen=True)
class Explained:
    """What ``mmdt explain`` says. ``found`` has everything: by run the signatures (``findings``), the resilience plane,
    the spatial skill and the worst slices; over runs the correlations and the fronts of trade-offs."""

    found: Explanation

    @property
    def runs(self) -> tuple[RunExplained, ...]:
        return self.found.runs

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The signatures of the first run, those that are shown first."""
        return self.runs[0].findings

    @property
    def shown(self) -> tuple[str, ...]:
        """Names of the signatures that the first run shows beyond noise."""
        return tuple(dict.fromkeys(each.name for each in self.runs[0].shown))

    def figures(self, folder: str | Path) -> list[Path]:
        """Draw the resilience plane of each modality into a folder, as SVG, PNG and CSV. Returns the files; none where
        no run has both bypass and harm. Raises StoreError if a file cannot be written."""
        from mmdt.report.figures.resilience import resilience_planes
        from mmdt.report.figures.write import write_drawing

        points = [point for each in self.runs for point in each.plane]
        return [path for drawing in resilience_planes(points) for path in write_drawing(drawing, Path(folder))]

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values; a number that is not known is None."""
        runs = [
            {
                "run": each.run,
                "note": each.note,
                "findings": _plain(each.findings),
                "plane": _plain(each.plane),
                "spatial": _plain(each.spatial),
                "worst_slices": _plain(each.worst.slices),
                "slices_tested": each.worst.tests,
            }
            for each in self.runs
        ]
        over = {"correlations": _plain(self.found.correlations), "fronts": _plain(self.found.fronts)}
        return {"kind": "explanation", "runs": runs, **over}


def explain(*runs: Run | str | Path, by: str | Sequence[str] = ()) -> Explained:
    """Explain runs (or their folders): failure signatures with their evidence, worst slices and more.

    ``by``: entries of the cases' targets that slices are made by (default: every entry with few values). Raises
    UsageError where no run is named, or no case has such an entry.
    """
    if not runs:
        raise UsageError("no run is named", hint="name one or more run folders")
    keys = (by,) if isinstance(by, str) else tuple(by)
    opened = [each if isinstance(each, Run) else Run.open(each) for each in runs]
    labels = _labels(opened)
    found = [_one(run, label, keys) for run, label in zip(opened, labels, strict=True)]
    return Explained(explanation(list(_with_other_versions(opened, found))))


def _with_other_versions(runs: Sequence[Run], found: Sequence[RunExplained]) -> Iterator[RunExplained]:
    """Each run, with a note where another version of its model answered an earlier one."""
    first: dict[str, tuple[str, Served]] = {}
    for run, each in zip(runs, found, strict=True):
        served = answered_by(run.scorecard())
        before, other = first.setdefault(run.manifest.settings.model, (each.run, served))
        yield replace(each, note=with_notes(each.note, other.unlike(served, before, each.run)))


def _one(run: Run, label: str, keys: tuple[str, ...]) -> RunExplained:
    known = {key for _, target in run.answers() for key in target} | {"task"} if keys else set()
    for key in keys:
        if key not in known:
            what = f"no case has {key!r} in its target"
            raise UsageError(what, where=str(run.folder), hint=f"the targets have {', '.join(sorted(known))}")
    with rarely_collecting():
        return explained(run, label, keys)


def _labels(runs: Sequence[Run]) -> list[str]:
    """The models' names; with the folder where two runs have the same model."""
    names = [model_name(msgspec.to_builtins(each.manifest)) or each.folder.name for each in runs]
    twice = {name for name in names if names.count(name) > 1}
    labels = [f"{name} ({run.folder.name})" if name in twice else name for name, run in zip(names, runs, strict=True)]
    return [f"{label} #{at}" if labels.count(label) > 1 else label for at, label in enumerate(labels, 1)]


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
