"""Every verb killed at random moments: whatever is left is whole, or says why not, and a later verb ends the work."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

import mmdt
from mmdt.disk.whole import HOST
from mmdt.errors import MmdtError
from mmdt.runs.people.labels import LabelFile
from tests.servers.cli import ROOT
from tests.servers.judging import judge
from tests.servers.openai_server import OpenAIServer

SELECT = ("safety/t2i/vanilla", "privacy/i2t/pii")
CHOSEN = ("--select", SELECT[0], "--select", SELECT[1])
KILLS = 4
LEAST = {"explain": 300}
"""Bytes of a whole file, where it is small."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "run"
    mmdt.run("organism/demo", select=SELECT, size=20, out=folder)
    return folder


def start(*arguments):
    command = [sys.executable, "-m", "mmdt", *map(str, arguments)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)


def killed(dice, *arguments, most=1.6):
    """Whether it was killed before it ended."""
    with start(*arguments) as process:
        time.sleep(dice.uniform(0.3, most))
        process.send_signal(signal.SIGKILL)
        process.wait()
    return process.returncode == -signal.SIGKILL


def sound(folder):
    """Nothing in the folder is damaged, and a run that is not whole does not say that it is complete."""
    try:
        found = mmdt.verify(folder)
    except MmdtError:
        return  # killed before there was anything
    assert not found.findings, [str(each) for each in found.findings]
    if not found.ok:
        assert not mmdt.open_run(folder).complete


def seeded():
    seed = random.randrange(2**32)
    print("seed", seed)
    return random.Random(seed)


@pytest.mark.slow
def test_run_and_resume(tmp_path, whole):
    dice, folder = seeded(), tmp_path / "run"
    for number in range(KILLS):
        begun = (folder / "manifest.json").exists()
        verb = ("resume", folder) if begun else ("run", "organism/demo", *CHOSEN, "--size", 20, "--out", folder)
        killed(dice, *verb, most=1.2 if number else 1.0)
        if folder.exists():
            sound(folder)
    begun = (folder / "manifest.json").exists()
    last = ("resume", folder) if begun else ("run", "organism/demo", *CHOSEN, "--size", 20, "--out", folder)
    assert start(*last).wait() == 0
    assert mmdt.verify(folder).ok
    assert repr(mmdt.open_run(folder).scorecard()) == repr(mmdt.open_run(whole).scorecard())
    assert not list(folder.rglob("*.part"))


@pytest.mark.slow
def test_score(tmp_path, whole):
    dice, folder = seeded(), shutil.copytree(whole, tmp_path / "run")
    for _ in range(KILLS):
        killed(dice, "score", folder)
        sound(folder)
    assert start("score", folder).wait() == 0
    assert mmdt.verify(folder).ok
    assert repr(mmdt.open_run(folder).scorecard()) == repr(mmdt.open_run(whole).scorecard())


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["report", "frameworks", "export", "card", "gate", "explain", "fresh"])
def test_what_only_writes_a_file(tmp_path, whole, verb):
    dice, folder = seeded(), shutil.copytree(whole, tmp_path / "run")
    targets = {"report": folder / "report.html", "export": tmp_path / "rows.parquet", "gate": folder / "gate.xml"}
    targets |= {"frameworks": folder / "frameworks.html", "card": tmp_path / "card.html"}
    targets["explain"] = tmp_path / "pictures" / "resilience-t2i.csv"
    target = targets.get(verb)
    rules = tmp_path / "gate.toml"
    rules.write_text("[[rule]]\nmax_missing = 1.0\n")
    command = {
        "report": ("report", folder),
        "frameworks": ("report", folder, "--framework", "nist-ai-rmf"),
        "export": ("export", folder, target),
        "card": ("export", folder, target, "--format", "run-card"),
        "gate": ("gate", folder, "--rules", rules, "--junit", target),
        "explain": ("explain", folder, "--figures", tmp_path / "pictures"),
        "fresh": ("run", "organism/demo", *CHOSEN, "--size", 20, "--out", folder, "--fresh"),
    }[verb]
    for _ in range(KILLS):
        if killed(dice, *command) and target is not None and target.exists():
            assert target.stat().st_size > LEAST.get(verb, 1000), "it is whole, or it is not there"
        sound(folder)
    assert start(*command).wait() == 0
    assert mmdt.verify(folder).ok
    assert not [*tmp_path.rglob("*.part"), *tmp_path.rglob("part-*")], "what was killed left nothing behind"


