"""A run with labels to give, and its page."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager

import pytest

import mmdt
from mmdt.runs.people.choice import chosen
from mmdt.server.app import PageServer
from mmdt.server.desk import Desk
from mmdt.server.serving import LocalServer
from mmdt.server.viewer.app import viewer_app
from mmdt.server.viewer.folders import RunFolders
from tests.report.conftest import browser  # noqa: F401


@pytest.fixture(scope="session")
def made_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labelled") / "run"
    return mmdt.run("organism/demo", select=["safety/*/jailbreak/**"], size=10, out=folder, data="embedded").folder


@pytest.fixture
def run(made_run, tmp_path):
    """A copy without labels."""
    return mmdt.open_run(shutil.copytree(made_run, tmp_path / "run"))


@contextmanager
def serving(run, n=60, **options):
    server = PageServer(Desk(run, "harmful", chosen(run, "harmful", n, **options)))
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(10)


@contextmanager
def viewing(*folders):
    """The viewer of these folders."""
    server = LocalServer(viewer_app(RunFolders.of(folders)))
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(10)
