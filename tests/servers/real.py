"""Real OpenAI-compatible servers, started as programs: llama.cpp, ``transformers serve``, the LiteLLM proxy.

They are big and pin each other's dependencies, so they live in environments of their own, which ``make servers`` makes.
A test that finds one missing is skipped with that reason.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
START = 180.0
"""Seconds that a server may take to start."""


def python_with(module: str, folder: str) -> str:
    """The Python that has a server; skips the test where none has it.

    ``folder``: of its environment, under the root of the repository or the folder in ``MMDT_SERVERS``.
    """
    places = [Path(os.environ.get("MMDT_SERVERS", ROOT)) / folder / "bin" / "python", Path(sys.executable)]
    for place in places:
        if place.exists() and not subprocess.run([place, "-c", f"import {module}"], capture_output=True).returncode:
            return str(place)
    pytest.skip(f"{module} is not installed: run `make servers` (it builds llama.cpp, which takes minutes)")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def running(command: Sequence[str], port: int, ready: str, log: Path, **environment: str) -> Iterator[str]:
    """The URL of a server that this command starts. ``ready``: a path that answers once it is there."""
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "NO_PROXY": "127.0.0.1", **environment}
        )
        try:
            _wait(process, f"{url}{ready}", log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until:
        assert process.poll() is None, f"the server ended: {log.read_text(errors='replace')[-2000:]}"
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
