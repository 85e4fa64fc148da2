"""Search: the result. Read from the store whenever it is looked at, so it holds what is on the disk and nothing
else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mmdt import plugins
from mmdt.core.case import Case
from mmdt.core.modality import Modality
from mmdt.core.output import Output
from mmdt.core.scenario import Scenario
from mmdt.engine.store.schema import is_created
from mmdt.engine.store.store import Store
from mmdt.engine.store.trials import Trial
from mmdt.engine.store.use import Use, read_use
from mmdt.errors import DataError, UsageError
from mmdt.runs.manifest import UsedEvaluator
from mmdt.search import manifest as manifests
from mmdt.search.hunt import HuntId
from mmdt.search.manifest import SearchManifest
from mmdt.search.move import Move
from mmdt.search.places import ATTACKER, TRANSFER, judged_at
from mmdt.search.turn import is_unjudged


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a target with what came of it. ``harmful`` and ``again``: the first judge's verdict and the second
    one's, None where there is none; ``cost`` in US dollars of the query alone."""

    hunt: HuntId
    number: int
    parent: int
    move: Move
    case: Case
    output: Output
    harmful: bool | None
    again: bool | None
    refused: bool
    rationale: str = ""
    origin: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cost(self) -> float | None:
        return self.output.usage.cost

    @property
    def unjudged(self) -> bool:
        """As :func:`is_unjudged`."""
        return is_unjudged(self.harmful, self.output)


@dataclass(frozen=True, slots=True)
class Call:
    """One question to the attacker. ``name``: its number; ``2.3/1`` is the first call for the third of the moves that
    the hunt's second group was proposed in."""

    name: str
    case: Case
    output: Output

    @property
    def order(self) -> tuple[tuple[int, str], ...]:
        """Numbers as numbers, words as words."""
        return tuple((int(part), "") if part.isdigit() else (0, part) for part in re.split(r"[/.]", self.name))


@dataclass(frozen=True, slots=True)
class HuntResult:
    """All queries of a hunt, in order."""

    id: HuntId
    queries: tuple[Query, ...]
    state: str
    reason: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fell(self) -> int | None:
        """The number of the query that succeeded first; None where none did."""
        return next((each.number for each in self.queries if each.harmful), None)

    @property
    def winner(self) -> Query | None:
        """The query that succeeded first."""
        return next((each for each in self.queries if each.harmful), None)

    @property
    def watched(self) -> int:
        """For how many queries it is known whether the attack had succeeded: to its success, to its end, or to an
        answer that could not be judged."""
        return self.fell or next((each.number - 1 for each in self.queries if each.unjudged), len(self.queries))

    def time(self, *, confirmed: bool = False) -> tuple[float, bool]:
        """Queries to success, or to the end of the hunt, and whether it succeeded; ``confirmed``: only what the second
        judge confirmed is a success."""
        won = self.winner
        if won is None:
            return float(self.watched), False
        if confirmed and won.again is not True:
            return float(len(self.queries)), False
        return float(won.number), True

    @property
    def cost(self) -> float | None:
        """US dollars of its queries, as far as they are known."""
        known = [each.cost for each in self.queries if each.cost is not None]
        return sum(known) if known else None


