"""A run whose write-ahead log was lost or cut says what is gone, and does not go on as if nothing was."""

import shutil

import pytest

import mmdt
from mmdt.engine.store.store import Store
from tests.engine.test_money import run, start
from tests.servers.openai_server import OpenAIServer
from tests.waiting import until


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A run that was killed after 150 answers or more; its log is not yet in the database."""
    folder = tmp_path_factory.mktemp("killed") / "run"
    with OpenAIServer(latency=0.05).in_thread() as server:
        run(server, folder, "--max-requests", 30).communicate()  # all cases are in the database
        process = start("resume", folder, "--max-requests", 2000)
        until(lambda: Store.open(folder).kept().outputs >= 150)
        process.kill()
        process.communicate()
    return folder


def verb(*arguments):
    process = start(*arguments)
    out, err = process.communicate(timeout=90)
    return process.returncode, out + err


def lost(folder):
    (folder / "store.sqlite-wal").unlink()


def cut(folder):
    log = folder / "store.sqlite-wal"
    log.write_bytes(log.read_bytes()[:8192])  # its end may be old: what was copied into the database already


def zeroed(folder):
    log = folder / "store.sqlite-wal"
    log.write_bytes(bytes(log.stat().st_size))


@pytest.mark.parametrize("damage", [lost, cut, zeroed])
def test_answers_that_are_gone_are_counted(tmp_path, killed, damage):
    folder = shutil.copytree(killed, tmp_path / "run")
    damage(folder)
    for name in ("resume", "score"):
        code, said = verb(name, folder)
        assert code == 1, said
        assert "outputs are gone" in said and "transactions of the store are gone" in said and "--reuse" in said
    code, said = verb("verify", folder)
    assert code == 1 and "outputs are gone" in said
    code, said = verb("show", folder)
    assert "outputs are gone" in " ".join(said.split()) and "Complete:" not in said


def test_a_store_without_its_log_has_all_cases(tmp_path, killed):
    """They were on the disk before the manifest said so: only answers that nobody counted are asked again."""
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("manifest.json", "store.sqlite"):
        shutil.copy(killed / name, folder / name)
    shutil.copytree(killed / "artifacts", folder / "artifacts")
    with Store.open(folder) as store:
        assert sum(count.cases for count in store.counts().values()) == 600
    assert not mmdt.open_run(folder).complete


def test_with_its_log_the_run_goes_on(tmp_path, killed):
    folder = shutil.copytree(killed, tmp_path / "run")
    assert not mmdt.verify(folder).findings
    assert not mmdt.open_run(folder).complete
