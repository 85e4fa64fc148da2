"""Frameworks over runs: what a run covers, and which frameworks there are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mmdt import plugins
from mmdt.report.frameworks.coverage import Coverage, coverage
from mmdt.report.frameworks.framework import find
from mmdt.report.frameworks.shown import write_coverage
from mmdt.runs.result import Run


def covered(run: Run | str | Path, name: str) -> tuple[Coverage, ...]:
    """What a run is evidence for: of one framework (``nist-ai-rmf``), or of those of a file of yours.

    Raises UsageError for an unknown name, DataError for a file that is no declaration.
    """
    found = find(name)
    opened = run if isinstance(run, Run) else Run.open(run)
    card = opened.scorecard()
    installed = [each for each in plugins.perspectives() if not each.benchmark]
    stand_ins = opened.manifest.data.source == "embedded"
    return tuple(coverage(each, card, installed, stand_ins=stand_ins) for each in found)


def write_frameworks(run: Run, names: Sequence[str], path: str | Path | None = None) -> tuple[Path, list[Coverage]]:
    """A page with the coverage of frameworks (``frameworks.html`` in the run's folder by default)."""
    found = [each for name in names for each in covered(run, name)]
    model = run.manifest.settings.model or "the model"
    return write_coverage(found, model, Path(path) if path else run.folder / "frameworks.html"), found
