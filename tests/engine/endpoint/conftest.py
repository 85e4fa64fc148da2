"""Endpoints and batchers are tested on virtual time."""

import asyncio

import pytest

from mmdt.engine.endpoint import endpoint
from tests.clock import virtual


@pytest.fixture
async def clock(monkeypatch):
    with virtual(asyncio.get_running_loop()) as clock:
        monkeypatch.setattr(endpoint, "time", clock)
        yield clock
