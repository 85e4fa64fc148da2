"""A cluster that mmdt starts on this machine: closed to whoever has no token, silent about keys, gone when mmdt is."""

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

import mmdt
from tests.engine.killing import killed_to_the_end, start, write_cases
from tests.models.adapters import ADAPTERS
from tests.security.test_planted_key import PLANTED, echoing, holds_key
from tests.servers.openai_server import OpenAIServer
from tests.waiting import until

pytest.importorskip("ray", reason="the Ray executor is not installed: pip install 'mmdt[ray]'")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

OPTIONS = ("--executor", "ray", "--ray-workers", 1, "--ray-set", "evaluator_cpus=0", "--ray-set", "env=OPENAI_API_KEY")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home and a folder for Ray's logs, whose path must be short: it holds sockets. The umask is the usual one."""
    ray = Path(tempfile.mkdtemp(prefix="r", dir="/tmp"))
    for name in list(os.environ):
        if name.startswith("RAY_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RAY_TMPDIR", str(ray))
    (tmp_path / "home").mkdir()
    before = os.umask(0o022)
    yield ray
    os.umask(before)
    shutil.rmtree(ray, ignore_errors=True)


def run(tmp_path, server, cases, *more):
    judged = ("--data", write_cases(tmp_path, cases), "--judge", "embedded", "--allow-embedded-judge")
    place = ("--base-url", server.url, "--out", tmp_path / "run")
    return ("run", "openai/gpt-4o", "-s", "safety/i2t/typography", *judged, *place, *OPTIONS, *more)


def control_port(process):
    """Where the cluster of a running mmdt listens for drivers."""
    for child in psutil.Process(process.pid).children(recursive=True):
        if "gcs_server" in child.name():
            ports = [each.laddr for each in child.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
            named = next((each for each in child.cmdline() if each.startswith("--gcs_server_port=")), "")
            return next((each for each in ports if named.endswith(f"={each.port}")), None) or ports[0]
    raise AssertionError("no cluster is running")


def connect(port, home, **environment):
    """What `ray status` says about the cluster to somebody with this environment, and its exit code."""
    quiet = {"HOME": str(home), "RAY_TMPDIR": str(home), "RAY_USAGE_STATS_ENABLED": "0"}
    patience = {"RAY_gcs_rpc_server_reconnect_timeout_s": "2", "RAY_gcs_server_request_timeout_seconds": "5"}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    done = subprocess.run(
        [sys.executable, "-m", "ray.scripts.scripts", "status", "--address", f"127.0.0.1:{port}"],
        env={**clean, **quiet, **patience, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def test_who_has_no_token_or_a_wrong_one_is_turned_away(home, tmp_path):
    with OpenAIServer(latency=0.2).in_thread() as server:
        process = start(*run(tmp_path, server, 4000, "-c", 2))
        try:
            until(lambda: server.log.answered >= 5 or process.poll() is not None)
            assert process.poll() is None, process.communicate()
            address = control_port(process)
            token = tmp_path / "home" / ".ray" / "auth_token"
            assert stat.S_IMODE(token.stat().st_mode) == 0o600, "Ray itself leaves it open to everybody"
            logs = next(path for path in home.rglob("logs") if path.is_dir())
            assert not [path for path in logs.rglob("*.log") if path.stat().st_mode & 0o077]
            stranger = tmp_path / "stranger"
            stranger.mkdir()
            wanted = {"RAY_AUTH_MODE": "token"}
            tried = (
                {"RAY_AUTH_MODE": "disabled"},
                {**wanted, "RAY_AUTH_TOKEN": "0" * 32},
                {**wanted, "RAY_AUTH_TOKEN": token.read_text()},
            )
            with ThreadPoolExecutor(3) as pool:
                none, wrong, right = pool.map(lambda given: connect(address.port, stranger, **given), tried)
            for code, said in (none, wrong):
                assert code != 0 and "Resources" not in said, said
                assert "auth" in said.lower(), f"it was turned away for another reason: {said}"
            assert right[0] == 0 and "Resources" in right[1], f"with the token it works: {right}"
        finally:
            children = psutil.Process(process.pid).children(recursive=True)
            named = {each for each in children if each.name() in ("gcs_server", "raylet")}
            process.kill()
            process.communicate()
        _, alive = psutil.wait_procs(named, timeout=60)
        for each in children:  # two agents of Ray's notice a minute later that there is no cluster any more
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        assert named and not alive, "the cluster outlived the process that started it"


def test_killed_drivers_ask_nothing_twice(home, tmp_path):
    with OpenAIServer(latency=0.1).in_thread() as server:
        first = run(tmp_path, server, 60, "-c", 4)
        killed_to_the_end(server, tmp_path / "run", first, 2)
    found = mmdt.open_run(tmp_path / "run")
    assert found.complete and mmdt.verify(tmp_path / "run").ok
    assert len(found.to_pandas("outputs")) == 60


def test_a_key_that_a_server_echoes_is_not_in_rays_logs(home, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", PLANTED)
    with echoing(ADAPTERS[0])().in_thread() as server:
        judged = {"data": str(write_cases(tmp_path, 6)), "judge": "embedded", "allow_embedded_judge": True}
        options = {"executor": "ray", "ray_workers": 1, "ray_options": {"evaluator_cpus": 0, "env": "OPENAI_API_KEY"}}
        done = mmdt.run(
            "openai/gpt-4o",
            select="safety/i2t/typography",
            base_url=server.url,
            out=tmp_path / "run",
            **judged,
            **options,
        )
    assert done.complete
    files = [path for folder in (home, tmp_path) for path in folder.rglob("*") if path.is_file()]
    assert any("logs" in path.parts for path in files)
    assert not {str(path): found for path in files if (found := holds_key(path.read_bytes()))}
