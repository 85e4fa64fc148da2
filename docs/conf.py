"""How Sphinx builds the site: ``make docs`` writes build/site, and every warning is an error."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

project = "mmdt"
author = "The mmdt authors"
project_copyright = "2026, the mmdt authors. Apache-2.0"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "tools.site.errors",
    "tools.site.navigation",
    "tools.site.public",
    "tools.site.reachable",
]
source_suffix = {".md": "markdown"}
templates_path: list[str] = []
exclude_patterns: list[str] = []

myst_heading_anchors = 5
myst_enable_extensions = ["colon_fence", "deflist"]

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = "mmdt"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
