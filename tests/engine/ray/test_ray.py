"""Models and evaluators on a Ray cluster of several nodes on this machine: the same run, wherever the work is done."""

import os
import secrets
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import mmdt
from mmdt.cli.exits import ExitCode
from mmdt.engine.store.store import Store
from mmdt.errors import UsageError
from tests.servers.openai_server import OpenAIServer
from tests.waiting import PATIENCE, until

ray = pytest.importorskip("ray", reason="the Ray executor is not installed: pip install 'mmdt[ray]'")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

TEXT = "safety/i2t/typography"
PICTURES = "safety/t2i/vanilla"
JUDGED = {"data": "embedded", "judge": "embedded", "allow_embedded_judge": True}
STORE = 80 * 1024 * 1024


@pytest.fixture(scope="module")
def cluster():
    """A head without room for workers, so that every worker's node can be killed, and three nodes with some.

    It has a token of its own: Ray asks for one, and a machine on which Ray never ran has none."""
    from ray._private.authentication_test_utils import reset_auth_token_state

    os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_worker_niceness="0", RAY_AUTH_TOKEN=secrets.token_hex(32))
    reset_auth_token_state()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "OPENAI_BASE_URL"):
        os.environ.pop(name, None)
    from ray.cluster_utils import Cluster

    quiet = {"include_dashboard": False, "object_store_memory": STORE}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **quiet})
    for _ in range(3):
        cluster.add_node(num_cpus=1, wait=False, **quiet)
    cluster.wait_for_nodes(timeout=120)
    yield cluster
    ray.shutdown()
    cluster.shutdown()
    del os.environ["RAY_AUTH_TOKEN"]
    reset_auth_token_state()


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def server():
    with OpenAIServer(key="sk-test-0123456789abcdef", latency=0.2).in_thread() as server:
        yield server


def run(out, select=TEXT, model="openai/gpt-4o", **settings):
    return mmdt.run(model, select=select, out=out, **{**JUDGED, **settings})


def on(cluster, **options):
    usual = {"evaluator_cpus": 0, "env": "OPENAI_API_KEY", **options}
    return {"executor": "ray", "ray_address": cluster.address, "ray_options": usual}


def test_text_is_asked_once_and_scored_as_in_one_process(cluster, server):
    here = run("here", base_url=server.url, size=2)
    asked = server.log.requests
    there = run("there", base_url=server.url, size=2, **on(cluster))
    assert there.complete
    assert server.log.requests == 2 * asked
    assert repr(there.scorecard()) == repr(here.scorecard())
    for folder in ("here", "there"):  # what was consumed is counted here, whoever asked
        with Store.open(mmdt.open_run(folder).folder) as store:
            assert store.spent()["openai/gpt-4o"].requests == asked


@pytest.mark.parametrize("shared", [False, True])
def test_pictures_travel_both_ways(cluster, server, shared, tmp_path):
    options = {"shared": str(tmp_path / "shared")} if shared else {}
    painter = {"model": "openai/gpt-image-1.5", "select": PICTURES, "base_url": server.url, "size": 1}
    here = run("here", **painter)
    there = run("there", **painter, **on(cluster, **options))
    made = [[image.digest for row in each.joined() for image in row.output.images] for each in (here, there)]
    assert made[0] == made[1] != []
    assert all(image.pil() for row in there.joined() for image in row.output.images)
    assert (tmp_path / "shared").exists() is shared


def test_a_node_that_dies_costs_what_was_in_flight_and_nothing_else(cluster, server):
    here = run("here", base_url=server.url, size=10)
    cases = server.log.requests
    before = server.log.by_content.copy()
    victim = cluster.add_node(num_cpus=1, include_dashboard=False, object_store_memory=STORE, wait=True)
    at_once, killed = 12, []

    def watch(progress):
        if progress.done > cases // 4 and not killed:
            killed.append(threading.Thread(target=cluster.remove_node, args=(victim, False)))
            killed[0].start()

    there = mmdt.run(
        "openai/gpt-4o",
        select=TEXT,
        out="there",
        progress=watch,
        base_url=server.url,
        size=10,
        concurrency=at_once,
        ray_workers=4,
        **JUDGED,
        **on(cluster),
    )
    killed[0].join()
    assert there.complete
    assert repr(there.scorecard()) == repr(here.scorecard())
    again = server.log.by_content - before
    assert set(again) == set(before)
    assert max(again.values()) <= 2
    asked_twice = sum(count - 1 for count in again.values())
    assert asked_twice <= at_once // 4 + 1, "more than one worker's share was asked again"


