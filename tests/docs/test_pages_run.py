"""Every command of the documentation is carried out, as it is written, against servers and weights on this machine."""

import json
import re
import subprocess
import sys

import pytest

from tests.docs import given
from tests.docs.pages import PAGES, ROOT, commands, name
from tests.docs.world import environment
from tests.servers.hub_server import HubServer

FIRST_READ = {
    "README.md",
    "quickstart.md",
    "tutorials/safety-engineer.md",
    "tutorials/open-weights.md",
    "tutorials/auditor.md",
    "local-models.md",
}
"""What `make test` runs; `make docs` and `make prove` run all pages, which takes minutes."""
WITH_COMMANDS = [
    pytest.param(page, id=name(page), marks=[] if name(page) in FIRST_READ else pytest.mark.prove)
    for page in PAGES
    if page.name != "CHANGELOG.md" and given.to_run(page)
]
DURATION = re.compile(r"\b\d+(?:\.\d+)? s\b|\b\d+:\d\d elapsed|[\d.]+/s")


@pytest.fixture(scope="module")
def hub(hub_copy, tmp_path_factory):
    datasets = {f"AI-Secure/{folder.name}": folder for folder in hub_copy.iterdir()}
    with HubServer(datasets, models=given.weights(tmp_path_factory.mktemp("weights"))).running() as hub:
        yield hub


@pytest.fixture(scope="module")
def shell(hub, tmp_path_factory):
    with environment(hub.url, tmp_path_factory.mktemp("home")) as variables:
        yield variables


@pytest.fixture(scope="module")
def material(shell, hub_copy, tmp_path_factory):
    return given.Material(tmp_path_factory.mktemp("material"), hub_copy, shell)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_the_commands_of_a_page_run(page, shell, material, tmp_path):
    material.lay_out(page, tmp_path)
    todo = given.to_run(page)
    done = subprocess.run(
        [sys.executable, "-m", "tests.docs.world", str(tmp_path)],
        input=json.dumps([command.words for command in todo]),
        env={**shell, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1180,
    )
    results = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [
        (command.line, result["code"], result["said"][-600:])
        for command, result in zip(todo, results, strict=False)
        if result["code"] not in given.exit_codes(page, command)
    ]
    assert not wrong
    assert len(results) == len(todo), done.stderr
    for command, result in zip(todo, results, strict=True):
        assert missing(command.shown, result["said"]) == []


def missing(shown, said):
    """The lines that a page shows and the command did not print; durations may differ, and ``...`` stands for more."""
    plain = [_plain(line) for line in said.splitlines()]
    return [line for line in shown.splitlines() if _plain(line) not in [*plain, "", "..."]]


def _plain(line):
    return " ".join(DURATION.sub("# s", line).split())


def test_what_is_shown_is_compared():
    assert missing("Used: 3 requests, in 1.2 s\n...\n", "Used: 3 requests, in 3 s\n") == []
    assert missing("HGR 40.0 %", "HGR 41.0 %") == ["HGR 40.0 %"]


def test_each_reason_is_needed():
    lines = {(name(page), command.line) for page in PAGES for command in commands(page)}
    assert [entry for entry in given.NOT_RUN if entry not in lines] == []
    assert [entry for entry in given.EXIT_CODES if entry not in lines] == []


def test_many_commands_are_run():
    assert sum(len(given.to_run(page)) for page in PAGES) > 100
