"""Ctrl-C through the real command, then resume: no request is sent twice, and the key is not on disk."""

import os
import signal
import subprocess
import sys

from tests.servers.cli import ROOT, spawned
from tests.waiting import PATIENCE, until

KEY = "sk-planted-0123456789abcdef"


def mmdt(*arguments):
    environment = {**os.environ, "OPENAI_API_KEY": KEY, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "mmdt", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_ctrl_c_and_resume(tmp_path):
    folder = tmp_path / "a run ☃"
    with spawned("openai_server", "--latency", "0.5", "--key", KEY) as server:
        run = mmdt("run", "openai/gpt-4o", "--select", "safety/i2t/typography", "--data", "embedded", "--size", 20,
                   "--base-url", server.url, "--judge", "embedded", "--allow-embedded-judge", "-c", 4,
                   "--out", folder)  # fmt: skip
        until(lambda: run.poll() is not None or server.log()["answered"] >= 10)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=PATIENCE)
        assert run.returncode == 130
        assert "Incomplete" in out and f"mmdt resume '{folder}'" in err
        resumed = mmdt("resume", folder, "-c", 64)
        out, err = resumed.communicate(timeout=PATIENCE)
        assert resumed.returncode == 0, err
        assert "Complete: all 120 outputs" in out
        assert server.log()["requests"] == 120
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert kept and not any(KEY.encode() in path.read_bytes() for path in kept)
