"""Replies and rows of any shape: never a traceback, and each is accounted for. A failure prints the seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mmdt.core.output import FailureKind, Status
from mmdt.data.files import FileSource
from mmdt.engine.endpoint.calls import call
from mmdt.errors import DataError
from mmdt.plugins import open_model, scenarios
from tests.models.adapters import TEXT, Adapter, ask
from tests.models.conftest import keys as keys_fixture
from tests.security.hostile import Hostile, json_reply
from tests.servers.asked import Asked
from tests.servers.behaviour import Fault

keys = keys_fixture
SEEDS = 100
MANY = 2_000
PIECES: list[Any] = [
    None, True, 0, -1, 2**63, 2**80, 1e400, 0.5, "", "x", "\ud800", "\x1b[2J\x07", "a" * 10_000, [], {}, [[]], [{}],
    {"type": "text"}, {"text": 1}, {"error": {"message": ["x"]}}, "data:image/png;base64,AAAA", "null",
]  # fmt: skip


def mangled(value: Any, dice: random.Random, share: float = 0.08) -> Any:
    """A JSON value with some parts replaced, removed, repeated or given another name."""
    if dice.random() < share:
        return dice.choice(PIECES)
    if isinstance(value, dict):
        kept = [(name, item) for name, item in value.items() if dice.random() > share]
        return {name if dice.random() > share else f"{name}X": mangled(item, dice, share) for name, item in kept}
    if isinstance(value, list):
        found = [mangled(item, dice, share) for item in value]
        return found * dice.choice([1, 1, 1, 1, 2, 50]) if dice.random() < 2 * share else found
    return value


def damaged(body: bytes, dice: random.Random) -> bytes:
    """Bytes with some of them changed, cut or inserted."""
    data = bytearray(body)
    for _ in range(dice.randint(0, 3)):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(3):
            case 0:
                del data[at:]
            case 1:
                data[at:at] = dice.randbytes(dice.randint(1, 4))
            case _:
                data[at : at + 1] = dice.randbytes(1)
    return bytes(data)


def templates(adapter: Adapter) -> list[Any]:
    """Proper replies of the protocol, to begin with."""
    server = adapter.server()
    asked = Asked("text", "p", model="m")
    answers = [server.answer(asked, "an answer", Fault(kind)) for kind in ("answer", "filter_finish", "cut_short")]
    errors = [server.error(Fault(kind))[1] for kind in ("rate_limit", "bad_request", "wrong_key", "filter")]
    return answers + errors


async def fuzz_replies(adapter: Adapter, seeds: range) -> None:
    proper = [json.loads(msgspec.json.encode(each)) for each in templates(adapter)]
    seed = 0

    def reply(_request: bytes) -> Iterator[bytes]:
        dice = random.Random(f"{adapter.name}/{seed}")
        body = json.dumps(mangled(dice.choice(proper), dice)).encode()
        status = dice.choice(["200 OK"] * 6 + ["400 Bad", "403 No", "418 Tea", "429 Slow", "500 Oops", "999 What"])
        yield json_reply(damaged(body, dice) if dice.random() < 0.4 else body, status)

    with Hostile(reply).running() as server:
        settings = {"base_url": server.url, "api_key_env": adapter.key_env, **adapter.settings}
        model = open_model(adapter.text, settings)
        for seed in seeds:
            (output,) = await call(model, (ask(),), timeout=20)
            told = f"{adapter.name}, seed {seed}: {output}"
            assert output.status in tuple(Status), told
            if output.failure is not None:
                assert output.failure.kind is not FailureKind.BUG, told
                assert output.failure.message and "\x1b" not in output.failure.message, told
            msgspec.json.encode(msgspec.to_builtins(output.usage))
        assert len(server.requests) == len(seeds)
        await model.close()


@pytest.mark.parametrize("adapter", TEXT, ids=lambda each: each.name)
async def test_no_reply_is_a_bug_of_ours(adapter: Adapter) -> None:
    await fuzz_replies(adapter, range(SEEDS))


@pytest.mark.prove
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("adapter", TEXT, ids=lambda each: each.name)
async def test_none_of_many_replies_is_a_bug_of_ours(adapter: Adapter) -> None:
    await fuzz_replies(adapter, range(SEEDS, SEEDS + MANY))


ROW = {
    "cell": "safety/i2t/typography/illegal_activity",
    "prompt": "What is it?",
    "image": "a.png",
    "target": {"prompt": "x"},
    "group": "g",
    "system": "s",
    "recipe": [{"attack": "role-play", "parameters": {}, "seed": 0}],
    "note": "n",
}


def fuzz_rows(folder: Path, seeds: range) -> None:
    wanted = list(scenarios().values())
    path = folder / "cases.jsonl"
    for seed in seeds:
        dice = random.Random(seed)
        lines = [json.dumps(mangled(ROW, dice)).encode() for _ in range(5)]
        lines = [damaged(line, dice).replace(b"\n", b" ") if dice.random() < 0.4 else line for line in lines]
        path.write_bytes(b"\n".join(lines))
        bad: list[DataError] = []
        cases = list(FileSource(path).cases(wanted, bad.append))
        rows = sum(bool(line.strip()) for line in lines)
        assert len(cases) + len(bad) == rows, f"seed {seed}: {len(cases)} cases and {len(bad)} bad rows of {rows}"
        assert all(str(error) and "\x1b" not in str(error) for error in bad), f"seed {seed}"


def test_every_row_is_a_case_or_a_bad_row(tmp_path: Path) -> None:
    fuzz_rows(tmp_path, range(SEEDS))


@pytest.mark.prove
def test_every_one_of_many_rows_is_a_case_or_a_bad_row(tmp_path: Path) -> None:
    fuzz_rows(tmp_path, range(SEEDS, SEEDS + MANY))


def test_a_key_given_twice_is_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"cell": "safety/i2t/typography/x", "prompt": "a", "prompt": "b"}\n')
    bad: list[DataError] = []
    assert not list(FileSource(path).cases(list(scenarios().values()), bad.append))
    assert "'prompt' is given twice" in str(bad[0]) and "line 1" in str(bad[0])
