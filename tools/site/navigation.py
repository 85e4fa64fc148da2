"""Where pages lead. Those of the repository's root are pages of the site as well, and links to them stay on it.

The navigation names every page: one that no section names is an error of the build, and so is one named twice.

Sphinx reports the first itself, as a page that is in no toctree. It says nothing about the second.
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


def stay(_app: Sphinx, docname: str, source: list[str]) -> None:
    """Lead ``../CONTRIBUTING.md``, which is right where the files are read one by one, to the page of the site."""
    up = "../" * docname.count("/")
    source[0] = AT_THE_ROOT.sub(lambda found: f"]({up}{found[1].lower()}.md", source[0])


def check(_app: Sphinx, env: BuildEnvironment) -> None:
    """Warn, which fails the build, about a page that several sections name."""
    named = Counter(page for pages in env.toctree_includes.values() for page in pages)
    for page, times in named.items():
        if times > 1:
            log.warning("%s is %d times in the navigation; name it once, in docs/index.md", page, times)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("source-read", stay)
    app.connect("env-check-consistency", check)
    return {"parallel_read_safe": True}
