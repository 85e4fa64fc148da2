"""The verbs of mmdt for Python users; the command line calls the same functions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Never, TypeVar, overload

from mmdt.core.cell import Selection
from mmdt.core.scenario import Scenario
from mmdt.engine.endpoint.retry import PATIENCE
from mmdt.engine.store.store import Store
from mmdt.engine.store.use import read_use
from mmdt.errors import UsageError
from mmdt.evaluators.known.questions import DEFAULT as KNOWN_ANSWERS
from mmdt.plugins import files as plugin_files
from mmdt.report.html.older import mark_older_report
from mmdt.runs import manifest as manifests
from mmdt.runs.batches import OpenBatch
from mmdt.runs.control import Control
from mmdt.runs.folder import claim, default_folder, is_several, left_as_it_was_on_error, new_folder
from mmdt.runs.integrity import snapshot
from mmdt.runs.integrity.checks import check_before_change
from mmdt.runs.integrity.sealing import sealed
from mmdt.runs.leftovers import remove_leftovers
from mmdt.runs.manifest import Manifest, UsedData, with_left_out
from mmdt.runs.people.calibration import attach, of_its_judges, read_calibration
from mmdt.runs.replaced import ASIDE, replaced_run_deleted_once_answered, take_up
from mmdt.runs.result import Run, know_benchmarks
from mmdt.runs.session import Session, Watch
from mmdt.runs.settings import (
    AUTO,
    CHANGEABLE,
    NAMES,
    Settings,
    as_values,
    make_settings,
    overridden,
    refuse_vain,
)
from mmdt.runs.until.outcome import stopped
from mmdt.spelling import option, verb
from mmdt.stats.scoring import broken

if TYPE_CHECKING:
    from mmdt.runs.collection import Collection
    from mmdt.runs.plan import Plan
    from mmdt.stats.planning.aims import Aim

Result = TypeVar("Result")
Globs = str | Sequence[str]
Batch = Literal["none", "model", "judges", "all"]
CutOff = Literal["keep", "missing"]
Vote = Literal["majority", "unanimous", "any", "mean"]
Executor = Literal["local", "ray"]
Endpoints = Mapping[str, str | Mapping[str, str]]
"""Name -> ``URL``, ``URL,key=VARIABLE``, or a table with ``url``, ``key`` and ``runtime``."""
SCORED_AT_THE_END = 20
"""Outputs of each scenario that are scored when a part of a run ends, to find score functions that fail."""


@overload
def run(
    model: str,
    *,
    out: str | Path | None = None,
    fresh: bool = False,
    progress: Watch | None = None,
    select: Globs = ("**",),
    benchmark: Globs = (),
    data: str | Sequence[str] = AUTO,
    images: Globs = (),
    control: Control = "",
    revision: str = "",
    size: int | None = None,
    limit: int | None = None,
    seed: int = 0,
    repeats: int | None = None,
    skip_bad: bool = False,
    cut_off: CutOff = "keep",
    judge: str | Sequence[str] = "",
    vote: Vote = "majority",
    careful: bool = False,
    evaluators: Mapping[str, str] | None = None,
    allow_embedded_judge: bool = False,
    known_answers: int = KNOWN_ANSWERS,
    guard: str = "",
    guard_on: str | Sequence[str] = ("input", "output"),
    concurrency: int | None = None,
    rpm: float | None = None,
    tpm: float | None = None,
    timeout: float = 600.0,
    attempts: int = 6,
    patience: float = PATIENCE,
    max_cost: float | None = None,
    max_requests: int | None = None,
    until: Globs = (),
    reuse: Sequence[str] = (),
    plugins: Sequence[str] = (),
    batch: Batch = "none",
    batch_options: Mapping[str, Any] | None = None,
    wait: bool = True,
    executor: Executor = "local",
    ray_address: str = "",
    ray_workers: int = 2,
    ray_options: Mapping[str, Any] | None = None,
    base_url: str = "",
    judge_base_url: str = "",
    api_key_env: str = "",
    judge_api_key_env: str = "",
    endpoints: Endpoints | None = None,
    model_settings: Mapping[str, Any] | None = None,
    judge_settings: Mapping[str, Any] | None = None,
) -> Run: ...
@overload
def run(
    model: list[str] | tuple[str, ...],
    *,
    out: str | Path | None = None,
    fresh: bool = False,
    progress: Watch | None = None,
    select: Globs = ("**",),
    benchmark: Globs = (),
    data: str | Sequence[str] = AUTO,
    images: Globs = (),
    control: Control = "",
    revision: str = "",
    size: int | None = None,
    limit: int | None = None,
    seed: int = 0,
    repeats: int | None = None,
    skip_bad: bool = False,
    cut_off: CutOff = "keep",
    judge: str | Sequence[str] = "",
    vote: Vote = "majority",
    careful: bool = False,
    evaluators: Mapping[str, str] | None = None,
    allow_embedded_judge: bool = False,
    known_answers: int = KNOWN_ANSWERS,
    guard: str = "",
    guard_on: str | Sequence[str] = ("input", "output"),
    concurrency: int | None = None,
    rpm: float | None = None,
    tpm: float | None = None,
    timeout: float = 600.0,
    attempts: int = 6,
    patience: float = PATIENCE,
    max_cost: float | None = None,
    max_requests: int | None = None,
    until: Globs = (),
    reuse: Sequence[str] = (),
    plugins: Sequence[str] = (),
    batch: Batch = "none",
    batch_options: Mapping[str, Any] | None = None,
    wait: bool = True,
    executor: Executor = "local",
    ray_address: str = "",
    ray_workers: int = 2,
    ray_options: Mapping[str, Any] | None = None,
    base_url: str = "",
    judge_base_url: str = "",
    api_key_env: str = "",
    judge_api_key_env: str = "",
    endpoints: Endpoints | None = None,
    model_settings: Mapping[str, Any] | None = None,
    judge_settings: Mapping[str, Any] | None = None,
) -> Collection: ...
def run(
    model: str | list[str] | tuple[str, ...],
    *,
    out: str | Path | None = None,
    fresh: bool = False,
    progress: Watch | None = None,
    select: Globs = ("**",),
    benchmark: Globs = (),
    data: str | Sequence[str] = AUTO,
    images: Globs = (),
    control: Control = "",
    revision: str = "",
    size: int | None = None,
    limit: int | None = None,
    seed: int = 0,
    repeats: int | None = None,
    skip_bad: bool = False,
    cut_off: CutOff = "keep",
    judge: str | Sequence[str] = "",
    vote: Vote = "majority",
    careful: bool = False,
    evaluators: Mapping[str, str] | None = None,
    allow_embedded_judge: bool = False,
    known_answers: int = KNOWN_ANSWERS,
    guard: str = "",
    guard_on: str | Sequence[str] = ("input", "output"),
    concurrency: int | None = None,
    rpm: float | None = None,
    tpm: float | None = None,
    timeout: float = 600.0,
    attempts: int = 6,
    patience: float = PATIENCE,
    max_cost: float | None = None,
    max_requests: int | None = None,
    until: Globs = (),
    reuse: Sequence[str] = (),
    plugins: Sequence[str] = (),
    batch: Batch = "none",
    batch_options: Mapping[str, Any] | None = None,
    wait: bool = True,
    executor: Executor = "local",
    ray_address: str = "",
    ray_workers: int = 2,
    ray_options: Mapping[str, Any] | None = None,
    base_url: str = "",
    judge_base_url: str = "",
    api_key_env: str = "",
    judge_api_key_env: str = "",
    endpoints: Endpoints | None = None,
    model_settings: Mapping[str, Any] | None = None,
    judge_settings: Mapping[str, Any] | None = None,
    **unknown: Never,
) -> Run | Collection:
    """Ask ``model`` the selected cases and observe what comes out.

    The settings are those of :class:`mmdt.runs.settings.Settings`. ``out``: the run's folder (``runs/<time>-<model>``
    by default); ``fresh`` replaces a run that is already there; ``progress`` is called with snapshots.

    Returns the run, finished or stopped: ``run.manifest.ended`` says how it ended. With a list of models they are asked
    one after another, within one budget and each in a folder of its own below ``out``; returns the
    :class:`mmdt.runs.collection.Collection` of their runs, whose ``table()`` shows them side by side. Raises MmdtError
    before anything is spent when it cannot be carried out. In large data a bad row may be found after requests were
    sent; the run then ends as incomplete.
    """
    values = locals()
    given = {name: values[name] for name in values.keys() - {"out", "fresh", "progress", "unknown"}}
    if not isinstance(model, str):
        from mmdt.runs.several import run_several

        shared = {name: value for name, value in {**given, **unknown}.items() if value is not None and name != "model"}
        return run_several(model, shared, out=out, fresh=fresh, watching=_same(progress))
    return start(_settings(given, unknown), out=out, fresh=fresh, progress=progress)


def plan(
    model: str,
    *,
    width: float | None = None,
    detect: float | None = None,
    gate: float | None = None,
    power: float | None = None,
    expected: float | None = None,
    earlier: Sequence[str | Path] = (),
    select: Globs = ("**",),
    benchmark: Globs = (),
    data: str | Sequence[str] = AUTO,
    images: Globs = (),
    control: Control = "",
    revision: str = "",
    size: int | None = None,
    limit: int | None = None,
    seed: int = 0,
    repeats: int | None = None,
    skip_bad: bool = False,
    cut_off: CutOff = "keep",
    judge: str | Sequence[str] = "",
    vote: Vote = "majority",
    careful: bool = False,
    evaluators: Mapping[str, str] | None = None,
    allow_embedded_judge: bool = False,
    known_answers: int = KNOWN_ANSWERS,
    guard: str = "",
    guard_on: str | Sequence[str] = ("input", "output"),
    concurrency: int | None = None,
    rpm: float | None = None,
    tpm: float | None = None,
    timeout: float = 600.0,
    attempts: int = 6,
    patience: float = PATIENCE,
    max_cost: float | None = None,
    max_requests: int | None = None,
    until: Globs = (),
    reuse: Sequence[str] = (),
    plugins: Sequence[str] = (),
    batch: Batch = "none",
    batch_options: Mapping[str, Any] | None = None,
    wait: bool = True,
    executor: Executor = "local",
    ray_address: str = "",
    ray_workers: int = 2,
    ray_options: Mapping[str, Any] | None = None,
    base_url: str = "",
    judge_base_url: str = "",
    api_key_env: str = "",
    judge_api_key_env: str = "",
    endpoints: Endpoints | None = None,
    model_settings: Mapping[str, Any] | None = None,
    judge_settings: Mapping[str, Any] | None = None,
    **unknown: Never,
) -> Plan:
    """The number of calls of a run, with an estimate of tokens, cost and time. Takes the settings of :func:`run`.

    With an aim it says how many cases each cell needs: for intervals at most ``width`` wide, to ``detect`` a difference
    between two models in a share of ``power`` (0.8) of comparisons, or to decide a ``gate`` as often. ``earlier``: a
    run (or two, whose models are compared) that says what to expect; without it the rate ``expected`` is assumed.
    Raises UsageError for several aims, for values that cannot be meant, and for what has no effect on the aim.
    """
    values = locals()
    aims = {"width", "detect", "gate", "power", "expected", "earlier"}
    settings = _settings({name: values[name] for name in values.keys() - {"unknown"} - aims}, unknown)
    from mmdt.stats.planning.aims import make_aim

    aim = make_aim(width=width, detect=detect, gate=gate, power=power, expected=expected, earlier=earlier)
    return plan_settings(settings, aim, earlier, expected)


def resume(
    folder: str | Path,
    *,
    progress: Watch | None = None,
    concurrency: int | None = None,
    rpm: float | None = None,
    tpm: float | None = None,
    timeout: float | None = None,
    attempts: int | None = None,
    patience: float | None = None,
    max_cost: float | None = None,
    max_requests: int | None = None,
    until: Globs | None = None,
    batch: Batch | None = None,
    batch_options: Mapping[str, Any] | None = None,
    wait: bool = True,
    executor: Executor | None = None,
    ray_address: str | None = None,
    ray_workers: int | None = None,
    ray_options: Mapping[str, Any] | None = None,
    base_url: str | None = None,
    judge_base_url: str | None = None,
    api_key_env: str | None = None,
    judge_api_key_env: str | None = None,
    endpoints: Endpoints | None = None,
    plugins: Sequence[str] | None = None,
    **fixed: Never,
) -> Run | Collection:
    """Resume an interrupted run: answers are kept, what is missing is asked. The limits given hold from here on.

    ``until`` may be narrowed, widened or left empty: intervals hold whenever one looks. Batches are waited for unless
    ``wait`` is False. Raises UsageError for a setting that decides what is asked: one run holds the answers of one
    model to one set of cases. A folder of ``run([...])`` is resumed as a whole: every model that is not complete, with
    limits that are for all of them together."""
    values = locals()
    _refuse(fixed, "resume")
    changes = {name: values[name] for name in CHANGEABLE["resume"] if values[name] is not None}
    if is_several(folder):
        from mmdt.runs.several import resume_several

        return resume_several(folder, changes, watching=_same(progress))
    take_up(Path(folder))
    where, manifest, settings = _existing(folder, changes)
    _refuse_late_rules(manifest.settings, settings)
    check_before_change(where, manifest)
    with Store.open(where, write=True, create=not manifest.loaded) as store:
        store.book_lost()
        session = Session(settings, manifest.scenarios, where=where, already=store.spent())
        return _part(session, store, replace(manifest, settings=settings), progress)


def score(
    folder: str | Path,
    *,
    progress: Watch | None = None,
    judge: str | Sequence[str] | None = None,
    vote: Vote | None = None,
    careful: bool | None = None,
    evaluators: Mapping[str, str] | None = None,
    allow_embedded_judge: bool | None = None,
    guard: str | None = None,
    guard_on: str | Sequence[str] | None = None,
    cut_off: CutOff | None = None,
    judge_base_url: str | None = None,
    judge_api_key_env: str | None = None,
    endpoints: Endpoints | None = None,
    judge_settings: Mapping[str, Any] | None = None,
    concurrency: int | None = None,
    rpm: float | None = None,
    tpm: float | None = None,
    timeout: float | None = None,
    attempts: int | None = None,
    patience: float | None = None,
    max_cost: float | None = None,
    max_requests: int | None = None,
    batch: Batch | None = None,
    batch_options: Mapping[str, Any] | None = None,
    wait: bool | None = None,
    executor: Executor | None = None,
    ray_address: str | None = None,
    ray_workers: int | None = None,
    ray_options: Mapping[str, Any] | None = None,
    plugins: Sequence[str] | None = None,
    calibration: str | Path = "",
    **fixed: Never,
) -> Run:
    """Observe the outputs of a run again with other evaluators; nothing is generated.

    Without changes it only fills in missing observations; scores are computed whenever they are read. Raises
    UsageError for a setting that decides what is asked. The manifest keeps who judged before (``judgings``) and when
    the run itself ended; a report in the folder is marked as older. ``calibration``: attached to the run, as
    :func:`label` does it.
    """
    values = locals()
    _refuse(fixed, "score")
    changes = {name: values[name] for name in CHANGEABLE["score"] if values[name] is not None}
    where, manifest, settings = _existing(folder, changes)
    if not manifest.loaded:
        raise UsageError("not all cases of the run are loaded yet", where=str(where), hint=verb("resume", where))
    check_before_change(where, manifest)
    calibrated = read_calibration(calibration) if calibration else ()
    with Store.open(where, write=True) as store:
        store.book_lost()
        session = Session(settings, manifest.scenarios, where=where, already=store.spent())
        _refuse_unasked(evaluators or {}, session)
        run = _part(session, store, replace(manifest, settings=settings), progress, judged=manifest)
        now = manifests.read(where)
        if now.judged_otherwise(manifest) or _observed(now) != _observed(manifest):
            mark_older_report(where, manifests.now())
    if calibrated:
        attach(where, now, calibrated)
    return run


def _observed(manifest: Manifest) -> object:
    return manifest.digests and manifest.digests.observations


def start(
    settings: Settings,
    *,
    out: str | Path | None = None,
    fresh: bool = False,
    progress: Watch | None = None,
    confirm: Callable[[Callable[[], Plan]], None] | None = None,
    begun: Callable[[Path], None] | None = None,
    calibration: str | Path = "",
) -> Run:
    """:func:`run`, with settings that are made already.

    ``confirm`` is called before anything is spent by a run that has a price and no budget in money, with what makes its
    plan, and may raise; ``begun`` is called with the folder once it is the run's. ``calibration``: as in :func:`label`.
    """
    loaded = plugin_files.digests(settings.plugins)
    refuse_vain(settings)
    calibrated = read_calibration(calibration) if calibration else ()
    session = Session(settings)
    calibrated = of_its_judges(session.manifest(), calibrated, calibration) if calibrated else ()
    asked = until_done(session.preflight())
    if confirm and session.priced and settings.max_cost is None:
        from mmdt.runs.plan import make_plan

        confirm(lambda: make_plan(session))
    folder = new_folder(Path(out) if out else default_folder(settings.model), fresh=fresh, reuse=settings.reuse)
    manifest = replace(session.manifest(), plugins=loaded)
    claim(folder, manifest, calibrated)
    with left_as_it_was_on_error(folder), Store.create(folder) as store:
        store.book(asked)
        if begun:
            begun(folder)
        return _part(session, store, manifest, progress)


def plan_settings(
    settings: Settings, aim: Aim | None = None, earlier: Sequence[str | Path] = (), expected: float | None = None
) -> Plan:
    """:func:`plan`, with settings that are made already."""
    from mmdt.runs.plan import make_plan, make_plan_for
    from mmdt.runs.planning.needed import Earlier

    plugin_files.digests(settings.plugins)
    refuse_vain(settings)
    if aim is None:
        return make_plan(Session(settings))
    return make_plan_for(aim, Session(settings), Earlier([Run.open(each) for each in earlier]), expected)


def batches(folder: str | Path, *, cancel: bool = False) -> list[OpenBatch]:
    """The open batches of a run and their state; with ``cancel``, after cancelling them.

    What was finished before a cancellation is paid for, and ``resume`` collects it. Raises StoreError where another
    process works in the run.
    """
    where, manifest, settings = _existing(folder, {}, to_change=False)
    with Store.open(where, write=True) as store:
        session = Session(settings, manifest.scenarios, where=where, already=store.spent())
        return until_done(session.open_batches(where, cancel=cancel))


def open_run(folder: str | Path) -> Run:
    """A run made earlier. Raises StoreError where the folder holds none."""
    return Run.open(folder)


def _same(progress: Watch | None) -> Callable[[str], AbstractContextManager[Watch | None]]:
    """One function for the progress of every model."""
    return lambda _: nullcontext(progress)


def _settings(given: Mapping[str, Any], unknown: Mapping[str, Any]) -> Settings:
    """Settings from a verb's arguments; an unknown name is an error that lists the known ones."""
    return make_settings({name: value for name, value in {**given, **unknown}.items() if value is not None})


