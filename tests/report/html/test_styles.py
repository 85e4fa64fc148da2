"""A style sheet that a page lacks leaves colours undefined: a browser then draws them black, and says nothing."""

from __future__ import annotations

import re

import pytest

from mmdt.report.html import compare, report
from mmdt.report.html.page import style_text
from mmdt.search import report as searches

SET = re.compile(r"(--[\w-]+)\s*:")
USED = re.compile(r"var\((--[\w-]+)\)")


@pytest.mark.parametrize("page", [report, compare, searches], ids=lambda page: page.__name__)
def test_every_colour_of_a_page_is_defined(page):
    styles = style_text(page.STYLES)
    assert set(USED.findall(styles)) - set(SET.findall(styles)) == set()
    assert "--series-0" in USED.findall(styles)
