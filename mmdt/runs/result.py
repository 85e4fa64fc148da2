"""Run: a folder on disk, and what can be read from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mmdt import plugins
from mmdt.core.cell import Selection
from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Perspective, Scenario
from mmdt.engine.store.store import Store, Trial
from mmdt.errors import StoreError
from mmdt.plugins import files as plugin_files
from mmdt.runs import manifest as manifests

if TYPE_CHECKING:
    import pandas

    from mmdt.core.score import Scored
    from mmdt.stats.scorecard import Scorecard
    from mmdt.stats.trade_offs import Point


@dataclass(frozen=True, slots=True)
class Run:
    """A run's folder. Everything is computed from what the folder contains."""

    folder: Path

    @classmethod
    def open(cls, folder: str | Path) -> Run:
        """The run in that folder. Raises StoreError if there is none."""
        plugin_files.load_recorded(manifests.read(Path(folder)).plugins, str(folder))
        return cls(Path(folder))

    @property
    def manifest(self) -> manifests.Manifest:
        return manifests.read(self.folder)

    @property
    def complete(self) -> bool:
        """Whether every case was answered or refused, and everything that came out was observed."""
        return self.manifest.ended.how == "complete"

    def scenarios(self) -> dict[str, Scenario]:
        """The run's scenarios by address. Raises StoreError if one is no longer installed."""
        return scenarios_of(self.manifest.scenarios, str(self.folder))

    def perspectives(self) -> tuple[Perspective, ...]:
        """The run's perspectives, with only the scenarios of this run."""
        mine = self.scenarios()
        narrowed = (
            replace(each, scenarios=tuple(s for s in each.scenarios if s.address in mine))
            for each in plugins.perspectives()
        )
        return tuple(each for each in narrowed if each.scenarios)

    def joined(self, select: str | tuple[str, ...] = "**") -> Iterator[Trial]:
        """Every case with its output and what the run's evaluators saw in it; streamed."""
        used = {role: each.fingerprint for role, each in self.manifest.evaluators.items()}
        store = Store.open(self.folder)
        try:
            yield from store.trials(Selection.of(select), evaluators=used)
        finally:
            store.close()

    def scored(self, select: str | tuple[str, ...] = "**") -> Iterator[tuple[Trial, Scored]]:
        """Every case with its score, computed on the fly."""
        from mmdt.stats.scorecard import score

        scenarios = self.scenarios()
        keep = self.manifest.settings.cut_off == "keep"
        for row in self.joined(select):
            yield row, score(row, scenarios[row.case.cell.parent], keep_cut_off=keep)

    def scorecard(self) -> Scorecard:
        """Every number of the run: cells, scenarios and summaries, with their intervals."""
        from mmdt.stats.scorecard import scorecard

        return scorecard(self.perspectives(), (scored for _, scored in self.scored()))

    def estimates(self) -> list[tuple[str, Estimate]]:
        """(address, estimate) of every cell, scenario and summary."""
        return [(result.address, each) for result in self.scorecard().results for each in result.estimates]

    def trade_offs(self) -> tuple[Point, ...]:
        """Pairs of numbers that trade off, such as group fairness and factuality, each with its interval: one point for
        each declared trade-off for which the run has both numbers."""
        from mmdt.report.export.rows import model_name
        from mmdt.stats.trade_offs import points

        return points(self.perspectives(), self.scorecard(), model_name(msgspec.to_builtins(self.manifest)))

    def to_pandas(self, what: str = "estimates") -> pandas.DataFrame:
        """``estimates`` ``outputs`` or ``trade_offs`` as a DataFrame, one row each."""
        from mmdt.report.export.export import to_pandas

        return to_pandas(self, what)

    def export(self, path: str | Path, what: str = "outputs") -> Path:
        """Write ``outputs``, ``estimates`` or ``trade_offs`` to a .parquet, .csv or .jsonl file."""
        from mmdt.report.export.export import export

        return export(self, Path(path), what)

    def report(self, path: str | Path | None = None, **options: Any) -> Path:
        """Write the self-contained HTML report (``report.html`` in the folder by default)."""
        from mmdt.report.html.report import write_report

        return write_report(self, Path(path) if path else self.folder / "report.html", **options)


def scenarios_of(addresses: Iterable[str], where: str) -> dict[str, Scenario]:
    """The installed scenarios of those addresses. Raises StoreError if one is no longer installed."""
    known = plugins.scenarios()
    found: dict[str, Scenario] = {}
    for address in addresses:
        if address not in known:
            what = f"the run has the scenario {address}, which is not installed"
            raise StoreError(
                what, where=where, hint="install the package it came from, or name its file with --plugin FILE"
            )
        found[address] = known[address]
    return found
