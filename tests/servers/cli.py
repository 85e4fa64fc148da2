"""Test servers as processes of their own: the command line, and the way for tests to start one."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers import behaviour
from tests.servers.plumbing import LocalServer, named

ROOT = Path(__file__).resolve().parents[2]


def main(server_class: type[LocalServer]) -> None:
    """Serve until killed; the first line of output is ``{"url": ..., "port": ...}``."""
    parser = argparse.ArgumentParser(description=server_class.__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--key", default="")
    parser.add_argument("--script", default="", help="rate_limit:0.2*2,reset | each=reset | chaos=0.1/reset,rate_limit")
    parser.add_argument("--rejects", default="", help="comma-separated parameters that are refused")
    parser.add_argument("--capacity", type=int, default=None)
    parser.add_argument("--links", action="store_true")
    given = parser.parse_args()
    server = server_class(
        behaviour=behaviour.parse(given.script),
        latency=given.latency,
        key=given.key,
        rejects=frozenset(filter(None, given.rejects.split(","))),
        capacity=given.capacity,
        links=given.links,
        port=given.port,
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(server))


async def _serve(server: LocalServer) -> None:
    async with server:
        print(json.dumps({"url": server.url, "port": server.port}), flush=True)
        await asyncio.Event().wait()


@dataclass(frozen=True)
class Remote:
    """A server in another process."""

    url: str
    port: int

    def log(self) -> dict[str, Any]:
        """What it has seen so far: requests, answered, peak, by_content, by_prompt, answered_by_content."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_log", timeout=10) as reply:
            found: dict[str, Any] = json.load(reply)
            return found


URL_VARIABLES = {"openai_server": "OPENAI_BASE_URL", "anthropic_server": "ANTHROPIC_BASE_URL"}


@contextlib.contextmanager
def spawned(module: str = "openai_server", *options: str) -> Iterator[Remote]:
    """Start ``tests/servers/<module>.py`` with command-line options, in a process that ends with the block."""
    command = [sys.executable, "-m", f"tests.servers.{module}", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            remote = Remote(**json.loads(process.stdout.readline()))
            with named(URL_VARIABLES.get(module, ""), remote.url):
                yield remote
        finally:
            process.kill()