def _refuse(fixed: Mapping[str, Any], verb: str) -> None:
    """Raises UsageError for settings that an existing run cannot change."""
    if not fixed:
        return
    names = ", ".join(sorted(fixed))
    if unknown := sorted(fixed.keys() - NAMES):
        raise UsageError(f"unknown setting {unknown[0]!r}", where=verb, hint=f"use: {', '.join(CHANGEABLE[verb])}")
    raise UsageError(
        f"{names} cannot be changed in an existing run",
        where=verb,
        hint=f"start a new run; with {option('reuse', ['RUN'])} it takes over every answer that still fits",
    )


def _refuse_late_rules(before: Settings, now: Settings) -> None:
    """Raises UsageError for rules in a run that has asked its cases in the order of the data: those that it has are no
    sample of all."""
    if now.until and not before.until:
        hint = f"start a new run; with {option('reuse', ['RUN'])} it takes over every answer that still fits"
        raise UsageError("the run was begun without rules to stop by", where=option("until"), hint=hint)


def _refuse_unasked(evaluators: Mapping[str, str], session: Session) -> None:
    """Raises UsageError for evaluators that no scenario of an existing run asks."""
    for role, name in evaluators.items():
        if role not in session.choice.evaluators:
            used = ", ".join(sorted(session.choice.evaluators))
            raise UsageError(
                f"no scenario of this run asks the role {role!r}", where=f"{role}={name}", hint=f"it asks: {used}"
            )


