"""Several models in one command: one folder a model, one budget for all of them, and one table at the end.

The models are asked one after another. So the limits of an endpoint hold for all models behind it, two local models
never share a GPU's memory, and a kill at any moment costs what was in flight with one of them. Each model may spend an
equal share of what is left of the budget; what one leaves over goes to those that come after it, and to those that it
stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from mmdt.core.cell import slug
from mmdt.disk.private import private_folder
from mmdt.disk.whole import remove_abandoned, write_whole
from mmdt.engine.pipeline.progress import Progress
from mmdt.engine.store.lock import RunLock, is_unused
from mmdt.engine.store.schema import FILE as STORE
from mmdt.errors import MmdtError, StoreError, UsageError
from mmdt.runs import manifest as manifests
from mmdt.runs.collection import Collection
from mmdt.runs.folder import SEVERAL as FILE
from mmdt.runs.folder import is_several
from mmdt.runs.plan import Plan as RunPlan
from mmdt.runs.plan import make_plan
from mmdt.runs.result import Run
from mmdt.runs.session import Session, Watch
from mmdt.runs.settings import CHANGEABLE, Settings, as_values, make_settings, overridden, refuse_vain
from mmdt.safe_text.redaction import redact
from mmdt.spelling import option, verb

FORMAT = 1
MOST = 100
"""Models in one command."""
Watching = Callable[[str], AbstractContextManager[Watch | None]]
"""From a model's place and name (``2/3 openai/gpt-4o``) to what shows its progress."""


@dataclass(frozen=True, slots=True)
class Member:
    """A model and the name of its folder."""

    model: str
    folder: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run, on disk before the first request. ``settings``: those of all models, without the model;
    ``max_cost`` and ``max_requests`` in them are for all models together."""

    members: tuple[Member, ...]
    settings: Mapping[str, Any]
    format: int = FORMAT

    def of(self, member: Member) -> Settings:
        return make_settings({**self.settings, "model": member.model})


def run_several(
    models: Sequence[str],
    values: Mapping[str, Any],
    *,
    out: str | Path | None = None,
    fresh: bool = False,
    watching: Watching | None = None,
    confirm: Callable[[Sequence[Callable[[], RunPlan]]], None] | None = None,
    begun: Callable[[Settings, Path], None] | None = None,
) -> Collection:
    """Ask each of the models the selected cases. Raises MmdtError, before anything is spent, for what cannot be carried
    out with one of them.

    ``confirm`` is called before anything is spent if any of the runs has a price and there is no budget in money, with
    what makes their plans, and may raise; ``begun`` is called with the folder once it is that of the runs.
    """
    from mmdt.plugins import files as plugin_files

    listed = list(models)
    if not listed or len(listed) > MOST or len(set(listed)) != len(listed):
        raise UsageError("the models must be different, and at most 100", hint="name each model once")
    every = [make_settings({**values, "model": model}) for model in listed]
    plugin_files.digests(every[0].plugins)
    priced = []
    for settings in every:
        refuse_vain(settings)
        session = _checked(settings)
        if session.priced and settings.max_cost is None:
            priced.append(partial(make_plan, session))
    if confirm and priced:
        confirm(priced)
    where = _new(Path(out) if out else _default(len(listed)), fresh=fresh)
    shared = {name: value for name, value in as_values(manifests.without_secrets(every[0])).items() if name != "model"}
    plan = Plan(tuple(_members(listed)), shared)
    _write(where, plan)
    if begun:
        begun(every[0], where)
    return _carry_out(where, plan, {each.model: each for each in every}, watching)


def resume_several(folder: str | Path, changes: Mapping[str, Any], *, watching: Watching | None = None) -> Collection:
    """Go on with every model that is not complete. ``changes``: settings that ``resume`` may change."""
    where = Path(folder)
    plan = read_plan(where)
    known = {name: value for name, value in changes.items() if name in CHANGEABLE["resume"] and value is not None}
    plan = replace(plan, settings=overridden(plan.settings, known))
    settings = {member.model: plan.of(member) for member in plan.members}
    _write(where, plan)
    return _carry_out(where, plan, settings, watching, known)


def read_plan(folder: Path) -> Plan:
    """The plan in the folder. Raises StoreError where there is none, or it cannot be read."""
    path = folder / FILE
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Plan)
    except OSError as error:
        hint = f"name a folder that {verb('run', '...')} created"
        raise StoreError("no plan of several models is here", where=f"{path}: {error.strerror}", hint=hint) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StoreError(f"the plan is damaged: {error}", where=str(path), hint="restore it from a copy") from error
    if found.format != FORMAT:
        raise StoreError(f"the plan has format {found.format}", where=str(path), hint="use the mmdt that wrote it")
    if any(Path(each.folder).name != each.folder or each.folder in ("", ".", "..") for each in found.members):
        raise StoreError("the plan names a folder outside its own", where=str(path), hint="restore it from a copy")
    return found


def _carry_out(
    where: Path,
    plan: Plan,
    settings: Mapping[str, Settings],
    watching: Watching | None,
    changes: Mapping[str, Any] | None = None,
) -> Collection:
    """Each model in turn, and then those that their share of the budget stopped, while anything is left of it."""
    errors: dict[str, str] = {}
    todo = [each for each in plan.members if not _is_complete(where / each.folder)]
    while todo:
        before = _spent(where, plan)
        for place, member in enumerate(todo):
            share = _share(where, plan, member, settings[member.model], len(todo) - place)
            if share is None:
                continue
            name = f"{plan.members.index(member) + 1}/{len(plan.members)} {member.model}"
            try:
                with watching(name) if watching else nullcontext() as watch:
                    run = _one(where / member.folder, share, _noted(watch, name), changes or {})
                errors.pop(member.model, None)
            except MmdtError as error:
                errors[member.model] = str(error)
                continue
            if run.manifest.ended.how == "interrupted":
                return _collection(where, plan, errors)
        todo = [each for each in todo if _how(where / each.folder) == "budget"]
        if _spent(where, plan) == before:
            break
    return _collection(where, plan, errors)


def _one(folder: Path, settings: Settings, watch: Watch | None, changes: Mapping[str, Any]) -> Run:
    """Start the model's run, or resume it."""
    from mmdt.runs import verbs

    if not (folder / manifests.FILE).exists():
        _clear(folder)
        return verbs.start(settings, out=folder, progress=watch)
    limits = {"max_cost": settings.max_cost, "max_requests": settings.max_requests}
    rest = {name: value for name, value in changes.items() if name not in limits}
    verbs.resume(folder, progress=watch, **{**rest, **limits})
    return Run(folder)


