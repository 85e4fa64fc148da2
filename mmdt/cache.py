"""Cache: the folder of what mmdt keeps between runs and can make anew."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Where this platform keeps what programs can make anew."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "mmdt" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mmdt"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mmdt"