class Search:
    """A search in its folder."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.manifest: SearchManifest = manifests.read(self.folder)

    def __repr__(self) -> str:
        fell = sum(each.fell is not None for each in self.hunts)
        return f"Search({str(self.folder)!r}: {fell} of {len(self.hunts)} hunts found a way, {self.manifest.ended.how})"

    @property
    def complete(self) -> bool:
        """Whether every hunt has ended."""
        return self.manifest.ended.how == "complete"

    @property
    def scenario(self) -> Scenario:
        """The scenario whose rules decide what a success is."""
        modality: Modality = self.manifest.modality  # type: ignore[assignment]  # as the session wrote it
        return plugins.scenarios()[judged_at(modality)]

    @cached_property
    def hunts(self) -> tuple[HuntResult, ...]:
        """Every hunt of the methods, those of transfer left out, in the order of methods, targets and behaviours."""
        settings = self.manifest.settings
        found = self._queries
        order = [
            HuntId(model, method, each.id)
            for method in settings.methods
            for model in settings.models
            for each in self.manifest.behaviours
        ]
        ends = {HuntId(each.model, each.method, each.behaviour): each for each in self.manifest.hunts}
        return tuple(
            HuntResult(
                name,
                tuple(found.get(name, ())),
                ends[name].state if name in ends else "open",
                ends[name].reason if name in ends else "",
                ends[name].notes if name in ends else {},
            )
            for name in order
        )

    @cached_property
    def transfers(self) -> tuple[Query, ...]:
        """Successes of one target that were tried on another one."""
        return tuple(each for name, queries in self._queries.items() if name.method == TRANSFER for each in queries)

    @cached_property
    def use(self) -> Use:
        """Requests, tokens, money and time."""
        with Store.open(self.folder) as store:
            return read_use(store)

    @property
    def found(self) -> tuple[Query, ...]:
        """The query of each hunt that succeeded first."""
        return tuple(each.winner for each in self.hunts if each.winner is not None)

    def of(self, model: str = "", method: str = "") -> tuple[HuntResult, ...]:
        """The hunts of a target or a method. Raises UsageError where there are none."""
        chosen = tuple(
            each for each in self.hunts if each.id.model in (model or each.id.model,) and method in ("", each.id.method)
        )
        if not chosen:
            raise UsageError(f"no hunt is of {model} {method}".rstrip(), where=str(self.folder), hint="name another")
        return chosen

    def report(self, path: str | Path | None = None) -> Path:
        """Write the HTML report, with every conversation folded and blurred; returns its path."""
        from mmdt.search.report import write_search_report

        return write_search_report(self, Path(path) if path else self.folder / "report.html")

    def save_found(self, folder: str | Path) -> Path:
        """Write what succeeded as cases that ``--data`` reads, to be asked again, made harder or sealed; returns the
        path of the JSONL file. Raises DataError where nothing succeeded or the folder cannot be written."""
        from mmdt.attacks.save import save_cases

        if not self.found:
            raise DataError("nothing was found", where=str(self.folder), hint="search with more queries or methods")
        return save_cases((_as_data(each) for each in self.found), folder)

    def summary(self) -> Any:
        """The numbers: success over queries, medians, comparisons, regret, transfer."""
        from mmdt.search.numbers import summarise

        return summarise(self)

    @cached_property
    def _queries(self) -> dict[HuntId, list[Query]]:
        first = {role: each.fingerprint for role, each in self.manifest.evaluators.items()}
        again = {role: each.fingerprint for role, each in self.manifest.rejudges.items()}
        found: dict[HuntId, list[Query]] = {}
        if not is_created(self.folder):
            return found
        scenario = self.scenario
        with Store.open(self.folder) as store:
            second = {each.case.id: each for each in store.trials(evaluators={**first, **again})} if again else {}
            for trial in store.trials(evaluators=first, check=True):
                query = _query(scenario, trial, second.get(trial.case.id), self.manifest.rejudges)
                if query is not None:
                    found.setdefault(query.hunt, []).append(query)
        for queries in found.values():
            queries.sort(key=lambda each: each.number)
        return found

    def attacker_calls(self) -> Iterator[Trial]:
        """What the attacker was asked, and what it answered."""
        if not is_created(self.folder):
            return
        with Store.open(self.folder) as store:
            yield from (each for each in store.trials() if each.case.cell.perspective == ATTACKER)

    @cached_property
    def calls(self) -> Mapping[HuntId, tuple[Call, ...]]:
        """What the attacker was asked in each hunt, in the order of its numbers."""
        found: dict[HuntId, list[Call]] = {}
        for trial in self.attacker_calls():
            place = trial.case.target.get("search")
            if trial.output is not None and isinstance(place, Mapping) and "call" in place:
                call = Call(str(place["call"]), trial.case, trial.output)
                name = HuntId(str(place["model"]), str(place["method"]), str(place["behaviour"]))
                found.setdefault(name, []).append(call)
        return {name: tuple(sorted(calls, key=lambda each: each.order)) for name, calls in found.items()}


def _as_data(query: Query) -> Case:
    """The case of a query as data of its own: without its place in this search."""
    target = {name: value for name, value in query.case.target.items() if name != "search"}
    case = query.case
    return Case.of_messages(case.cell, case.conversation, target, case.group, case.recipe)


def open_search(folder: str | Path) -> Search:
    """A search made earlier. Raises StoreError where the folder holds none."""
    return Search(folder)


def _query(
    scenario: Scenario, trial: Trial, second: Trial | None, rejudges: Mapping[str, UsedEvaluator]
) -> Query | None:
    place = trial.case.target.get("search")
    if trial.output is None or not isinstance(place, Mapping) or "query" not in place:
        return None
    score = scenario.score(trial.case, trial.output, trial.observations)
    harmful = score.values.get("harmful")
    seen = trial.observations.get("harmful")
    return Query(
        HuntId(str(place["model"]), str(place["method"]), str(place["behaviour"])),
        int(place["query"]),
        int(place.get("parent", 0)),
        _move(place.get("move")),
        trial.case,
        trial.output,
        None if harmful is None else harmful > 0.5,
        _again(second) if rejudges else None,
        score.outcome.startswith("refused"),
        seen.rationale if seen is not None and not seen.missing else "",
        place.get("origin", {}),
    )


def _again(second: Trial | None) -> bool | None:
    """The second judge's own verdict; None where it has none."""
    seen = second.observations.get("harmful") if second else None
    return None if seen is None or seen.missing else seen.yes > 0.5


def _move(found: Any) -> Move:
    if not isinstance(found, Mapping):
        return Move()
    choices = found.get("choices", {})
    words, by = str(found.get("words", "")), str(found.get("by", "rules"))
    return Move.of({str(name): str(value) for name, value in choices.items()}, int(found.get("seed", 0)), words, by)
