"""Fixtures that several parts share, and how random examples are drawn."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.evidence import VARIABLE, record

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Shells start background jobs so, and the processes that tests interrupt would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A slow machine is no failure. In CI the same examples are drawn every time.
settings.register_profile("mmdt", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("mmdt-ci", settings.get_profile("mmdt"), derandomize=True, database=None)
settings.load_profile("mmdt-ci" if os.environ.get("CI") else "mmdt")


@pytest.fixture(scope="session")
def hub_copy(tmp_path_factory):
    """A folder with small local copies of both published datasets, in the hub's layout."""
    from tests.hub_copy import write_copies

    return write_copies(tmp_path_factory.mktemp("hub"))


@pytest.fixture
def evidence(request):
    """``evidence(name, figure)`` records a figure for docs/evidence.md where ``make prove`` asks for it."""
    file = os.environ.get(VARIABLE)

    def add(name, figure):
        if file:
            record(Path(file), request.node.nodeid, name, figure)

    return add


@pytest.fixture(autouse=True)
def _the_environment_stays():
    """A test that leaves an address or a key behind changes what later tests ask, and where."""
    before = _addresses()
    yield
    assert _addresses() == before, "this test, or a fixture of it, changed the environment of the tests after it"


def _addresses():
    return {name: value for name, value in os.environ.items() if name.endswith(("_BASE_URL", "_API_KEY"))}
