"""The end of a part of a run: digests of what it holds, and the judge's prompts."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from mmdt.engine.errors import sqlite_error
from mmdt.engine.store.digests import complete_digests, seal
from mmdt.engine.store.replies import read_replies
from mmdt.engine.store.store import Store
from mmdt.errors import UsageError
from mmdt.evaluators.judge.prompt import load
from mmdt.runs.integrity import whole_file
from mmdt.runs.manifest import Manifest, PanelCount


def sealed(manifest: Manifest, store: Store) -> Manifest:
    """The manifest with the digests of all that the store holds. Closes the store's files. Raises StoreError."""
    try:
        with store.changing() as db:
            complete_digests(db)
        digests = seal(store.db)
        prompts = {**manifest.prompts, **used_prompts(store.db)}
        panels = panel_counts(store.db, manifest)
        replies = read_replies(store.db)
    except sqlite3.Error as error:
        raise sqlite_error(error, store.folder) from error
    answered_by, seconds = store.answered_by(), store.elapsed
    store.make_durable()
    store.close_files()
    digests = replace(digests, file=whole_file(store.folder))
    return replace(
        manifest,
        digests=digests,
        prompts=prompts,
        panels=panels,
        answered_by=answered_by,
        replies=replies,
        seconds=seconds,
    )


def panel_counts(db: sqlite3.Connection, manifest: Manifest) -> dict[str, dict[str, PanelCount]]:
    """What each panel of the run did, by role and cell. Raises sqlite3.Error."""
    query = """SELECT cell, count(*), sum(NOT json_extract(body, '$.value.agree')),
        sum(json_extract(body, '$.value.asked')), sum(json_extract(body, '$.value.of'))
        FROM (SELECT cell, observations.body AS body FROM observations JOIN cases USING (n)
            WHERE role = ? AND fingerprint = ? AND missing = 0 AND instr(observations.body, '"votes":'))
        GROUP BY cell ORDER BY cell"""
    found: dict[str, dict[str, PanelCount]] = {}
    for role, used in manifest.evaluators.items():
        if used.members:
            rows = db.execute(query, (role, used.fingerprint)).fetchall()
            found[role] = {cell: PanelCount(n, differed, asked, of - asked) for cell, n, differed, asked, of in rows}
    return found


def used_prompts(db: sqlite3.Connection) -> Mapping[str, str]:
    """The text of every judge prompt that an observation names, by ``id@edition``. One that is no longer installed in
    that edition is left out. Raises sqlite3.Error."""
    query = """SELECT DISTINCT json_extract(body, '$.value.prompt') FROM observations
        WHERE instr(body, '"prompt":"') AND json_valid(body)"""
    names = {name for (name,) in db.execute(query) if isinstance(name, str)}
    return {name: text for name in sorted(names) if (text := _text(name))}


def _text(name: str) -> str:
    prompt, _, edition = name.partition("@")
    try:
        template = load(prompt)
    except UsageError:
        return ""
    return template.text if template.edition == edition else ""