def test_the_chat_judge_asks_through_the_cluster_too(cluster, server):
    settings = {"judge": "openai/gpt-4o", "judge_base_url": server.url, "base_url": server.url, "size": 1}
    done = run("there", **settings, **on(cluster))
    outputs = len(done.to_pandas("outputs"))
    with Store.open(done.folder) as store:
        assert store.spent()["openai/gpt-4o"].requests == server.log.requests > outputs


def test_no_key_is_written_anywhere(cluster, server, tmp_path):
    run("there", base_url=server.url, size=1, **on(cluster))
    session = Path(cluster.head_node.get_session_dir_path())
    files = [path for folder in (session, tmp_path) for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert not [path for path in files if b"sk-test-0123456789abcdef" in path.read_bytes()]


def test_a_worker_without_the_key_reports_it(cluster, server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    done = run("there", base_url=server.url, size=1, **on(cluster, env=""))
    assert not done.complete
    assert "OPENAI_API_KEY" in done.manifest.ended.reason
    assert server.log.requests == 0


def test_a_cluster_without_room_is_an_error(cluster, server):
    with pytest.raises(UsageError, match=r"no Ray worker started.*64 CPU.*the cluster has"):
        run("there", base_url=server.url, size=1, **on(cluster, model_cpus=64, patience=2))
    assert server.log.requests == 0


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ray_address": "ray://head:10001"}, "cannot use a Ray client address"),
        ({"ray_address": "127.0.0.1:1"}, "cannot connect to a Ray cluster.*refused.*127.0.0.1:1"),
        ({"ray_address": "127.0.0.1:gcs"}, "cannot connect to a Ray cluster.*127.0.0.1:gcs"),
        ({"ray_options": {"gpus": 1}}, "unknown setting 'gpus'.*model_gpus"),
        ({"ray_options": {"env": "NO_SUCH_VARIABLE"}}, "NO_SUCH_VARIABLE is not set"),
        ({"ray_workers": 0}, "ray_workers is 0|0 workers"),
    ],
)
def test_invalid_options(settings, words, tmp_path):
    with pytest.raises(UsageError, match=words):
        run("there", model="organism/demo", executor="ray", **settings)
    assert not (tmp_path / "there").exists()


def test_an_interrupted_run_resumes_in_one_process(cluster, server, tmp_path):
    """Ctrl-C stops it soon, what came back is kept, and the rest is asked without the cluster."""
    options = ["--data", "embedded", "--size", "10", "--judge", "embedded", "--allow-embedded-judge", "-c", "6"]
    where = ["--executor", "ray", "--ray-address", cluster.address, "--ray-set", "env=OPENAI_API_KEY"]
    asked = ["openai/gpt-4o", "--select", TEXT, "--base-url", server.url, "--out", "there"]
    command = [sys.executable, "-m", "mmdt", "run", *asked]
    with subprocess.Popen([*command, *options, *where, "--ray-set", "evaluator_cpus=0"], cwd=tmp_path) as process:
        until(lambda: server.log.answered >= 20 or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        code = process.wait(PATIENCE)
    assert code == ExitCode.INTERRUPTED
    stopped = server.log.requests
    kept = (mmdt.open_run("there").to_pandas("outputs")["status"] == "answered").sum()
    assert 20 <= kept <= stopped <= kept + 6
    done = mmdt.resume("there", executor="local")
    assert done.complete
    assert server.log.requests - stopped == len(done.to_pandas("outputs")) - kept


def test_a_model_that_takes_batches_gets_them(cluster, tmp_path):
    settings = {"model": "organism/demo", "size": 3, "seed": 5}
    assert repr(run("there", **settings, **on(cluster)).scorecard()) == repr(run("here", **settings).scorecard())


def test_when_every_worker_is_lost_the_run_stops_and_can_be_resumed(cluster, server):
    """The only node with room for these workers dies, and no other one can take their place."""
    node = cluster.add_node(num_cpus=0, num_gpus=1, include_dashboard=False, object_store_memory=STORE, wait=True)
    killed = []

    def watch(progress):
        if progress.done > 10 and not killed:
            killed.append(threading.Thread(target=cluster.remove_node, args=(node, False)))
            killed[0].start()

    only = on(cluster, model_cpus=0, model_gpus=1, patience=15)
    there = run("there", base_url=server.url, size=10, concurrency=4, ray_workers=1, progress=watch, **only)
    killed[0].join()
    assert there.manifest.ended.how == "incomplete"
    assert "no Ray worker is left" in there.manifest.ended.reason
    assert mmdt.resume("there", executor="local").complete
    assert max(server.log.by_content.values()) <= 2
