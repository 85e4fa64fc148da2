"""Every page of the viewer is for everybody: axe finds nothing, and nothing is wider than the window, in any look."""

from __future__ import annotations

import pytest

from tests.docs.looks import LOOKS, flaws
from tests.server.sights import SIGHTS, Place

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SAMPLE = ("list", "report", "comparison", "label")
"""What `make test` looks at; the rest, and the other looks, with the proofs."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    pytest.importorskip("axe_core_python")
    with Place.made(tmp_path_factory.mktemp("looks")) as place:
        yield place


@pytest.mark.parametrize("name", SAMPLE)
def test_a_page_is_for_everybody(browser, place, name):
    with SIGHTS[name](browser, place):
        assert flaws(browser, [(390, "dark")]) == []


@pytest.mark.prove
@pytest.mark.parametrize("name", SIGHTS)
def test_every_page_is_for_everybody(browser, place, name):
    with SIGHTS[name](browser, place):
        assert flaws(browser, LOOKS) == []
        said = [line for line in browser.console() if not (name == "error" and "status of 500" in line)]
        assert said == []  # a browser notes the status of the page that says what failed


def test_a_flaw_is_found(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>t</title><main><p style='width:900px'>wide</p><img src='data:,'></main>")
    browser.driver.get(page.as_uri())
    found = {flaw[2] for flaw in flaws(browser, [(390, "light")])}
    assert {"too wide", "image-alt", "html-has-lang"} <= found
