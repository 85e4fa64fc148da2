"""Reasoning and token limits through whole runs: what an older mmdt stored, and answers that were cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mmdt
from mmdt.cli.main import main
from mmdt.engine.store.store import Store
from tests.servers.behaviour import each
from tests.servers.openai_server import OpenAIServer

KEY = "sk-test-0123456789abcdef"
CHOSEN: dict[str, Any] = {
    "select": "hallucination/i2t/natural/count",
    "data": "embedded",
    "size": 3,
    "evaluators": {"matcher": "rules", "counter": "rules"},
    "allow_embedded_judge": True,
}
JUDGED = ("-e", "matcher=rules", "-e", "counter=rules", "--allow-embedded-judge")
THOUGHT = "<think>No, I can't help. Or five? Seven?</think>There are 2."


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


async def run(url: str, out: Path, **more: Any) -> mmdt.Run:
    chosen = {**CHOSEN, "base_url": url, "api_key_env": "OPENAI_API_KEY", **more}
    return await asyncio.to_thread(lambda: mmdt.run("openai/gpt-4o", out=out, **chosen))


def texts(folder: Path) -> set[tuple[str, str]]:
    with Store.open(folder) as store:
        return {(trial.output.text, trial.output.reasoning) for trial in store.trials() if trial.output}


async def test_a_run_of_an_older_mmdt_is_read_as_it_was_stored_and_split_where_it_is_reused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with OpenAIServer(key=KEY, responder=lambda _: THOUGHT) as server:
        with monkeypatch.context() as older:
            older.setattr("mmdt.engine.endpoint.endpoint.reasoning_apart", lambda output: output)
            await run(server.url, tmp_path / "old")
        asked = server.log.requests
        assert texts(tmp_path / "old") == {(THOUGHT, "")}
        scored = await asyncio.to_thread(lambda: mmdt.score(tmp_path / "old"))
        assert scored.manifest.ended.how == "complete"
        assert texts(tmp_path / "old") == {(THOUGHT, "")}
        await run(server.url, tmp_path / "new", reuse=(str(tmp_path / "old"),))
        assert server.log.requests == asked, "nothing is asked twice"
    assert texts(tmp_path / "new") == {("There are 2.", "No, I can't help. Or five? Seven?")}


async def test_cut_off_answers_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def call(*arguments: Any) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    def said(*arguments: Any) -> Callable[[], tuple[int, str]]:
        return lambda: call(*arguments)

    async with OpenAIServer(key=KEY, responder=lambda _: "There are 2.", behaviour=each("cut_short")) as server:
        line = (
            "run",
            "openai/gpt-4o",
            "-s",
            CHOSEN["select"],
            "--data",
            "embedded",
            "--size",
            3,
            "--base-url",
            server.url,
        )
        line = (*line, "--api-key-env", "OPENAI_API_KEY", "--out", tmp_path / "run", *JUDGED)
        code, text = await asyncio.to_thread(said(*line))
        assert code == 0 and "3 (100%) cut off at the token limit" in text
        code, text = await asyncio.to_thread(said("score", tmp_path / "run", "--cut-off", "missing"))
        assert code == 3 and "Incomplete: 3 of 3" in text
        code, text = await asyncio.to_thread(said("score", tmp_path / "run", "--cut-off", "keep"))
        assert code == 0 and "3 (100%) cut off at the token limit" in text
        code, text = await asyncio.to_thread(said("score", tmp_path / "run", "--cut-off", "lost"))
        assert code == 2
