"""The verbs of a search for Python users; the command line calls the same functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmdt.disk.private import private_folder
from mmdt.engine.store.lock import RunLock, is_unused
from mmdt.engine.store.store import Store
from mmdt.errors import UsageError
from mmdt.plugins import files as plugin_files
from mmdt.runs.folder import default_folder
from mmdt.runs.leftovers import remove_leftovers
from mmdt.runs.manifest import UNFINISHED, now, versions
from mmdt.runs.settings import CHANGEABLE, as_values, make_settings, overridden
from mmdt.runs.verbs import until_done
from mmdt.search import manifest as manifests
from mmdt.search.authority import check_authority
from mmdt.search.behaviours import read_behaviours
from mmdt.search.labels import write_sheet
from mmdt.search.manifest import Authority, HuntEnd, SearchManifest
from mmdt.search.rejudging import rejudge
from mmdt.search.result import Search
from mmdt.search.sealing import check_whole, seal_search
from mmdt.search.session import SearchOutcome, SearchSession, Watch
from mmdt.search.settings import RULES, SearchSettings, make_search
from mmdt.spelling import option, verb


def find_attacks(
    models: str | Sequence[str],
    *,
    behaviours: str = "embedded",
    method: str | Sequence[str] = ("tap",),
    queries: int = 20,
    limit: int | None = None,
    attacker: str = RULES,
    modality: str = "",
    moves: Sequence[str] = (),
    pictures: str = "auto",
    rejudge: str = "",
    transfer: bool = False,
    found: Sequence[str] = (),
    out: str | Path | None = None,
    i_am_authorised: bool = False,
    progress: Watch | None = None,
    **settings: Any,
) -> Search:
    """Search for ways past the rules of one or several models, within a number of queries for each behaviour.

    ``behaviours``: a CSV or JSONL file of a user's own, or ``embedded`` (harmless mischief). ``method``: one or several
    of the search methods. These and ``attacker_base_url``, ``attacker_api_key_env``, ``attacker_settings`` and
    ``method_options`` are the settings of :class:`mmdt.search.settings.SearchSettings`; judges, limits and endpoints
    are set as for :func:`mmdt.run`. ``i_am_authorised`` must be said, and is recorded, where a target
    is neither an organism nor on this machine.

    Returns the search, finished or stopped: ``search.manifest.ended`` says how it ended. Raises MmdtError before
    anything is spent when it cannot be carried out.
    """
    named = (models,) if isinstance(models, str) else tuple(models)
    methods = (method,) if isinstance(method, str) else tuple(method)
    methods = tuple(part.strip() for each in methods for part in each.split(",") if part.strip())
    given: dict[str, Any] = {
        **settings,
        "models": named,
        "behaviours": str(behaviours),
        "methods": methods,
        "queries": queries,
        "limit": limit,
        "attacker": attacker,
        "modality": modality,
        "moves": tuple(moves),
        "pictures": pictures,
        "rejudge": rejudge,
        "transfer": transfer,
        "found": tuple(map(str, found)),
    }
    return start(make_search(given), out=out, authorised=i_am_authorised, progress=progress)


def start(
    settings: SearchSettings,
    *,
    out: str | Path | None = None,
    authorised: bool = False,
    progress: Watch | None = None,
    begun: Callable[[Path, SearchManifest], None] | None = None,
) -> Search:
    """:func:`find_attacks`, with settings that are made already. ``begun`` is called once the folder is the
    search's."""
    loaded = plugin_files.digests(settings.run.plugins)
    behaviours = read_behaviours(settings.behaviours, limit=settings.limit, seed=settings.run.seed)
    session = SearchSession(settings)
    session.check_behaviours(behaviours)
    elsewhere = check_authority(list(session.models.values()), authorised)
    for folder in settings.found:
        manifests.read(Path(folder))
    space = session.space(behaviours)
    manifest = SearchManifest(
        settings,
        behaviours,
        session.modality,
        targets={name: {"organism": each.info.organism} for name, each in session.models.items()},
        authority=Authority(elsewhere, authorised, now()) if elsewhere or authorised else Authority(),
        evaluators=session.used_evaluators(),
        moves=space.size,
        plugins=loaded,
        created=now(),
        versions=versions(),
    )
    where = _new_folder(Path(out) if out else default_folder(f"attack-{settings.models[0]}"))
    _claim(where, manifest)
    with Store.create(where) as store:
        if begun:
            begun(where, manifest)
        return _part(session, store, manifest, progress)


