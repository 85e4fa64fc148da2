"""Opens the judges to compare, and has them look at the stored outputs of a run; nothing is generated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmdt import plugins
from mmdt.core.cell import Selection
from mmdt.core.protocols import Evaluator
from mmdt.engine.pipeline.progress import End
from mmdt.engine.store.store import Store, TrialState
from mmdt.errors import UsageError
from mmdt.plugins import files as plugin_files
from mmdt.runs import manifest as manifests
from mmdt.runs.integrity import check_before_change
from mmdt.runs.manifest import UNFINISHED, Manifest
from mmdt.runs.sealing import sealed
from mmdt.runs.selection import JUDGING_ROLES, evaluator_names
from mmdt.runs.session import Session, Watch
from mmdt.runs.settings import Settings, as_values, make_settings
from mmdt.runs.verbs import until_done
from mmdt.spelling import option, verb
from mmdt.validate.judges.variants import with_question

JUDGED = ("chat/", "guard/", "panel/", "embedded")
"""Evaluators whose name begins so give judgements; others go by rules or by measurement."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another judge for a run: its name, and the fingerprint of its observations in each role that it fills."""

    name: str
    fingerprints: Mapping[str, str]


def judged_roles(manifest: Manifest) -> list[str]:
    """The roles of a run that judges fill. Raises UsageError where there are none."""
    found = [
        role
        for role in JUDGING_ROLES
        if role in manifest.evaluators and manifest.evaluators[role].name.startswith(JUDGED)
    ]
    if not found:
        raise UsageError(
            "no judge has judged anything in this run", hint=f"{verb('score')} with {option('judge', 'MODEL')} adds one"
        )
    return found


def own(manifest: Manifest) -> Alternative:
    """The run's own judges."""
    roles = judged_roles(manifest)
    name = manifest.evaluators["judge" if "judge" in roles else roles[0]].name
    return Alternative(name, {role: manifest.evaluators[role].fingerprint for role in roles})


def stored(manifest: Manifest, store: Store) -> list[Alternative]:
    """The other judges that have looked at the run's outputs before: earlier ones, and the members of a panel."""
    mine = own(manifest)
    by_name: dict[str, dict[str, str]] = {}
    for role, found in store.evaluators().items():
        for mark, name in found.items():
            if role in mine.fingerprints and mark != mine.fingerprints[role]:
                by_name.setdefault(name, {})[role] = mark
    return [Alternative(name, marks) for name, marks in by_name.items()]


class Asking:
    """A run whose outputs are judged again. ``changes``: settings of the judges, such as their server.

    Raises UsageError for a run that is not finished; StoreError where another process works in it.
    """

    def __init__(self, folder: Path, changes: Mapping[str, Any], progress: Watch | None) -> None:
        self.folder = folder
        self.progress = progress
        self.stopped = ""
        self.began = False
        self.manifest = manifests.read(folder, to_change=True)
        plugin_files.load_recorded(self.manifest.plugins, str(folder))
        if not self.manifest.loaded or self.manifest.ended.how in UNFINISHED:
            raise UsageError("the run is not finished", where=str(folder), hint=verb("resume", folder))
        self.settings = make_settings({**as_values(self.manifest.settings), **changes})
        check_before_change(folder, self.manifest)

    def session(self, store: Store, names: Mapping[str, str]) -> Session:
        """``names``: role -> evaluator, for the judges to open in place of the run's."""
        used = make_settings({**as_values(self.settings), "evaluators": {**self.settings.evaluators, **names}})
        return Session(used, self.manifest.scenarios, where=self.folder, already=store.spent())

    def observe(
        self,
        store: Store,
        session: Session,
        evaluators: Mapping[str, Evaluator],
        selection: Selection | None = None,
        only: Callable[[TrialState], bool] | None = None,
    ) -> None:
        """Make the observations of these evaluators that the store lacks. The manifest says ``running`` meanwhile."""
        self.began = True
        manifests.write(self.folder, self.manifest.ending("running"))
        outcome = until_done(session.observe(store, evaluators, self.progress, selection, only))
        if outcome.end is not End.COMPLETE and outcome.reason:
            self.stopped = outcome.reason

    @contextmanager
    def at_work(self) -> Iterator[Store]:
        """The run's store, for writing. Afterwards, however the work ends, the manifest says again how the run
        ended."""
        with Store.open(self.folder, write=True) as store:
            store.book_lost()
            try:
                yield store
            finally:
                if self.began:
                    ended = self.manifest.ended
                    manifests.write(self.folder, sealed(self.manifest.ending(ended.how, ended.reason), store))


def alternatives(asking: Asking, store: Store, names: Sequence[str], judge: str) -> list[Alternative]:
    """Has each of ``names`` judge the run's outputs: a judge, or the name of a judge prompt, which ``judge`` (the run's
    own by default) is then asked instead of the scenario's question."""
    roles = judged_roles(asking.manifest)
    prompts = set(plugins.names(plugins.JUDGE_PROMPTS))
    found = []
    for name in names:
        asked = (judge or _own_judge(asking.manifest)) if name in prompts else name
        fills = _named(asked, asking.settings)
        wanted = {
            role: fills[role] for role in (["judge"] if name in prompts else roles) if role in fills and role in roles
        }
        if not wanted:
            raise UsageError(
                f"{name} fills no role of this run", where=option("judges"), hint=f"it asks: {', '.join(roles)}"
            )
        session = asking.session(store, wanted)
        opened = {role: session.connections.evaluators[role] for role in wanted}
        used: dict[str, Evaluator] = {
            role: with_question(each, name) if name in prompts else each for role, each in opened.items()
        }
        shown = name if name not in prompts else f"{name} ({next(iter(opened.values())).info.name})"
        found.append(Alternative(shown, {role: each.info.fingerprint for role, each in used.items()}))
        asking.observe(store, session, used)
    return found


def _own_judge(manifest: Manifest) -> str:
    """The evaluator that judges in the run."""
    return manifest.evaluators["judge"].name if "judge" in manifest.evaluators else own(manifest).name


def _named(judge: str, settings: Settings) -> dict[str, str]:
    if judge.startswith(("chat/", "panel/", "embedded")):
        return dict.fromkeys(JUDGING_ROLES if judge != "embedded" else ("judge",), judge)
    return evaluator_names(judge, settings.endpoints)
