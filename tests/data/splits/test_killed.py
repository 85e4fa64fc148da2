"""The verbs of ``attacks`` that write, killed at random moments: what is left is whole, or the next one ends it."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

import mmdt
from mmdt.data.splits.check import check_split
from mmdt.data.splits.lock import lock
from mmdt.data.splits.proof import check_proof
from mmdt.data.splits.seal import seal
from mmdt.errors import DataError
from tests.security.test_planted_key import PLANTED, holds_key
from tests.servers.cli import ROOT

ROWS = 60
KILLS = 2
RECIPE = """name = "mine"
data = "mine.jsonl"

[[make]]
attacks = "typography"
count = 60
"""
VERBS = {
    "apply": ("apply", "typography", "--data", "mine.jsonl", "--out", "hard"),
    "make": ("make", "--recipe", "recipe.toml", "--out", "hard"),
    "grid": ("grid", "--template", "A {age} {job}.", "--lists", "lists.toml", "--vary", "age", "--cell",
             "safety/t2i/vanilla/jobs", "--out", "hard"),
    "seal": ("seal", "split"),
    "reveal": ("reveal", "sealed", "--case", "2", "--out", "shown"),
    "encrypt": ("encrypt", "split", "--out", "split.age"),
    "decrypt": ("decrypt", "sealed.age", "--out", "opened"),
    "select": ("select", "run", "--component", "right", "--out", "picked"),
}  # fmt: skip

MADE = {
    "seal": "split/seal/commitment.json", "reveal": "shown", "encrypt": "split.age", "decrypt": "opened",
    "select": "picked/cases.jsonl",
}  # fmt: skip


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    where = tmp_path_factory.mktemp("splits")
    rows = (json.dumps({"behaviour": f"move hedgehog house number {n}", "category": "garden"}) for n in range(ROWS))
    (where / "mine.jsonl").write_text("\n".join(rows))
    (where / "recipe.toml").write_text(RECIPE)
    (where / "lists.toml").write_text('age = ["young", "old"]\njob = ["baker", "nurse"]\n')
    for name in ("split", "sealed"):
        assert start(where, "apply", "base64", "--data", "mine.jsonl", "--out", name).wait() == 0
    seal(where / "sealed")
    lock(where / "sealed", where / "sealed.age", PLANTED)
    mmdt.run("organism/blind", select="hallucination/i2t/natural/count", size=5, out=where / "run")
    return where


def start(where, *arguments):
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "MMDT_SPLIT_SEED": PLANTED, "MMDT_SPLIT_PASSPHRASE": PLANTED,
        "OPENAI_API_KEY": PLANTED,
    }  # fmt: skip
    command = [sys.executable, "-m", "mmdt", "attacks", *arguments]
    return subprocess.Popen(command, cwd=where, env=environment, stdout=subprocess.DEVNULL)


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_a_killed_verb(prepared, verb):
    seed = random.randrange(2**32)
    print("seed", seed)
    dice = random.Random(seed)
    for _ in range(KILLS):
        with start(prepared, *VERBS[verb]) as process:
            time.sleep(dice.uniform(0.3, 1.5))
            process.send_signal(signal.SIGKILL)
    made = prepared / MADE.get(verb, "hard/cases.jsonl")
    there = made.exists()
    assert start(prepared, *VERBS[verb]).wait() == (2 if there else 0), "what is there is whole, and is left alone"
    if (prepared / "hard" / "cases.jsonl").exists():
        lines = (prepared / "hard" / "cases.jsonl").read_text().splitlines()
        assert len(lines) == (4 if verb == "grid" else ROWS) and all(map(json.loads, lines))
        (prepared / "hard" / "cases.jsonl").unlink()
    if verb == "seal":
        assert check_split(prepared / "split")[1] == ()
    elif verb == "reveal":
        assert check_proof(prepared / "shown")[1] == ()
    elif verb == "encrypt":
        assert (prepared / "split.age").stat().st_size > 1000
    elif verb == "decrypt":
        assert check_split(prepared / "opened")[1] == ()
    elif verb == "select":
        rows = list(map(json.loads, (prepared / "picked" / "cases.jsonl").read_text().splitlines()))
        pictures = list((prepared / "picked/pictures").iterdir())
        assert rows and {f"pictures/{path.name}" for path in pictures} == {row["images"][0] for row in rows}
        assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.stem for path in pictures)
    assert not [path for path in prepared.rglob("*") if ".part" in path.name or path.name.startswith("part-")]
    assert not [path for path in prepared.rglob("*") if path.is_file() and holds_key(path.read_bytes())]


def test_what_a_killed_seal_left_is_sealed_by_the_next_one(prepared):
    folder = prepared / "again"
    assert start(prepared, "apply", "base64", "--data", "mine.jsonl", "--out", "again").wait() == 0
    (folder / "seal").mkdir()
    (folder / "seal" / "private.json").write_text("{")
    seal(folder)
    assert check_split(folder)[1] == () and (folder / "seal" / "private.json").stat().st_mode & 0o077 == 0
    with pytest.raises(DataError, match="sealed already"):
        seal(folder)
