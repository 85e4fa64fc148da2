"""All three repositories in their real layouts: JSON, parquet with labels in a table, training pictures joined."""

import json
import os
import subprocess
import sys

import pytest

from tests.hub_copy import REPOS, TRAINING, write_real_layouts
from tests.servers.hub_server import COMMIT, HubServer

LOAD = """
import json, sys
from mmdt import plugins
from mmdt.core.cell import Selection
from mmdt.data.load import DataOptions, data_fingerprint, load_all

scenarios = [each for each in plugins.scenarios().values() if each.published]
options = DataOptions(sys.argv[1])
cells = {}
for case in load_all(scenarios, Selection(), options):
    cells.setdefault(str(case.cell), []).append(case.id)
print(json.dumps({"cells": cells, "fingerprint": data_fingerprint(scenarios, options)}))
"""


def load(data, home, **env):
    """Cell -> ids of its cases, in a process of its own: the hub's library reads its settings once."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(data)],
        env={**os.environ, "HF_HOME": str(home), **env},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_real_layouts(tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def local(folder, tmp_path_factory):
    return load(folder, tmp_path_factory.mktemp("none"))


def test_every_published_cell_has_cases(local):
    scenarios = {cell.rpartition("/")[0] for cell in local["cells"]}
    assert {"privacy/t2i/training", "privacy/i2t/location", "ood/t2i/Shake_", "adversarial/i2t/attack"} <= scenarios
    assert {cell.split("/")[0] for cell in local["cells"]} == {
        *("safety", "hallucination", "fairness", "privacy", "adversarial", "ood")
    }


def test_the_hub_gives_the_same_cases_and_then_its_cache(folder, local, tmp_path):
    names = {repo: folder / repo.split("/")[1] for repo in (*REPOS.values(), TRAINING)}
    with HubServer(names).running() as hub:
        online = load("hub", tmp_path, HF_ENDPOINT=hub.url)
    assert online["cells"] == local["cells"]
    assert all(each.endswith(f"@{COMMIT}") for each in online["fingerprint"].split())
    assert load("hub", tmp_path, HF_HUB_OFFLINE="1") == online
