"""The hub through ``huggingface_hub`` itself, over real HTTP, against a small hub on this machine.

The library reads its settings when it is imported, so each test is a process of its own.
"""

import errno
import json
import os
import subprocess
import sys

import pytest

from mmdt.data.hub import explained
from tests.hub_copy import REPOS, write_table
from tests.hub_rows import safety
from tests.servers.hub_server import COMMIT, HubServer

REPO = REPOS["i2t"]
README = """---
configs:
- config_name: safety
  data_files:
  - split: typography
    path: safety/typography-*
- config_name: adv
  data_files: adv/*
---
"""
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


def test_only_the_splits_that_are_read_are_downloaded_and_once(online):
    _, requests = online
    fetched = [each for each in requests if each.startswith("GET") and each.endswith(".parquet")]
    assert [each.rpartition("/")[2].partition("-")[0] for each in fetched] == ["typography", "jailbreak"]


def test_all_configurations_are_read_at_one_commit(online):
    answers, requests = online
    assert set(answers[0]["other"]) == {"object", "attribute", "spatial"}
    asked_of_main = [each for each in requests if each == f"GET /api/datasets/{REPO}/revision/main"]
    assert len(asked_of_main) == 3  # once for each question without a revision, not once a configuration


def test_what_the_hub_does_not_have(online):
    (_, _, split, config, revision, repo), _ = online
    assert "vanilla" in split["what"]
    assert all(name in split["hint"] for name in ("typography", "illustration", "jailbreak"))
    assert split["where"] == REPO
    assert "weather" in config["what"]
    assert "safety" in config["hint"]
    assert "v9" in revision["what"]
    assert "no such dataset" in repo["what"]
    assert "AI-Secure/Nothing" in repo["where"]
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


def test_a_pinned_commit_in_the_cache_is_read_while_the_hub_is_down(online, home):
    questions = [(REPO, revision, "safety", "typography") for revision in (None, COMMIT, COMMIT[:10])]
    for said in ask(home, questions, HF_ENDPOINT="http://127.0.0.1:9"):
        assert (said["rows"], said["fingerprint"]) == (online[0][0]["rows"], COMMIT)


def test_a_gated_dataset_needs_the_token(hub_copy, tmp_path):
    question = [(REPO, None, "safety", "typography")]
    with HubServer({REPO: hub_copy / REPO.split("/")[1]}, gated="hf_mine").running() as hub:
        (refused,) = ask(tmp_path, question, HF_ENDPOINT=hub.url)
        (given,) = ask(tmp_path, question, HF_ENDPOINT=hub.url, **{"HF_TOKEN": hub.gated})
    assert refused["what"].startswith("the dataset is gated")
    assert f"accept its conditions at https://huggingface.co/datasets/{REPO}, then log in" in refused["hint"]
    assert given["rows"] > 1


def test_half_a_split_in_the_cache_is_not_a_split(tmp_path):
    """Two files without the form that says how many there are: the cache's own list knows that one is missing."""
    source, home = tmp_path / "source", tmp_path / "home"
    (source / "safety").mkdir(parents=True)
    for name in ("one", "two"):
        write_table(source / "safety" / f"typography-{name}.parquet", safety.I2T["typography"])
    (source / "README.md").write_text(README, encoding="utf-8")
    question = [(REPO, None, "safety", "typography")]
    with HubServer({REPO: source}).running() as hub:
        (whole,) = ask(home, question, HF_ENDPOINT=hub.url)
    (kept,) = ask(home, question, HF_HUB_OFFLINE="1")
    assert kept["rows"] == whole["rows"] == 2 * len(safety.I2T["typography"])
    next(home.rglob("snapshots/*/safety/*-two.parquet")).unlink()
    (half,) = ask(home, question, HF_HUB_OFFLINE="1")
    assert half["what"] == "the hub cannot be reached, and the data is not in the cache"


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
