import os
import signal
import socket
import subprocess
import sys

import pytest

from mmdt.engine.store.lock import RunLock
from mmdt.engine.store.store import Store
from mmdt.errors import StoreError

HOLD = "import sys, time; from pathlib import Path; from mmdt.engine.store.store import Store\n"
HOLD += "store = Store.open(Path(sys.argv[1]), write=True); print('held', flush=True); time.sleep(60)"


@pytest.fixture
def other_process(tmp_path):
    Store.create(tmp_path).close()
    process = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_process_is_refused_and_told_who_holds_the_lock(tmp_path, other_process):
    with pytest.raises(StoreError) as caught:
        Store.open(tmp_path, write=True)
    message = str(caught.value)
    assert f"process {other_process.pid} on {socket.gethostname()}" in message
    assert str(tmp_path) in message
    with Store.open(tmp_path) as reader:  # reading is free
        assert reader.counts() == {}
    assert "process" in (tmp_path / "lock.holder").read_text()  # the refusal has not disturbed the holder


def test_a_killed_process_releases_the_lock(tmp_path, other_process):
    other_process.send_signal(signal.SIGKILL)
    other_process.wait()
    with Store.open(tmp_path, write=True) as store:
        assert store.counts() == {}


def test_released_on_close(tmp_path):
    store = Store.create(tmp_path)
    with pytest.raises(StoreError, match=f"process {os.getpid()} "):
        Store.open(tmp_path, write=True)
    store.close()
    store.close()
    Store.open(tmp_path, write=True).close()
    assert not (tmp_path / "lock.holder").exists()


def test_a_folder_that_cannot_be_locked(tmp_path):
    with pytest.raises(StoreError, match=r"/proc/self"):
        RunLock(tmp_path.__class__("/proc/self")).acquire()
