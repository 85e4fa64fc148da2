"""Parts of a page, compressed, in a temporary file that nobody else can open and that ends with the process."""

from __future__ import annotations

import gzip
import tempfile
from threading import Lock
from typing import Any

from mmdt.report.html.embed import json_for_script
from mmdt.safe_text.redaction import redact

LEVEL = 3
"""Of gzip: quick, since the browser is on the same machine."""


class Spool:
    """Values under names. ``put`` them, then ``get`` each as gzip of its JSON. Threads may share it."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="mmdt-")  # noqa: SIM115 - closed with the spool
        self._places: dict[str, tuple[int, int]] = {}
        self._lock = Lock()

    def put(self, name: str, value: Any) -> None:
        data = gzip.compress(redact(json_for_script(value)).encode("ascii"), LEVEL, mtime=0)
        with self._lock:
            self._file.seek(0, 2)
            self._places[name] = self._file.tell(), len(data)
            self._file.write(data)

    def get(self, name: str) -> bytes | None:
        """None where there is nothing of that name."""
        with self._lock:
            place = self._places.get(name)
            if place is None:
                return None
            self._file.seek(place[0])
            return self._file.read(place[1])

    def close(self) -> None:
        with self._lock:
            self._places.clear()
            self._file.close()
