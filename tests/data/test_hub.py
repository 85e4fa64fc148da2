"""The hub through the ``datasets`` library itself, over real HTTP, against a small hub on this machine.

The library reads its settings when it is imported, so each test is a process of its own.
"""

import errno
import json
import os
import subprocess
import sys

import pytest

from mmdt.data.hub import explained
from tests.hub_copy import REPOS
from tests.servers.hub_server import COMMIT, HubServer

REPO = REPOS["i2t"]
ASK = """
import hashlib, json, os, sys
from mmdt.data.hub import HubDataset
from mmdt.errors import MmdtError

for repo, revision, config, split in json.loads(sys.argv[1]):
    hub = HubDataset(repo, revision)
    try:
        rows = list(hub.rows(config, split))
        pictures = [hashlib.sha256(row.image("image").read()).hexdigest() for row in rows]
        said = {"rows": len(rows), "first": rows[0].text("prompts"), "pictures": pictures,
                "where": str(rows[1].error("x", "w")), "fingerprint": hub.fingerprint([(config, split)]),
                "splits": hub.splits(config)}
        if revision is None and "HF_HUB_OFFLINE" not in os.environ:
            said["other"] = hub.splits("adv")
    except MmdtError as error:
        said = {"what": error.what, "where": error.where, "hint": error.hint}
    print(json.dumps(said))
"""


def ask(home, questions, **env):
    """What HubDataset says to each of (repo, revision, config, split)."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(questions)],
        env={**os.environ, "HF_HOME": str(home), **env},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("hf")


@pytest.fixture(scope="module")
def online(hub_copy, home):
    """One process online, with all its questions."""
    with HubServer({REPO: hub_copy / REPO.split("/")[1]}).running() as hub:
        answers = ask(
            home,
            [
                (REPO, None, "safety", "typography"),
                (REPO, "v1", "safety", "jailbreak"),
                (REPO, None, "safety", "vanilla"),
                (REPO, None, "weather", "typography"),
                (REPO, "v9", "safety", "typography"),
                ("AI-Secure/Nothing", None, "safety", "typography"),
            ],
            HF_ENDPOINT=hub.url,
        )
        return answers, hub.requests


def test_rows_pictures_and_commit(online, hub_copy):
    from mmdt.data.local import find_copy

    (first, tagged, *_), _ = online
    local = list(find_copy(hub_copy, REPO).rows("safety", "typography"))
    assert (first["rows"], first["first"]) == (len(local), local[0].text("prompts"))
    assert first["pictures"] == [row.image("image").digest for row in local]  # not decoded and encoded again
    assert first["fingerprint"] == tagged["fingerprint"] == COMMIT
    assert f"{REPO} safety/typography, row 1, column 'x'" in first["where"]
    assert set(first["splits"]) == {"typography", "illustration", "jailbreak"}


def test_a_configuration_is_downloaded_once(online):
    _, requests = online
    assert len([each for each in requests if each.startswith("GET") and each.endswith(".parquet")]) == 3


def test_all_configurations_are_read_at_one_commit(online):
    answers, requests = online
    assert set(answers[0]["other"]) == {"object", "attribute", "spatial"}
    asked_of_main = [each for each in requests if each == f"HEAD /datasets/{REPO}/resolve/main/README.md"]
    assert len(asked_of_main) == 3  # once for each question without a revision, not once a configuration


def test_what_the_hub_does_not_have(online):
    (_, _, split, config, revision, repo), _ = online
    assert "vanilla" in split["what"]
    assert all(name in split["what"] for name in ("typography", "illustration", "jailbreak"))
    assert split["where"] == f"{REPO} safety/vanilla"
    assert "weather" in config["what"]
    assert "safety" in config["what"]
    assert "v9" in revision["what"]
    assert "AI-Secure/Nothing" in repo["what"]
    assert all("check the name" in each["hint"] for each in (revision, repo))


def test_offline_the_cache_serves(online, home):
    questions = [
        (REPO, None, "safety", "typography"),
        (REPO, COMMIT, "safety", "typography"),
        (REPO, "fedcba9876543210", "safety", "typography"),
        (REPOS["t2i"], None, "safety", "vanilla"),
        (REPO, None, "ood", "original"),
    ]
    cached, same, other, absent, config = ask(home, questions, HF_HUB_OFFLINE="1")
    assert cached == {key: value for key, value in online[0][0].items() if key != "other"}
    assert same["rows"] == cached["rows"]
    assert "revision fedcba9876543210 was requested, but only" in other["what"]
    assert absent["what"] == config["what"] == "the hub cannot be reached, and the data is not in the cache"
    assert f"hf download {REPOS['t2i']} --repo-type dataset" in absent["hint"]


@pytest.mark.slow  # the library tries five times
def test_a_hub_that_is_down(tmp_path):
    (said,) = ask(tmp_path, [(REPO, None, "safety", "typography")], HF_ENDPOINT="http://127.0.0.1:9")
    assert said["what"] == "the hub cannot be reached, and the data is not in the cache"


def test_a_full_disk_and_an_unknown_error():
    error = RuntimeError("An error occurred while generating the dataset")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    said = explained(error, REPO, "safety", "typography")
    assert said.what == "the download cannot be stored: No space left on device"
    assert said.where == f"{REPO} safety/typography"
    other = explained(RuntimeError("odd\nlong story"), REPO, "safety", "")
    assert other.what == "the hub's data cannot be read: odd"
