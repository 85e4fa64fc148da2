"""How steady a judge is: it is asked again about a sample of outputs, and a cell where it wavers is judged by majority.

A flip is an asking that gives another verdict than the stored one. The three ways of asking again: another seed, other
words, options in another order. The interval is Wilson's, with the outputs as clusters of their askings.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mmdt.core.cell import Selection
from mmdt.core.protocols import Evaluator
from mmdt.engine.store.store import Store
from mmdt.engine.store.trials import TrialState
from mmdt.errors import UsageError
from mmdt.evaluators.panel.panel import VotingPanel
from mmdt.evaluators.panel.votes import vote_of
from mmdt.runs.manifest import Stability
from mmdt.runs.session import Session, Watch
from mmdt.spelling import option, verb
from mmdt.stats.intervals.clusters import cluster_totals
from mmdt.stats.intervals.means import unit_interval
from mmdt.validate.judges.asking import Asking, judged_roles
from mmdt.validate.judges.variants import again

Key = tuple[str, int]
"""Case id and repeat."""
NOBODY = "nobody"
"""The fingerprint of no evaluator: leaves the observations of a role out."""
WAYS = 3
"""How often each output of the sample is judged again."""
THRESHOLD = 0.10
MAJORITY = 3


@dataclass(frozen=True, slots=True)
class StabilityReport:
    """``cells``: what was found in each cell and role; ``by_way``: way of asking -> (flips, askings)."""

    cells: tuple[Stability, ...]
    by_way: Mapping[str, tuple[int, int]]
    threshold: float
    stopped: str = ""


def judge_stability(
    folder: str | Path,
    outputs: int = 100,
    *,
    threshold: float = THRESHOLD,
    majority: int = MAJORITY,
    seed: int = 0,
    progress: Watch | None = None,
    **changes: Any,
) -> StabilityReport:
    """Ask the run's judges again about a sample of ``outputs``, spread evenly over the cells.

    In a cell where more than ``threshold`` of the askings turn the verdict, all outputs are judged by the ``majority``
    (an odd number) of askings, and the run's numbers and report say so. What is asked is stored and paid for once.
    Raises UsageError for a run that is not finished, or that no judge has judged.
    """
    if outputs < 1:
        raise UsageError(f"{option('outputs')} is {outputs}", hint="give a number of outputs above zero")
    if majority < 3 or majority % 2 == 0:
        raise UsageError(f"{option('majority')} is {majority}", hint="give an odd number from 3")
    if not 0 <= threshold <= 1:
        raise UsageError(f"{option('threshold')} is {threshold}", hint="give a share from 0 to 1")
    asking = Asking(Path(folder), changes, progress)
    roles = judged_roles(asking.manifest)
    check = _Check(asking, threshold, majority)
    with asking.at_work() as store:
        for role in roles:
            check.role(store, role, outputs, seed)
        found = {(each.cell, each.role) for each in check.cells}
        kept = tuple(each for each in asking.manifest.stability if (each.cell, each.role) not in found)
        asking.manifest = replace(asking.manifest, stability=(*kept, *check.cells))
    return StabilityReport(tuple(check.cells), check.by_way, threshold, asking.stopped)


class _Check:
    """Works through the roles of one run."""

    def __init__(self, asking: Asking, threshold: float, majority: int) -> None:
        self.asking = asking
        self.threshold = threshold
        self.majority = majority
        self.cells: list[Stability] = []
        self.by_way: dict[str, tuple[int, int]] = {}

    def role(self, store: Store, role: str, outputs: int, seed: int) -> None:
        """Check the judge of one role, and have unsteady cells judged by majority."""
        used = self.asking.manifest.evaluators[role]
        first = _verdicts(store, role, used.fingerprint)
        if not any(first.values()):
            return
        sample = spread({cell: sorted(found) for cell, found in first.items()}, outputs, seed)
        chosen = {key for keys in sample.values() for key in keys}
        seen: dict[str, dict[str, dict[Key, Hashable]]] = {}
        for way in range(WAYS):
            session, judge = self._open(store, role)
            variant = again(judge, WAYS)[way]
            self.asking.observe(store, session, {role: variant}, only=lambda state: _key(state) in chosen)
            seen[variant.tag] = _verdicts(store, role, variant.info.fingerprint)
        for cell, keys in sample.items():
            found = self._cell(role, used.fingerprint, cell, keys, first[cell], seen)
            wavers = found.asked > 0 and found.flipped / found.asked > self.threshold
            self.cells.append(self._by_majority(store, found) if wavers else found)

    def _open(self, store: Store, role: str) -> tuple[Session, Evaluator]:
        session = self.asking.session(store, {})
        judge = session.connections.evaluators[role]
        if judge.info.fingerprint != self.asking.manifest.evaluators[role].fingerprint:
            raise UsageError(
                f"the {role} would not be the one that judged this run: its settings or its version have changed",
                where=str(self.asking.folder),
                hint=f"judge the run again first: {verb('score', self.asking.folder)}",
            )
        return session, judge

    def _cell(
        self,
        role: str,
        mark: str,
        cell: str,
        keys: Sequence[Key],
        first: Mapping[Key, Hashable],
        seen: Mapping[str, Mapping[str, Mapping[Key, Hashable]]],
    ) -> Stability:
        flips: list[float] = []
        clusters: list[Key] = []
        for way, found in seen.items():
            there = found.get(cell, {})
            turned = [float(there[key] != first[key]) for key in keys if key in there]
            flips += turned
            clusters += [key for key in keys if key in there]
            before = self.by_way.get(way, (0, 0))
            self.by_way[way] = before[0] + int(sum(turned)), before[1] + len(turned)
        low, high = unit_interval(*cluster_totals(flips, clusters), binary=True) if flips else (0.0, 1.0)
        return Stability(cell, role, mark, len({*clusters}), len(flips), int(sum(flips)), low, high)

    def _by_majority(self, store: Store, found: Stability) -> Stability:
        """All outputs of the cell judged by the same judge several times: as before, and in other ways."""
        session, judge = self._open(store, found.role)
        panel = VotingPanel("majority", (judge, *again(judge, self.majority - 1)))
        self.asking.observe(store, session, {found.role: panel}, Selection.of(found.cell))
        return replace(found, majority=panel.info.fingerprint, of=self.majority)


def _key(state: TrialState) -> Key:
    return state.case.id, state.key.repeat


def _verdicts(store: Store, role: str, mark: str) -> dict[str, dict[Key, Hashable]]:
    """Cell -> output -> what the evaluator with that fingerprint says of it, where it says anything."""
    found: dict[str, dict[Key, Hashable]] = {}
    for trial in store.trials(evaluators={**dict.fromkeys(store.evaluators(), NOBODY), role: mark}):
        votes = [vote_of(seen.value) for _, seen in sorted(trial.observations.items()) if not seen.missing]
        if votes:
            vote = votes[0] if len(votes) == 1 else tuple(votes)
            found.setdefault(str(trial.case.cell), {})[trial.case.id, trial.repeat] = vote
    return found


def spread(outputs: Mapping[str, Sequence[Key]], number: int, seed: int) -> dict[str, list[Key]]:
    """``number`` of the outputs, drawn evenly from the cells: one from each in turn."""
    left = {cell: random.Random(f"{seed}/{cell}").sample(list(keys), len(keys)) for cell, keys in outputs.items()}
    found: dict[str, list[Key]] = {cell: [] for cell in left}
    while number > 0 and any(left.values()):
        for cell, keys in left.items():
            if keys and number > 0:
                found[cell].append(keys.pop())
                number -= 1
    return {cell: keys for cell, keys in found.items() if keys}
