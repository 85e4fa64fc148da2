"""The cache folder: files that mmdt keeps between runs and can recreate."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """The platform's usual place for cache files, with a subfolder for mmdt."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "mmdt" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mmdt"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mmdt"