def resume_search(folder: str | Path, *, progress: Watch | None = None, **changes: Any) -> Search:
    """Go on with a search: what was answered is not asked again. Limits and hosts may be changed, as in
    :func:`mmdt.resume`. Raises UsageError for any other setting, StoreError where something in the folder is damaged.
    """
    where = Path(folder)
    manifest = manifests.read(where)
    plugin_files.load_recorded(manifest.plugins, str(where))
    unknown = sorted(changes.keys() - set(CHANGEABLE["resume"]))
    if unknown:
        hint = f"start a new search; {verb('resume')} changes limits and hosts"
        raise UsageError(f"{unknown[0]} cannot be changed in an existing search", where=str(where), hint=hint)
    run = make_settings(overridden(as_values(manifest.settings.run), changes))
    settings = replace(manifest.settings, run=run)
    check_whole(where, manifest)
    with Store.open(where, write=True, create=True) as store:
        store.book_lost()
        session = SearchSession(settings, already=store.spent())
        check_authority(list(session.models.values()), manifest.authority.given)
        if manifest.ended.how in UNFINISHED:
            remove_leftovers(where)
        return _part(session, store, replace(manifest, settings=settings), progress)


def _part(session: SearchSession, store: Store, manifest: SearchManifest, progress: Watch | None) -> Search:
    """Carry out what is left, and write down how it ended."""
    store.before = max(manifest.seconds, store.kept().seconds)
    evaluators = session.used_evaluators()
    manifest = replace(manifest, evaluators=evaluators, digests=None).ending("running")
    manifests.write(store.folder, manifest)
    outcome = until_done(session.carry_out(store, manifest.behaviours, progress))
    manifest = _ended(manifest, outcome)
    if manifest.settings.rejudge and outcome.end.value == "complete":
        manifest = until_done(rejudge(store, manifest, session.budget))
    manifests.write(store.folder, seal_search(manifest, store))
    search = Search(store.folder)
    write_sheet(search)
    return search


def _ended(manifest: SearchManifest, outcome: SearchOutcome) -> SearchManifest:
    hunts = tuple(
        HuntEnd(
            each.id.model, each.id.method, each.id.behaviour, each.state, len(each.turns), each.reason, dict(each.notes)
        )
        for each in outcome.hunts
    )
    return replace(manifest, hunts=hunts).ending(outcome.end.value, outcome.reason)


def _new_folder(folder: Path) -> Path:
    """The folder, made and empty. Raises UsageError where it holds something."""
    if folder.exists() and not folder.is_dir():
        raise UsageError("the folder is a file", where=str(folder), hint=f"choose another {option('out')}")
    if folder.exists() and not is_unused(folder):
        if manifests.is_search(folder):
            hint = f"{verb('resume', folder)} goes on with it, or choose another {option('out')}"
            raise UsageError("the folder already holds a search", where=str(folder), hint=hint)
        raise UsageError("the folder is not empty", where=str(folder), hint=f"choose another {option('out')}")
    try:
        private_folder(folder)
    except OSError as error:
        where = f"{folder}: {error.strerror}"
        raise UsageError("the folder cannot be made", where=where, hint=f"choose another {option('out')}") from error
    return folder


def _claim(folder: Path, manifest: SearchManifest) -> None:
    lock = RunLock(folder).acquire()
    try:
        if manifests.is_search(folder):
            hint = f"choose another {option('out')}"
            raise UsageError("another search has just begun in the folder", where=str(folder), hint=hint)
        manifests.write(folder, manifest)
    finally:
        lock.release()
