"""Run: a folder on disk, and what can be read from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mmdt import plugins
from mmdt.benchmarks import catalog as benchmarks
from mmdt.core.cell import Cell, Selection
from mmdt.core.estimate import Estimate
from mmdt.core.output import Status
from mmdt.core.scenario import Perspective, Scenario
from mmdt.engine.store import schema
from mmdt.engine.store.pictures import with_sound_pictures
from mmdt.engine.store.store import Spending, Store, Trial
from mmdt.engine.store.use import Use, read_use
from mmdt.errors import StoreError
from mmdt.plugins import files as plugin_files
from mmdt.runs import manifest as manifests
from mmdt.runs.control import known_with_controls, original_of
from mmdt.runs.integrity import snapshot
from mmdt.runs.integrity.checks import condition
from mmdt.spelling import option

if TYPE_CHECKING:
    import pandas

    from mmdt.core.score import Scored
    from mmdt.report.frameworks.coverage import Coverage
    from mmdt.report.overview import OverviewCell
    from mmdt.runs.people.agreement import Agreement
    from mmdt.runs.people.calibration import Transport
    from mmdt.runs.people.corrected import JudgedComponents
    from mmdt.stats.scorecard import Scorecard
    from mmdt.stats.slices import Slice
    from mmdt.stats.trade_offs import Point


@dataclass(frozen=True)
class Run:
    """A run's folder. Everything is computed from what the folder contains, and a scorecard is kept until that or what
    is registered in this process changes."""

    folder: Path
    _kept: dict[str, tuple[object, Scorecard]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def open(cls, folder: str | Path) -> Run:
        """The run in that folder. Raises StoreError if there is none."""
        found = manifests.read(Path(folder))
        plugin_files.load_recorded(found.plugins, str(folder))
        know_benchmarks(found, str(folder))
        return cls(Path(folder))

    @property
    def manifest(self) -> manifests.Manifest:
        """The manifest on disk. Where the folder no longer holds what it says, ``ended`` is ``damaged`` and says what
        is lost, so that no such run passes for complete."""
        found = manifests.read(self.folder)
        lost = condition(self.folder).lost
        return found.ending("damaged", "; ".join(lost)) if lost else found

    @property
    def complete(self) -> bool:
        """Whether every case was answered or refused, everything that came out was observed, and all of it is still
        there."""
        return self.manifest.ended.how == "complete" and all(map(_is_whole, self.joined()))

    def scenarios(self) -> dict[str, Scenario]:
        """The run's scenarios by address. Raises StoreError if one is no longer installed."""
        return scenarios_of(self.manifest.scenarios, self.folder)

    def perspectives(self) -> tuple[Perspective, ...]:
        """The run's perspectives, with only the scenarios of this run."""
        mine = self.scenarios()
        narrowed = (replace(each, scenarios=tuple(in_order(each, mine))) for each in plugins.perspectives())
        return tuple(each for each in narrowed if each.scenarios)

    def titled(self) -> tuple[Perspective, ...]:
        """All that is installed, and the run's control arms: what titles the results of its scorecard."""
        declared = self.manifest.scenarios
        known = known_with_controls(plugins.scenarios(), declared)
        arms = {address: known[address] for address in declared if original_of(address)[1] and address in known}
        return tuple(
            replace(each, scenarios=tuple(in_order(each, {s.address: s for s in each.scenarios} | arms)))
            for each in plugins.perspectives()
        )

    def joined(
        self,
        select: str | tuple[str, ...] = "**",
        *,
        evaluators: Mapping[str, str] | None = None,
        spared: bool = False,
    ) -> Iterator[Trial]:
        """Every case with its output and what the run's evaluators saw in it; streamed. ``evaluators``: role ->
        fingerprint of others that have looked at the outputs, to be read in place of the run's. ``spared``: also the
        cases that need not be asked, since the rules of the run have decided their cell.

        What was changed or lost since it was stored, pictures included, is a failure that says so.
        """
        manifest = self.manifest
        used = {role: each.fingerprint for role, each in manifest.evaluators.items()} | dict(evaluators or {})
        instead = manifest.instead if evaluators is None else {}
        check, left_out = not condition(self.folder).intact, frozenset() if spared else manifest.spared
        store = Store.open(self.folder)
        try:
            for trial in with_sound_pictures(
                store.trials(Selection.of(select), evaluators=used, check=check, instead=instead)
            ):
                if not left_out or trial.output is not None or str(trial.case.cell) not in left_out:
                    yield trial
        finally:
            store.close()

    def scored(self, select: str | tuple[str, ...] = "**", *, spared: bool = False) -> Iterator[tuple[Trial, Scored]]:
        """Every case with its score, computed on the fly. With ``--limit``, and where a cell was not asked to its end,
        each stands for several cases of its cell (``weight``). ``spared``: also what need not be asked."""
        from mmdt.stats.scorecard import score

        scenarios, manifest = self.scenarios(), self.manifest
        keep, limit = manifest.settings.cut_off == "keep", manifest.settings.limit or 0
        asked = {each.cell: each.outputs / each.asked for each in manifest.stopped if each.asked}

        def weight_of(cell: Cell) -> float:
            size = manifest.data.cells.get(f"{original_of(cell.parent)[0]}/{cell.task}", 0)
            return (size / limit if limit and size > limit else 1.0) * asked.get(str(cell), 1.0)

        known: dict[Cell, tuple[Scenario, float]] = {}
        for row in self.joined(select, spared=spared):
            cell = row.case.cell
            if cell not in known:
                known[cell] = scenarios[cell.parent], weight_of(cell)
            scenario, weight = known[cell]
            found = score(row, scenario, keep_cut_off=keep)
            yield row, replace(found, weight=weight) if weight != 1 else found

    def scores(self) -> tuple[Scored, ...]:
        """The scores of all cases alone. Those of a large run are kept in the cache folder, by content, and read from
        there (``mmdt.runs.kept``)."""
        from mmdt.runs.kept import files
        from mmdt.runs.kept.collecting import rarely_collecting
        from mmdt.runs.kept.rows import Rows, packed, unpacked

        key = self._content()
        with rarely_collecting():
            kept = files.read(f"{key}.rows", Rows) if key else None
            if kept is not None:
                return tuple(unpacked(kept))
            if not key:
                return tuple(scored for _, scored in self.scored())
            rows = packed(scored for _, scored in self.scored())
            if self._content() == key:
                files.write(f"{key}.rows", rows)
            return tuple(unpacked(rows))

    def answers(self) -> Iterator[tuple[Scored, Mapping[str, Any]]]:
        """The score of every case with the case's target. Where the scores are kept, outputs are not read again."""
        if not self._content():
            yield from ((scored, trial.case.target) for trial, scored in self.scored())
            return
        rows = self.scores()
        store = Store.open(self.folder)
        try:
            targets = store.targets()
            case_id, target = next(targets, ("", {}))
            for scored in rows:
                while case_id != scored.case_id:
                    case_id, target = next(targets)
                yield scored, target
        finally:
            store.close()

    def _content(self) -> str:
        """The key under which scores of this run are kept; empty for small runs, and where anything in the folder is
        not as it was when the run ended."""
        from mmdt.runs.kept import files
        from mmdt.runs.kept.key import key_of

        manifest = self.manifest
        sealed = manifest.digests
        if sealed is None or sealed.outputs.count < files.LEAST or manifest.settings.until:
            return ""  # a run that stops cell by cell is computed from the order in which its cases were asked
        if not condition(self.folder).intact:
            return ""
        known = known_with_controls(plugins.scenarios(), manifest.scenarios)
        if not set(manifest.scenarios) <= known.keys():
            return ""
        return key_of(self.folder, manifest, {address: known[address] for address in manifest.scenarios})

    def scorecard(self) -> Scorecard:
        """Every number of the run: cells, scenarios and summaries, with their intervals.

        Where a scenario was registered in a notebook or a script, and not in this process, the scorecard as computed
        when the run ended; its ``note`` says so.
        """
        state = self._state()
        if self._kept.get("scorecard", (None,))[0] != state:
            self._kept["scorecard"] = (state, self._scorecard())
        return self._kept["scorecard"][1]

    def overview(self) -> tuple[OverviewCell, ...]:
        """The headline numbers by perspective and modality, or why there is none, with what was not run, is missing,
        and cost: what ``mmdt show`` prints."""
        from mmdt.report.overview import overview

        return overview(self.scorecard(), self.titled(), self.use.costs)

    def _as_it_ended(self) -> Scorecard | None:
        """The scorecard of when the run ended, where one of its scenarios is not known to this process; else None."""
        declared = self.manifest.scenarios
        unknown = sorted(set(declared) - known_with_controls(plugins.scenarios(), declared).keys())
        kept = snapshot.read(self.folder) if unknown else None
        if kept is None:
            return None
        names = ", ".join(unknown)
        note = f"As computed when the run ended ({self.manifest.ended.at}): {names} is not registered here."
        return replace(kept, note=note)

    def _scorecard(self) -> Scorecard:
        from mmdt.runs.kept import files
        from mmdt.runs.kept.collecting import rarely_collecting
        from mmdt.stats.scorecard import Scorecard

        if (ended := self._as_it_ended()) is not None:
            return ended
        key = self._content()
        card = files.read(f"{key}.card", Scorecard) if key else None
        if card is not None:
            return card
        with rarely_collecting():
            return self._computed(key)

    def _computed(self, key: str) -> Scorecard:
        """The scorecard from the outputs. ``key``: where it is kept, if nothing in the folder changes meanwhile."""
        from mmdt.runs.kept import files
        from mmdt.runs.kept.rows import packed, unpacked
        from mmdt.runs.people.calibration import Transport, attached
        from mmdt.runs.people.corrected import JudgedComponents, annotated
        from mmdt.runs.until.outcome import order_of, under_rules
        from mmdt.stats.people.panels import PanelVotes
        from mmdt.stats.scorecard import scorecard
        from mmdt.stats.sequential.any_time import asked

        scenarios, judged, manifest = self.scenarios(), JudgedComponents(), self.manifest
        order = order_of(manifest.settings, manifest.data.source)
        watches = under_rules(manifest.settings, scenarios)
        transport, panels = Transport.of(attached(self.folder)), PanelVotes()

        def looked_at() -> Iterator[Scored]:
            for trial, scored in self.scored(spared=order is not None):
                if order is not None and scored.cell in watches:
                    order.look(scored)
                    if not asked(scored) and str(scored.cell) in manifest.spared:
                        continue
                judged.look(trial, scenarios[trial.case.cell.parent])
                panels.look(trial.observations, scored)
                if trial.output is not None:
                    transport.look(trial.output.text)
                yield scored

        seen, unchanged = looked_at(), False
        if key:
            rows = packed(seen)  # equal scores become one, and all of them take half the memory
            seen, unchanged = unpacked(rows), self._content() == key
            if unchanged:
                files.write(f"{key}.rows", rows)
            del rows
        card = panels.beside(annotated(scorecard(self.perspectives(), seen, order), judged, scenarios))
        card = self._corrected(card, judged, transport)
        if unchanged:
            files.write(f"{key}.card", card)
        return card

    def _corrected(self, card: Scorecard, judged: JudgedComponents, transport: Transport) -> Scorecard:
        """The scorecard with what people's labels and a calibration correct."""
        from mmdt.runs.people.corrected import corrections, with_corrections
        from mmdt.runs.people.labels import LabelFile

        labels, calibration = LabelFile(self.folder).read(), tuple(transport.judges.values())
        if not labels and not calibration:
            return card
        found = corrections(self.scored(), self.perspectives(), judged, labels, calibration)
        return replace(with_corrections(card, found), note=transport.note())

    def _state(self) -> object:
        """Changes whenever the run's numbers could."""
        files = (
            self.folder / name
            for name in (manifests.FILE, schema.FILE, f"{schema.FILE}-wal", "labels.jsonl", "calibration.json")
        )
        stats = (path.stat() for path in files if path.exists())
        return plugins.changes(), tuple((each.st_size, each.st_mtime_ns) for each in stats if each.st_size)

    @property
    def spending(self) -> Mapping[str, Spending]:
        """What each model has consumed so far, by its name: requests, tokens, pictures, cost."""
        with Store.open(self.folder) as store:
            return store.spent()

    @property
    def use(self) -> Use:
        """Requests, retries, tokens, cost and latency of the whole run so far, judges included."""
        manifest, found = manifests.read(self.folder), condition(self.folder)
        if manifest.use is not None and found.intact and not found.lost:
            return manifest.use  # as counted when the run ended: nothing has changed since
        with Store.open(self.folder) as store:
            return read_use(store)

    @property
    def cost(self) -> float | None:
        """US dollars spent, judges included; None if no price is known."""
        known = [each.usage.cost for each in self.spending.values() if each.usage.cost is not None]
        return sum(known) if known else None

    @property
    def tokens(self) -> tuple[int, int]:
        """Tokens of all requests and of all replies, judges included, as far as the providers count them."""
        usages = [each.usage for each in self.spending.values()]
        return sum(each.input_tokens for each in usages), sum(each.output_tokens for each in usages)

    @property
    def requests(self) -> int:
        """Attempts sent, judges included."""
        return sum(each.requests for each in self.spending.values())

    def _repr_html_(self) -> str:
        """The run in a notebook: how it ended, its headline numbers and what it cost."""
        from mmdt.report.html.notebook import run_html

        return run_html(self, plugins.perspectives())

    def slices(self, *keys: str) -> Iterator[Slice]:
        """The numbers of each scenario by entries of the cases' targets: ``run.slices("attack", "policy")``.

        Raises UsageError where no case has one of the entries.
        """
        from mmdt.stats.slices import slices

        return slices(self.scenarios(), self.answers(), keys)

    def estimates(self) -> list[tuple[str, Estimate]]:
        """(address, estimate) of every cell, scenario and summary."""
        return [(result.address, each) for result in self.scorecard().results for each in result.estimates]

    def framework(self, name: str) -> tuple[Coverage, ...]:
        """What the run is evidence for, and what not: of a risk framework (``nist-ai-rmf``), or of each one in a .toml
        file of yours. Raises UsageError for an unknown name."""
        from mmdt.runs.meaning.frameworks import covered

        return covered(self, name)

    def agreement(self) -> list[Agreement]:
        """How well the run's judges and detectors agree with people's labels, and the annotators with each other."""
        from mmdt.runs.people.agreement import agreement

        return agreement(self)

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

    def rows(self, what: str = "outputs") -> Iterator[dict[str, Any]]:
        """``outputs``, ``estimates`` or ``trade_offs`` as mappings, one row each, streamed; what exports write."""
        from mmdt.report.export.table import table

        return table(self, what)[1]

    def export(self, path: str | Path, what: str = "outputs", *, format: str = "") -> Path:  # noqa: A002
        """Write ``outputs``, ``estimates`` or ``trade_offs`` to a .parquet, .csv or .jsonl file, or one in a format of
        your own (``@mmdt.export_format``): the one named, else that of the path's ending."""
        from mmdt.report.export.export import export

        return export(self, Path(path), what, format)

    def figures(self, folder: str | Path) -> list[Path]:
        """Draw heat map, radar, forest plot and trade-offs into a folder, each as SVG, PNG and CSV; returns the
        files."""
        from mmdt.report.figures.write import write_figures

        return write_figures([self], Path(folder))

    def report(self, path: str | Path | None = None, **options: Any) -> Path:
        """Write the self-contained HTML report (``report.html`` in the folder by default)."""
        from mmdt.report.html.report import write_report

        return write_report(self, Path(path) if path else self.folder / "report.html", **options)