def _clear(folder: Path) -> None:
    """Remove what a process left that was killed before its run began."""
    if not folder.is_dir():
        return
    RunLock(folder).acquire().release()  # refused while another process works in it
    remove_abandoned(folder)
    for name in ("lock", "lock.holder"):
        (folder / name).unlink(missing_ok=True)


def _share(where: Path, plan: Plan, member: Member, settings: Settings, among: int) -> Settings | None:
    """The settings with this model's part of the budget, what it has spent included; None if nothing is left."""
    cost, requests = _spent(where, plan)
    own_cost, own_requests = _spent_in(where / member.folder)
    changed: dict[str, Any] = {}
    if settings.max_cost is not None:
        left = settings.max_cost - cost
        if left <= 0:
            return None
        changed["max_cost"] = own_cost + left / among
    if settings.max_requests is not None:
        share = (settings.max_requests - requests + among - 1) // among
        if share <= 0:
            return None
        changed["max_requests"] = own_requests + share
    return replace(settings, **changed)


def _spent(where: Path, plan: Plan) -> tuple[float, int]:
    """US dollars and requests of all models together, judges included."""
    each = [_spent_in(where / member.folder) for member in plan.members]
    return sum(cost for cost, _ in each), sum(requests for _, requests in each)


def _spent_in(folder: Path) -> tuple[float, int]:
    if not (folder / manifests.FILE).is_file() or not (folder / STORE).is_file():
        return 0.0, 0
    spent = Run(folder).spending.values()
    return sum(each.usage.cost or 0.0 for each in spent), sum(each.requests for each in spent)


def _how(folder: Path) -> str:
    return manifests.read(folder).ended.how if (folder / manifests.FILE).is_file() else ""


def _is_complete(folder: Path) -> bool:
    return _how(folder) == "complete"


def _collection(where: Path, plan: Plan, errors: Mapping[str, str]) -> Collection:
    runs = tuple(Run.open(where / each.folder) for each in plan.members if _how(where / each.folder))
    waiting = {
        each.model: "not begun: the budget is used up, or the command was interrupted"
        for each in plan.members
        if not _how(where / each.folder)
    }
    return Collection(where, runs, tuple({**waiting, **errors}.items()))


def _noted(watch: Watch | None, name: str) -> Watch | None:
    """The progress, with the model that it is of."""
    if watch is None:
        return None

    def noted(progress: Progress) -> None:
        watch(replace(progress, note="; ".join(filter(None, (name, progress.note)))))

    return noted


def _checked(settings: Settings) -> Session:
    """What the settings name, opened. Raises MmdtError for what cannot be carried out with this model."""
    try:
        return Session(settings)
    except MmdtError as error:
        if settings.model not in str(error):
            error.where = f"{settings.model}: {error.where}" if error.where else settings.model
        raise


def _default(count: int) -> Path:
    return Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}-{count}-models"


def _new(folder: Path, *, fresh: bool) -> Path:
    if folder.is_dir() and not is_unused(folder):
        if not is_several(folder):
            what = "the folder is not empty and holds no runs of several models"
            raise UsageError(what, where=str(folder), hint=f"choose another {option('out')}")
        if fresh:
            hint = (
                f"choose another {option('out')}, or remove the folder yourself: it holds the answers of several models"
            )
            raise UsageError(
                f"{option('fresh')} does not replace the runs of several models", where=str(folder), hint=hint
            )
        hint = f"{verb('resume', folder)} goes on with them; or choose another {option('out')}"
        raise UsageError("the folder already holds runs of several models", where=str(folder), hint=hint)
    try:
        private_folder(folder)
    except OSError as error:
        what, hint = "the folder of the runs cannot be made", f"choose another {option('out')}"
        raise UsageError(what, where=f"{folder}: {error.strerror}", hint=hint) from error
    return folder


def _members(models: Sequence[str]) -> Iterator[Member]:
    """A folder for each, with a number where two names would give the same."""
    taken: set[str] = set()
    for model in models:
        name, number = slug(model), 1
        while name in taken:
            number += 1
            name = f"{slug(model)}-{number}"
        taken.add(name)
        yield Member(model, name)


def _write(folder: Path, plan: Plan) -> None:
    """Completely or not at all, and on the disk before anything is asked."""
    path = folder / FILE
    try:
        data = msgspec.json.format(redact(msgspec.json.encode(plan).decode()).encode(), indent=2)
        write_whole(path, data, durable=True)
    except OSError as error:
        hint = "free some space, or choose a writable folder"
        raise StoreError("the plan cannot be written", where=f"{path}: {error.strerror}", hint=hint) from error
