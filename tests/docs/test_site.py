"""The site builds without a warning; its pages work offline, for everybody, and on a phone."""

import os
import re
import subprocess
import sys

import pytest

import mmdt
from tests.docs.looks import elsewhere, problems
from tests.docs.pages import ROOT
from tests.report.conftest import browser  # noqa: F401
from tools.site.messages import messages
from tools.site.navigation import MARK, others

LINK = re.compile(r'(?:src|href)="((?:https?:)?//[^"]+)"')
LOADED = re.compile(r'<(?:script|img|link|iframe)[^>]* (?:src|href)="(?:https?:)?//')
pytestmark = pytest.mark.timeout(300)
SAMPLE = ("index", "quickstart", "tutorials/auditor", "cli", "metrics", "errors", "api", "search", "comparison")


def build(docs, out):
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "-q", str(docs), str(out)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    done = build(ROOT / "docs", out)
    assert done.returncode == 0, done.stderr
    return out


def test_every_page_is_there(site):
    pages = {path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")}
    assert {page for page in pages if not (site / page).with_suffix(".html").exists()} == set()
    assert len(pages) > 40


def test_every_page_is_in_the_navigation(site):
    index = (site / "index.html").read_text()
    pages = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    assert {str(page) for page in pages if str(page) != "index.html" and f'href="{page}"' not in index} == set()


def test_a_page_outside_the_navigation_fails_the_build(tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "conf.py").write_text('extensions = ["myst_parser", "tools.site.navigation"]\n')
    (docs / "index.md").write_text("# Index\n\n```{toctree}\none\n```\n")
    (docs / "one.md").write_text("# One\n")
    assert build(docs, tmp_path / "out").returncode == 0
    (docs / "two.md").write_text("# Two\n")
    lost = build(docs, tmp_path / "out")
    assert lost.returncode != 0 and "two.md" in lost.stderr
    (docs / "index.md").write_text("# Index\n\n```{toctree}\none\ntwo\n```\n\n```{toctree}\ntwo\n```\n")
    twice = build(docs, tmp_path / "other")
    assert twice.returncode != 0 and "two is 2 times in the navigation" in twice.stderr


def test_a_new_page_is_in_the_navigation_from_its_first_day():
    index = (ROOT / "docs/index.md").read_text()
    assert MARK in index
    known = {"index", "quickstart", "metrics"}
    assert others(index, known) == []
    assert others(index, {*known, "brand-new", "tutorials/other"}) == ["brand-new", "tutorials/other"]


def test_every_public_name_is_in_the_reference(site):
    page = (site / "api.html").read_text()
    assert {name for name in mmdt.__all__ if f'id="mmdt.{name}"' not in page} == {"__version__"}


def test_every_message_is_on_the_page_of_errors(site):
    page = re.sub(r"<[^>]+>", "", (site / "errors.html").read_text())
    found = messages(ROOT / "mmdt")
    assert len(found) > 400
    for wanted in ("this folder contains no run", "the folder already holds a run", "no file"):
        assert any(wanted in each.what for each in found)
        assert wanted in page


def test_nothing_comes_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert [str(page) for page in pages if LOADED.search(page.read_text())] == []
    styles = [path for path in site.rglob("*.css") if re.search(r"url\([\"']?(?:https?:)?//", path.read_text())]
    assert styles == []


@pytest.mark.browser
@pytest.mark.parametrize("page", SAMPLE)
def test_a_page_is_for_everybody(site, browser, page):  # noqa: F811
    looks = [(1400, "light"), (390, "dark")] if os.environ.get("CI") else [(390, "dark")]
    assert problems(browser, site / f"{page}.html", looks) == []
    assert elsewhere(browser, site / f"{page}.html") == []


@pytest.mark.prove
@pytest.mark.browser
@pytest.mark.timeout(1800)
def test_every_page_is_for_everybody(site, browser):  # noqa: F811
    """All pages, at both widths and in both looks; `make test` has a sample."""
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 50
    assert {str(page.relative_to(site)): found for page in pages if (found := problems(browser, page))} == {}


@pytest.mark.browser
def test_search_works_from_a_folder(site, browser):  # noqa: F811
    browser.driver.get(f"{(site / 'search.html').as_uri()}?q=over-refusal")
    browser.wait(lambda: browser.all("#search-results li a"))
