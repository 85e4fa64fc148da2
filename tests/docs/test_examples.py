"""Every Python example of the documentation runs as it stands, each page in a folder of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, python_blocks

PAGES = [page for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))] if python_blocks(page)]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_run(page, tmp_path):
    script = "\n".join(python_blocks(page))
    ran = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=110)
    assert ran.returncode == 0, ran.stderr


def test_some_pages_have_examples():
    assert ROOT / "README.md" in PAGES


def test_links_lead_somewhere():
    pages = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
    links = [(page, target) for page in pages for target in LINK.findall(page.read_text())]
    assert len(links) > 20
    assert [(page.name, target) for page, target in links if not (page.parent / Path(target)).exists()] == []
