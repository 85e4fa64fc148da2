"""``--fresh`` never loses a run: it is deleted after the first answer of the new one, and only what is mmdt's."""

import subprocess
import sys

import pytest

import mmdt
from mmdt.errors import MmdtError, UsageError
from mmdt.runs.replaced import ASIDE
from tests.servers.behaviour import Fault
from tests.servers.cli import ROOT
from tests.servers.openai_server import OpenAIServer

SELECT = "safety/t2i/vanilla"
KEY = "sk-planted-0123456789abcdef"


@pytest.fixture
def paid(tmp_path):
    """A run that cost something, with a file of the user's beside it."""
    folder = tmp_path / "run"
    mmdt.run("organism/demo", select=SELECT, size=2, out=folder)
    (folder / "notes.txt").write_text("mine")
    (folder / "old").mkdir()
    return folder


def outputs(folder):
    return len(mmdt.open_run(folder).to_pandas("outputs"))


def test_a_fresh_run_replaces_the_old_one_and_leaves_other_files(paid):
    run = mmdt.run("organism/demo", select=SELECT, size=1, out=paid, fresh=True)
    assert run.complete and outputs(paid) == 6
    assert (paid / "notes.txt").read_text() == "mine" and (paid / "old").is_dir()
    assert not list(paid.glob(f"{ASIDE}*"))
    assert mmdt.verify(paid).ok


def test_files_among_the_pictures_stay_too(paid):
    (paid / "artifacts" / "notes").mkdir()
    mine = [paid / "artifacts" / "mine.png", paid / "artifacts" / "notes" / "a.txt"]
    for path in mine:
        path.write_text("mine")
    run = mmdt.run("organism/demo", select=SELECT, size=1, seed=5, out=paid, fresh=True)
    assert run.complete and mmdt.verify(paid).ok
    assert [path.read_text() for path in mine] == ["mine", "mine"]
    kept = {path.stem for path in (paid / "artifacts").rglob("*.png")} - {"mine"}
    assert kept == {image.digest for row in run.joined() for image in row.output.images}


def test_one_bad_row_costs_nothing(paid, tmp_path):
    before = mmdt.verify(paid).root
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"prompt": 3}\n')
    with pytest.raises(MmdtError):
        mmdt.run("organism/demo", select=SELECT, data=str(bad), out=paid, fresh=True)
    assert mmdt.verify(paid).ok and mmdt.verify(paid).root == before
    assert not list(paid.glob(f"{ASIDE}*"))


def test_a_missing_key_costs_nothing(paid, monkeypatch):
    before = mmdt.verify(paid).root
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(MmdtError):
        mmdt.run("openai/gpt-4o", select="safety/i2t/vanilla", judge="openai/gpt-4o", out=paid, fresh=True)
    assert mmdt.verify(paid).ok and mmdt.verify(paid).root == before


def test_while_nothing_answers_the_old_run_is_kept(paid, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    ask = {"select": "safety/i2t/typography", "data": "embedded", "judge": "embedded", "allow_embedded_judge": True}
    with OpenAIServer(behaviour=lambda asked, nth: Fault("wrong_key")).in_thread() as server:
        run = mmdt.run("openai/gpt-4o", **ask, size=1, base_url=server.url, out=paid, fresh=True)
    assert run.manifest.ended.how == "incomplete" and ASIDE in run.manifest.ended.reason
    assert outputs(paid / ASIDE) == 12
    with OpenAIServer().in_thread() as server:
        run = mmdt.resume(paid, base_url=server.url)
    assert run.complete
    assert not (paid / ASIDE).exists(), "and it is deleted once the new one has an answer"


def test_a_second_fresh_keeps_the_run_with_answers(paid, monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    ask = {"select": "safety/i2t/typography", "data": "embedded", "judge": "embedded", "allow_embedded_judge": True}
    with OpenAIServer(behaviour=lambda asked, nth: Fault("wrong_key")).in_thread() as server:
        for _ in range(2):
            mmdt.run("openai/gpt-4o", **ask, size=1, base_url=server.url, out=paid, fresh=True)
    assert outputs(paid / ASIDE) == 12
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"prompt": 3}\n')
    with pytest.raises(MmdtError):
        mmdt.run("organism/demo", select=SELECT, data=str(bad), out=paid, fresh=True)
    assert outputs(paid) == 12 and mmdt.verify(paid).ok, "the last run with answers is back"


def test_a_run_without_fresh_is_refused_and_nothing_moves(paid):
    before = sorted(paid.rglob("*"))
    with pytest.raises(UsageError, match="fresh=True replaces it"):
        mmdt.run("organism/demo", select=SELECT, size=1, out=paid)
    assert sorted(paid.rglob("*")) == before


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {root!r})
import mmdt
steps = int(sys.argv[1])
def counted(real):
    def step(*arguments, **named):
        global steps
        steps -= 1
        if steps < 0:
            os.kill(os.getpid(), 9)
        return real(*arguments, **named)
    return step
for name in ("rename", "mkdir", "unlink", "rmdir"):
    setattr(Path, name, counted(getattr(Path, name)))
import shutil
shutil.rmtree = counted(shutil.rmtree)
mmdt.run("organism/demo", select={select!r}, size=1, out=sys.argv[2], fresh=True)
"""


@pytest.mark.parametrize("verb", ["fresh", "resume"])
@pytest.mark.parametrize("steps", [*range(14), 17, 20])
def test_killed_at_any_step_the_folder_is_still_taken(paid, steps, verb):
    """Before every change that ``--fresh`` makes to the folder the process is killed."""
    code = KILLED.format(root=str(ROOT), select=SELECT)
    ended = subprocess.run([sys.executable, "-c", code, str(steps), str(paid)], capture_output=True, text=True)
    assert ended.returncode in (0, -9), ended.stderr
    if verb == "fresh":
        run = mmdt.run("organism/demo", select=SELECT, size=1, out=paid, fresh=True)
        assert outputs(paid) == 6
    else:
        run = mmdt.resume(paid)
        assert outputs(paid) in (6, 12), "the old one or the new one, whole"
    assert run.complete and mmdt.verify(paid).ok
    assert (paid / "notes.txt").read_text() == "mine"
    left = {each.name for each in paid.iterdir()}
    assert not {each for each in left if each.startswith(ASIDE)}
