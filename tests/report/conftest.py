"""Fixtures: a browser, and reports to open in it."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium. Without it the tests are skipped, except in CI, where skipping would hide failures."""
    strict = os.environ.get("CI") == "true"
    if not strict:
        pytest.importorskip("selenium", reason="the browser tests need the package selenium")
    from tests.report.browser import Browser, programs

    chromium, driver = programs()
    if not chromium or not driver:
        missing = " and ".join(name for name, found in (("chromium", chromium), ("chromedriver", driver)) if not found)
        reason = f"the browser tests need {missing}: install the system's packages chromium and chromium-driver"
        if strict:
            pytest.fail(reason)
        pytest.skip(reason)
    browser = Browser(chromium, driver)
    yield browser
    browser.close()
