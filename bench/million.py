"""How long the analysis of a large run takes: 1,000,000 observations of real scenarios, bootstraps included.

A small run of an organism is asked, judged and stored as any other; its rows are then repeated in the store, each as a
case of its own, until there are enough. Replies of more than a few words get a word that no other reply has, so that
nothing is won by remembering equal ones. Prints a JSON line for each step: seconds, processor seconds and the peak
memory of a new process (with the copies of it that help) that opens the run and computes its scorecard for the first
time, that opens it again, that computes the scorecard from scores that are kept, that explains the run, and that
compares two such runs.

    python -m bench.million [--observations 1000000] [--select GLOB] [--repeats 1]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bench.machine import load, timed, warn_if_busy

ROOT = Path(__file__).resolve().parents[1]
LIMITS = {
    "first": (None, 1000),
    "again": (1.0, 1000),
    "scores": (10.0, 1000),
    "explain": (None, 1000),
    "compare": (25.0, None),
}
"""Steps with their targets in seconds, on two idle cores, and in megabytes; None where there is none."""
LONG = 25
"""Characters of a reply from which on it gets a word of its own."""


def make(folder: Path, observations: int, select: str, repeats: int) -> None:
    import mmdt

    mmdt.run("organism/demo", select=select, size=20, repeats=repeats, out=folder)
    with closing(sqlite3.connect(folder / "store.sqlite")) as db, db:
        (there,) = db.execute("SELECT count(*) FROM observations").fetchone()
        _repeat(db, max(1, round(observations / there)))
        db.create_function("in_its_own_words", 2, _in_its_own_words, deterministic=True)
        db.execute("UPDATE outputs SET body = in_its_own_words(n, body)")
    _seal(folder)


def _repeat(db: sqlite3.Connection, times: int) -> None:
    """Every row ``times`` times. A group of cases gets a name of its own each time, as its cases do."""
    (most,) = db.execute("SELECT max(n) FROM cases").fetchone()
    numbers = "WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < ?)"
    grouped = "json_set(body, '$.group', json_extract(body, '$.group') || '-' || i)"
    body = f"CASE WHEN json_extract(body, '$.group') <> '' THEN {grouped} ELSE body END"
    rows = {
        "cases": f"n + i * {most}, id || '-r' || i, cell, repeats, {body}, NULL",
        "outputs": f"n + i * {most}, repeat, status, key, body, NULL",
        "observations": f"n + i * {most}, repeat, probe, role, evaluator, fingerprint, question, missing, body, NULL",
    }
    if times > 1:
        for table, columns in rows.items():
            db.execute(f"{numbers} INSERT INTO {table} SELECT {columns} FROM {table} JOIN numbers", (times - 1,))  # noqa: S608


def _in_its_own_words(number: int, body: str) -> str:
    """The stored output with a word in its reply that the other ones do not have; JSON stays as it is."""
    output = json.loads(body)
    text = output.get("text", "")
    if len(text) <= LONG or text.lstrip().startswith(("{", "[")):
        return body
    dice = random.Random(number)
    word = "".join(dice.choice("bcdfghjklmnpqrstvwz") + dice.choice("aeiou") for _ in range(5))
    return json.dumps({**output, "text": f"{text} So says {word}."}, ensure_ascii=False)


def _seal(folder: Path) -> None:
    """The digests of the larger run, so that it opens as whole."""
    from mmdt.engine.store.store import Store
    from mmdt.runs import manifest as manifests
    from mmdt.runs.integrity.sealing import sealed

    manifest = manifests.read(folder)
    with Store.open(folder, write=True) as store:
        (cases,) = store.db.execute("SELECT count(*) FROM cases").fetchone()
        manifest = replace(manifest, data=replace(manifest.data, cases=cases))
        manifests.write(folder, sealed(manifest, store))


def step(what: str, folders: list[str]) -> None:
    """One step, in this process; prints what it took."""
    import mmdt
    from mmdt.stats.scorecard import scorecard

    started = time.perf_counter()
    if what == "compare":
        found = len(mmdt.compare(*folders).rows)
    elif what == "explain":
        found = len(mmdt.explain(folders[0]).findings)
    elif what == "scores":
        run = mmdt.open_run(folders[0])
        found = len(scorecard(run.perspectives(), run.scores()).results)
    else:
        found = len(mmdt.open_run(folders[0]).scorecard().results)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": round(seconds, 2), "found": found}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--observations", type=int, default=1_000_000)
    parser.add_argument("--select", default="**")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        step(given.step[0], given.step[1:])
        return
    busy = warn_if_busy(load())
    with tempfile.TemporaryDirectory() as place:
        environment = {**os.environ, "XDG_CACHE_HOME": str(Path(place) / "cache")}
        folders = [str(Path(place) / name) for name in ("one", "two")]
        for folder in folders:
            make(Path(folder), given.observations, given.select, given.repeats)
        for what in LIMITS:
            if what == "compare":  # both runs have been scored, as when they ended
                timed([sys.executable, "-m", "bench.million", "--step", "first", folders[1]], ROOT, environment)
            before = load()
            command = [sys.executable, "-m", "bench.million", "--step", what, *folders]
            took, said = timed(command, ROOT, environment, memory=True)
            line = {"bench": "million", "step": what, "observations": given.observations, "select": given.select}
            found = {**json.loads(said), "cpu": round(took.cpu, 2), "megabytes": took.megabytes}
            limit = dict(zip(("limit", "megabytes_limit"), LIMITS[what], strict=True))
            print(json.dumps({**line, **found, **limit, "load": before, "busy": busy}), flush=True)


if __name__ == "__main__":
    main()