def test_what_killed_reports_and_exports_left_is_removed_by_the_next(tmp_path, whole):
    folder = shutil.copytree(whole, tmp_path / "run")
    with start("list") as ended:
        ended.wait()
    left = [folder / f"report.html.{ended.pid}-7-{HOST}.part", folder / f"part-{ended.pid}-7-{HOST}-rows.csv"]
    kept = [folder / f"report.html.{os.getpid()}-7-{HOST}.part", folder / "part-x-rows.csv", folder / "rows.csv.part"]
    for path in (*left, *kept):
        path.write_text("half")
    run = mmdt.open_run(folder)
    run.report()
    run.export(folder / "rows.csv")
    assert [path.exists() for path in (*left, *kept)] == [False] * 2 + [True] * 3


def test_what_a_killed_run_left_is_removed_by_the_next_part(tmp_path, whole):
    folder = shutil.copytree(whole, tmp_path / "run")
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"how": "complete"', '"how": "running"'))
    (folder / "artifacts" / "ab").mkdir(exist_ok=True)
    with start("list") as ended:
        ended.wait()
    names = ("manifest.json", "search.json", "report.html", "labels.kept", "artifacts/ab/abc.png")
    left = [folder / f"{name}.{ended.pid}-7-{HOST}.part" for name in names]
    for path in left:
        path.write_bytes(b"half")
    assert mmdt.resume(folder).complete
    assert not [path for path in left if path.exists()]


@pytest.mark.slow
def test_import_and_labels(tmp_path):
    """A killed import is resumed by its own verb; labels that were read are all there or none is."""
    dice, folder = seeded(), tmp_path / "run"
    lines = [
        {"cell": "safety/i2t/jailbreak/sock-hiding", "prompt": f"how {n}?", "reply": "No.", "verdict": "no"}
        for n in range(300)
    ]
    file = tmp_path / "answers.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    judged = ("--judge", "embedded", "--allow-embedded-judge")
    command = ("import", file, "--model", "log", "--out", folder, "--fresh", *judged)
    for _ in range(KILLS):
        killed(dice, *command, most=2.0)
        if folder.exists():
            sound(folder)
    assert start(*command).wait() == 0
    assert mmdt.verify(folder).counts["labels"] == 300
    out = tmp_path / "people.csv"
    assert start("label", folder, "--export", out).wait() == 0
    for number in range(1, KILLS + 1):
        killed(dice, "label", folder, "--import", out, "--annotator", "Bob")
        sound(folder)
        assert len(LabelFile(folder).history()) % 300 == 0, number
    assert mmdt.verify(folder).ok


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_judges(tmp_path, whole):
    """Killed while it asks other judges: the run's own numbers stay, and ``resume`` makes it whole again."""
    with OpenAIServer(responder=judge(lambda asked: True), latency=0.02).in_thread() as server:
        dice, folder = seeded(), shutil.copytree(whole, tmp_path / "run")
        code = start("resume", folder).wait()  # of a run that nobody disturbed
        command = ("judges", folder, "--as", "own/second", "--endpoint", f"own={server.url}")
        for _ in range(2):
            killed(dice, *command, most=2.5)
            sound(folder)
            assert start("resume", folder).wait() == code
        assert start(*command).wait() == 0
        assert mmdt.verify(folder).ok
        assert repr(mmdt.open_run(folder).scorecard()) == repr(mmdt.open_run(whole).scorecard())
        asked = server.log.requests
        assert start(*command).wait() == 0
        assert server.log.requests == asked, "nothing is paid for twice"


@pytest.mark.slow
def test_view(tmp_path, whole):
    """A killed viewer leaves a run as it was, and no file of its own."""
    dice, folder = seeded(), shutil.copytree(whole, tmp_path / "runs" / "run")
    before = {
        path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.suffix in (".json", ".sqlite", ".png")
    }
    for _ in range(2):
        with start("view", tmp_path / "runs", "--no-browser") as process:
            time.sleep(dice.uniform(0.5, 2.5))
            process.kill()
        sound(folder)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert mmdt.verify(folder).ok
    assert not [*tmp_path.rglob("*.part"), *tmp_path.rglob("part-*")]
