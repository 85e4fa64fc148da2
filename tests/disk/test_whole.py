"""Files are there completely or not at all: errors, killed processes, threads, devices."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mmdt.disk.whole import HOST, remove_abandoned, unfinished, whole, whole_folder, write_whole
from tests.servers.cli import ROOT

NOBODY = 2**31 - 1
"""No process has this number."""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_by_the_whole_one_alone(tmp_path):
    path = tmp_path / "a.json"
    write_whole(path, b"old", durable=True)
    with pytest.raises(ZeroDivisionError), whole(path) as part:
        part.write_bytes(b"half")
        assert path.read_bytes() == b"old" and part.suffix == ".part"
        1 / 0  # noqa: B018
    assert path.read_bytes() == b"old" and names(tmp_path) == ["a.json"]
    write_whole(path, b"new")
    assert path.read_bytes() == b"new" and names(tmp_path) == ["a.json"]


def test_who_can_read_it(tmp_path):
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "mine", b"")
        write_whole(tmp_path / "ours", b"", private=False)
    finally:
        os.umask(before)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("mine", "ours")] == [0o600, 0o644]


def test_a_library_that_goes_by_the_ending_sees_it(tmp_path):
    with whole(tmp_path / "a.parquet", same_ending=True) as part:
        assert part.suffix == ".parquet" and part.parent == tmp_path
        part.write_bytes(b"x")
    assert names(tmp_path) == ["a.parquet"]


def test_what_dead_processes_left_is_removed_and_nothing_else(tmp_path):
    dead = [f"a.json.{NOBODY}-1-{HOST}.part", f"part-{NOBODY}-1-{HOST}-a.json", f"a.json.{10**30}-1-{HOST}.part"]
    foreign = f"b.json.{NOBODY}-1-{HOST}.part"
    others = ["a.json.part", "part-1.json", foreign, f"a.json.{os.getpid()}-1-{HOST}.part", f"a.json.1-1-{HOST}.party"]
    for name in (*dead, *others):
        (tmp_path / name).write_bytes(b"half")
    write_whole(tmp_path / "a.json", b"whole")
    assert names(tmp_path) == sorted(["a.json", *others])
    remove_abandoned(tmp_path)
    assert names(tmp_path) == sorted(["a.json", *(name for name in others if name != foreign)])


def test_what_another_machine_is_writing_stays_for_a_day(tmp_path):
    part = tmp_path / f"a.json.{NOBODY}-1-{int(HOST, 16) ^ 1:08x}.part"
    part.write_bytes(b"half")
    write_whole(tmp_path / "a.json", b"whole")
    assert part.exists()
    os.utime(part, (0, 0))
    write_whole(tmp_path / "a.json", b"whole")
    assert names(tmp_path) == ["a.json"]


def test_a_folder_is_there_whole_or_not_at_all(tmp_path):
    out = tmp_path / "made"
    (tmp_path / f"made.{NOBODY}-1-{HOST}.part" / "in").mkdir(parents=True)
    with pytest.raises(ZeroDivisionError), whole_folder(out) as part:
        (part / "a").write_bytes(b"half")
        1 / 0  # noqa: B018
    assert names(tmp_path) == []
    with whole_folder(out) as part:
        (part / "a").write_bytes(b"all")
    assert names(tmp_path) == ["made"] and out.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError), whole_folder(out):
        raise AssertionError("not reached")


def test_threads_do_not_write_into_one_another(tmp_path):
    path, texts = tmp_path / "a", [bytes([65 + number]) * 300_000 for number in range(8)]
    threads = [threading.Thread(target=write_whole, args=(path, text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in texts and names(tmp_path) == ["a"]


def test_a_pipe_is_written_to_as_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"rows", private=False)
    reader.join()
    assert read == [b"rows"] and names(tmp_path) == ["pipe"]


def test_a_folder_that_cannot_be_written_is_an_os_error(tmp_path):
    with pytest.raises(OSError):
        write_whole(tmp_path / "none" / "a", b"x")
    (tmp_path / "in-the-way").mkdir()
    with pytest.raises(OSError):
        write_whole(tmp_path / "in-the-way", b"x")
    assert names(tmp_path) == ["in-the-way"]


def test_a_process_that_is_killed_while_it_writes(tmp_path):
    path = tmp_path / "a"
    write_whole(path, b"old")
    code = (
        "import os, signal, sys, pathlib; from mmdt.disk.whole import whole\n"
        "with whole(pathlib.Path(sys.argv[1])) as part:\n"
        "    part.write_bytes(b'half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", code, path], env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert ended.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old" and len(names(tmp_path)) == 2
    write_whole(path, b"new")
    assert path.read_bytes() == b"new" and names(tmp_path) == ["a"]


def test_the_name_of_what_is_being_written_is_no_name_of_data():
    name = Path(unfinished("folder/cases.jsonl")).name
    assert name.startswith("cases.jsonl.") and not name.endswith(".jsonl")


def test_nothing_else_in_mmdt_renames_what_it_has_written():
    """One helper knows how; a file that renames something else is named here."""
    folders = {"mmdt/disk/whole.py", "mmdt/runs/replaced.py", "mmdt/engine/store/artifacts.py", "mmdt/attacks/save.py"}
    found = set()
    for path in (ROOT / "mmdt").rglob("*.py"):
        text = path.read_text("utf-8")
        if any(each in text for each in (".rename(", "os.replace(", "part.replace(", "temporary.replace(", "mkstemp(")):
            found.add(path.relative_to(ROOT).as_posix())
    assert found <= folders
