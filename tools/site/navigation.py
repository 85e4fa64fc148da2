"""Where pages lead. Those of the repository's root are pages of the site as well, and links to them stay on it.

The sections of the navigation are written in docs/index.md. A page that none of them names, because it is new, is in
the section "More" from its first day. Without that section it is an error of the build, and so is a page named twice.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

log = logging.getLogger(__name__)
AT_THE_ROOT = re.compile(r"\]\((?:\.\./)+(CONTRIBUTING|CHANGELOG)\.md")
MARK = "<!-- the other pages -->"
TOCTREE = re.compile(r"^```\{toctree\}\n(.*?)^```", re.MULTILINE | re.DOTALL)


def stay(_app: Sphinx, docname: str, source: list[str]) -> None:
    """Lead ``../CONTRIBUTING.md``, which is right where the files are read one by one, to the page of the site."""
    up = "../" * docname.count("/")
    source[0] = AT_THE_ROOT.sub(lambda found: f"]({up}{found[1].lower()}.md", source[0])


def others(index: str, pages: set[str]) -> list[str]:
    """The pages that no section of the index names."""
    named = {line for block in TOCTREE.findall(index) for line in block.splitlines()}
    return sorted(pages - named - {"index"})


def fill(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the pages that no section names into a section of their own."""
    if docname == "index" and MARK in source[0]:
        rest = others(source[0], set(app.env.found_docs))
        section = "\n".join(["```{toctree}", ":hidden:", ":caption: More", "", *rest, "```"]) if rest else ""
        source[0] = source[0].replace(MARK, section)


def check(_app: Sphinx, env: BuildEnvironment) -> None:
    """Warn, which fails the build, about a page that several sections name."""
    named = Counter(page for pages in env.toctree_includes.values() for page in pages)
    for page, times in named.items():
        if times > 1:
            log.warning("%s is %d times in the navigation; name it once, in docs/index.md", page, times)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("source-read", stay)
    app.connect("source-read", fill)
    app.connect("env-check-consistency", check)
    return {"parallel_read_safe": True}
