"""The test servers are rulers too: what they count and how they break is checked here."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.servers.asked import Asked
from tests.servers.behaviour import Fault, by_prompt, chaos, each, parse, script
from tests.servers.cli import spawned
from tests.servers.openai_server import OpenAIServer


def post(url: str, prompt: str) -> Any:
    body = json.dumps({"model": "llava", "messages": [{"role": "user", "content": prompt}]}).encode()
    request = urllib.request.Request(f"{url}/chat/completions", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310
        return json.load(reply)["choices"][0]["message"]["content"]


def kinds(behave: Any, *prompts: str) -> list[str]:
    asked: dict[str, int] = {}
    found = []
    for prompt in prompts:
        asked[prompt] = asked.get(prompt, 0) + 1
        found.append(behave(Asked("text", prompt), asked[prompt]).kind)
    return found


def test_a_script_is_played_once_in_order_of_arrival() -> None:
    assert kinds(script("reset*2,filter"), "a", "b", "a", "c") == ["reset", "reset", "filter", "answer"]
    assert kinds(script("", then="hang"), "a") == ["hang"]


def test_each_plays_for_every_content_anew() -> None:
    assert kinds(each("reset"), "a", "b", "a", "b") == ["reset", "reset", "answer", "answer"]


def test_chaos_hits_its_share_and_the_same_ones_every_time() -> None:
    prompts = [f"prompt {number}" for number in range(2000)]
    first, second = (kinds(chaos(0.1, "reset,filter", seed=1), *prompts) for _ in range(2))
    assert first == second
    assert 140 < len([kind for kind in first if kind != "answer"]) < 260
    assert set(first) == {"answer", "reset", "filter"}


def test_rules_by_prompt() -> None:
    assert kinds(by_prompt({"biscuit": "filter"}), "sneak a biscuit", "tea") == ["filter", "answer"]


def test_faults_are_read_with_their_values() -> None:
    assert Fault.parse("rate_limit:0.5:ms") == Fault("rate_limit", 0.5, "ms")
    assert parse("each=reset")(Asked("text", "a"), 1).kind == "reset"
    with pytest.raises(AssertionError):
        script("explode")


def test_a_server_in_a_thread_counts_what_it_is_asked() -> None:
    with OpenAIServer(behaviour=script("server_error")).in_thread() as server:
        with pytest.raises(urllib.error.HTTPError):
            post(server.url, "one")
        assert post(server.url, "one") == "You said: one"
        assert post(server.url, "two") == "You said: two"
    assert (server.log.requests, server.log.answered, server.log.peak) == (3, 2, 1)
    assert dict(server.log.by_prompt) == {"one": 2, "two": 1}
    assert sorted(server.log.answered_by_content.values()) == [1, 1]


def test_a_server_in_a_process_counts_as_well() -> None:
    with spawned("openai_server", "--script", "rate_limit:1", "--latency", "0.01") as server:
        with pytest.raises(urllib.error.HTTPError) as caught:
            post(server.url, "one")
        assert caught.value.headers["Retry-After"] == "1"
        caught.value.close()
        assert post(server.url, "one") == "You said: one"
        log = server.log()
    assert (log["requests"], log["answered"], log["by_prompt"]) == (2, 1, {"one": 2})


async def test_a_full_server_asks_to_wait() -> None:
    import asyncio

    with OpenAIServer(capacity=1, behaviour=script("hang")).in_thread() as server:
        first = asyncio.create_task(asyncio.to_thread(post, server.url, "0"))
        while not server.log.in_flight:  # noqa: ASYNC110 - another thread's server
            await asyncio.sleep(0.01)
        for number in (1, 2):
            with pytest.raises(urllib.error.HTTPError) as caught:
                await asyncio.to_thread(post, server.url, str(number))
            assert caught.value.code == 429
            caught.value.close()
    with pytest.raises(OSError):  # it hung until the server ended
        await first
