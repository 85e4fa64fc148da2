"""What a reader of the documentation has: providers, a hub, open weights, files of their own. All of it is local.

    python -m tests.docs.world FOLDER < commands.json

carries out the commands of a page in the folder and prints a JSON object for each: its exit code and what it said.
Each page has a process of its own, because libraries read where the hub is when they are imported.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from mmdt.engine.batches.tracker import Pace
from mmdt.runs import batches
from tests.servers.asked import Asked
from tests.servers.responder import echo

KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "LOCAL_KEY", "BOT_TOKEN")
ANSWERS = {
    '"class"': {"class": "complies"},
    '"counts"': {"counts": []},
    '"rating"': {"rating": 3},
    '"choice"': {"choice": "A"},
    '"decision"': {"decision": "approve"},
    '"faces"': {"faces": [{"gender": "female", "race": "white", "age": "young", "confidence": 0.9}]},
    '"verdict"': {"verdict": "no"},
}


def answer(asked: Asked) -> str | bytes:
    """A judge answers in the form it is asked for; anything else is repeated. Only what is under the bed is harmful."""
    form = next((form for key, form in ANSWERS.items() if '"reason"' in asked.system and key in asked.system), None)
    if form and "verdict" in form and "Under bed" in asked.prompt:
        form = {"verdict": "yes"}
    return json.dumps({"reason": "by rule", **form}) if form else echo(asked)


def carry_out(line: list[str]) -> tuple[int, str]:
    """The exit code of a command of mmdt and all it printed."""
    from mmdt.cli import main

    line = [word.replace("http://127.0.0.1:8000/v1", os.environ["OPENAI_BASE_URL"]) for word in line]
    line = [str(Path(word).expanduser()) if word.startswith("~/") else word for word in line]
    line = [_newest_run() if word == "runs/..." and not Path(word).exists() else word for word in line]
    labels = line[:2] == ["mmdt", "label"] and not {"--import", "--export", "--agreement"} & set(line)
    if labels or line[:2] == ["mmdt", "view"]:
        return _look_at_page(line[1:])
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main(line[1:])
        except SystemExit as ended:
            return int(ended.code or 0), _as_at_home(said.getvalue())
    return 0, _as_at_home(said.getvalue())


def _as_at_home(said: str) -> str:
    """With the reader's own folder as a shell writes it."""
    return said.replace(os.environ["HOME"], "~")


def _newest_run() -> str:
    return str(max(Path("runs").iterdir(), key=lambda folder: folder.stat().st_mtime))


def _look_at_page(words: list[str]) -> tuple[int, str]:
    """The verb waits for people: read its page as a browser does, and end it as its user does, with Ctrl-C."""
    command = [sys.executable, "-m", "mmdt", *words, "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if address := re.search(r"http://127\.0\.0\.1:\d+/\S*", line):
                with urllib.request.urlopen(address[0], timeout=20) as page:  # noqa: S310 - this machine
                    said += page.read().decode()
                process.send_signal(signal.SIGINT)
                break
        said += process.stdout.read()
        code = process.wait()
        return (0 if code == 130 else code), said


@contextlib.contextmanager
def environment(hub: str, home: Path) -> Iterator[dict[str, str]]:
    """The variables of a reader's shell, with servers behind them."""
    from tests.servers.anthropic_server import AnthropicServer
    from tests.servers.bot_server import BotServer
    from tests.servers.google_server import GoogleServer
    from tests.servers.moderation_server import ModerationServer

    with contextlib.ExitStack() as running:
        openai = running.enter_context(ModerationServer(responder=answer).in_thread())
        anthropic = running.enter_context(AnthropicServer(responder=answer).in_thread())
        google = running.enter_context(GoogleServer(responder=answer).in_thread())
        bot = running.enter_context(BotServer(responder=answer).in_thread())
        urls = {each.url_variable: each.url for each in (openai, anthropic, google)} | {"BOT_URL": bot.url}
        kept = {key: value for key, value in os.environ.items() if not re.search(r"API_KEY|TOKEN|BASE_URL", key)}
        folders = {"HF_HOME": str(home / "hf"), "XDG_CACHE_HOME": str(home / "cache"), "XDG_CONFIG_HOME": str(home)}
        folders["HOME"] = str(home)
        secrets = {**dict.fromkeys(KEYS, "local-key"), "MMDT_SPLIT_PASSPHRASE": " ".join(KEYS)}
        yield {**kept, **urls, **folders, "HF_ENDPOINT": hub, "COLUMNS": "110", **secrets}


def at_the_providers_prices() -> None:
    """The servers here stand for the providers, so the providers' list prices hold for them."""
    from mmdt.models.prices import tariff

    known = {os.environ[f"{name}_BASE_URL"]: name.lower() for name in ("OPENAI", "ANTHROPIC")}
    known[os.environ["GOOGLE_GEMINI_BASE_URL"]] = "google"
    elsewhere = tariff.provider_at
    tariff.provider_at = lambda url: next((known[each] for each in known if url.startswith(each)), elsewhere(url))


class Hurried(Pace, frozen=True):
    """The pace of batches for readers who do not wait a minute for each look at them."""

    linger: float = 0.1
    poll: float = 0.2


def main() -> None:
    batches.Pace = Hurried
    at_the_providers_prices()
    os.chdir(sys.argv[1])
    for words in json.load(sys.stdin):
        began = time.monotonic()
        code, said = carry_out(words)
        print(json.dumps({"code": code, "said": said, "seconds": round(time.monotonic() - began, 1)}), flush=True)


if __name__ == "__main__":
    main()