def in_order(perspective: Perspective, mine: Mapping[str, Scenario]) -> Iterator[Scenario]:
    """The run's scenarios of a perspective, in the order of declaration, each followed by its control."""
    for scenario in perspective.scenarios:
        if scenario.address in mine:
            yield mine[scenario.address]
        for address, each in mine.items():
            original, control = original_of(address)
            if control and original == scenario.address:
                yield each


def _is_whole(trial: Trial) -> bool:
    output = trial.output
    answered = output is not None and output.status is not Status.FAILED
    return answered and not any(seen.missing for seen in trial.observations.values())


def know_benchmarks(manifest: manifests.Manifest, where: str) -> None:
    """Make the benchmarks of a run known to this process; the user's own from what the run keeps of them."""
    for name, text in manifest.benchmarks.items():
        benchmarks.use_text(text, f"{where}, benchmark {name}", _base(manifest, text))
    benchmarks.use_named(manifest.scenarios)


def _base(manifest: manifests.Manifest, text: str) -> Path | None:
    """The folder of the file that a declaration came from, where it is still there: its data may lie beside it."""
    for given in manifest.settings.benchmark:
        path = Path(given).expanduser()
        if path.suffix == benchmarks.SUFFIX and path.is_file() and path.read_text("utf-8-sig", "replace") == text:
            return path.absolute().parent
    return None


def scenarios_of(addresses: Iterable[str], folder: Path) -> dict[str, Scenario]:
    """The installed scenarios of the run in ``folder``. Raises StoreError if one is no longer installed."""
    addresses = tuple(addresses)
    benchmarks.use_named(addresses)
    known = known_with_controls(plugins.scenarios(), addresses)
    found: dict[str, Scenario] = {}
    for address in addresses:
        if address not in known:
            hint = f"install the package it came from, or name its file with {option('plugins', ['FILE'])}"
            if snapshot.exists(folder):
                hint = snapshot.hint()
            raise StoreError(
                f"the run has the scenario {address}, which is not installed", where=str(folder), hint=hint
            )
        found[address] = known[address]
    return found