def _existing(
    folder: str | Path, changes: Mapping[str, Any], *, to_change: bool = True
) -> tuple[Path, Manifest, Settings]:
    """Folder, manifest and settings of an existing run, with its plugins loaded and the changes applied."""
    where = Path(folder)
    manifest = manifests.read(where, to_change=to_change)
    named = plugin_files.digests(tuple(changes.get("plugins", ())))
    plugin_files.load_recorded(manifest.plugins, str(where))
    know_benchmarks(manifest, str(where))
    manifest = replace(manifest, plugins={**manifest.plugins, **named})
    if not to_change:
        return where, manifest, manifest.settings
    kept = {"plugins": tuple(dict.fromkeys((*manifest.settings.plugins, *changes.get("plugins", ()))))}
    return where, manifest, make_settings({**overridden(as_values(manifest.settings), changes), **kept})


def _part(
    session: Session, store: Store, manifest: Manifest, progress: Watch | None, *, judged: Manifest | None = None
) -> Run:
    """Load, ask and observe what is missing; where the run was ``judged`` before, only observe.

    The manifest says how far it is: ``loading`` until all cases are there, then ``running``, and how it ended.
    """
    manifest = _begun(session, store, manifest, ask=judged is None)

    def loaded(data: UsedData, reused: Mapping[str, int]) -> None:
        nonlocal manifest
        manifest = replace(manifest, data=data, reused=reused).ending("running")
        manifests.write(store.folder, manifest)

    loading = None if manifest.loaded else session.loading(store, loaded)
    with replaced_run_deleted_once_answered(store):
        outcome = until_done(
            session.carry_out(store, progress, ask=judged is None, loading=loading, spared=manifest.spared)
        )
    manifest = with_left_out(manifest, session.judges_left_out(store.spent()))
    if session.tracker is not None and judged is None:
        manifest = replace(manifest, stopped=stopped(session.tracker.verdicts(), store.counts(), read_use(store).costs))
    if session.known:
        manifest = replace(manifest, known_answers=session.known)
    how: manifests.How = outcome.end.value
    reason = outcome.reason
    if how == "complete" and manifest.data.bad_rows:
        how, reason = "incomplete", _left_out(manifest.data)
    if how == "complete" and (fault := _fault(Run(store.folder).scenarios(), store, manifest)):
        how, reason = "incomplete", fault
    if how != "complete" and (store.folder / ASIDE).exists():
        reason += f"; the run that this one replaces is kept in {ASIDE} until an answer has arrived"
    manifest = replace(manifest.ending(how, reason), use=read_use(store))
    if judged:
        manifest = manifest.scored_again(judged)
    manifests.write(store.folder, sealed(manifest, store))
    run = Run(store.folder)
    if snapshot.needed(manifest.scenarios):
        snapshot.write(store.folder, run.scorecard())
    else:
        snapshot.remove(store.folder)
    return run


def _left_out(data: UsedData) -> str:
    """How many bad rows there were, and the first five."""
    shown = "; ".join(data.bad_examples[:5])
    return f"{data.bad_rows} bad rows were left out: {shown}" + ("; ..." if data.bad_rows > 5 else "")


def _fault(scenarios: Mapping[str, Scenario], store: Store, manifest: Manifest) -> str:
    """What is wrong with a score function of the run, by a few outputs of each scenario; empty if nothing is.

    Where one fails, or writes components that its scenario does not declare, the run has answers but lacks numbers.
    """
    used = {role: each.fingerprint for role, each in manifest.evaluators.items()}
    for address, scenario in scenarios.items():
        trials = store.trials(Selection.of(f"{address}/**"), evaluators=used)
        for trial in islice(trials, SCORED_AT_THE_END):
            if why := broken(trial, scenario):
                return why
    return ""


def _begun(session: Session, store: Store, manifest: Manifest, *, ask: bool) -> Manifest:
    """The manifest of a part that begins, on disk; what a killed process left behind is gone. Which cells are decided
    is found again from the answers, by the rules of this part."""
    if manifest.ended.how in manifests.UNFINISHED:
        remove_leftovers(store.folder)
    store.before = max(manifest.seconds, store.kept().seconds)
    manifest = replace(manifest, evaluators=session.used_evaluators(), seconds=store.before)
    manifest = replace(manifest, stopped=()) if ask else manifest
    manifest = manifest.ending("running" if manifest.loaded else "loading")
    manifests.write(store.folder, manifest)
    return manifest


def until_done(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end, in a notebook (whose loop is running) as well."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
