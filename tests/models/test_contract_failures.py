"""What every API runtime must do when a call fails: name the failure, never the key, never retry on its own."""

from __future__ import annotations

import asyncio
import logging

import pytest

from mmdt.core.output import FailureKind, Output, Status
from tests.models.adapters import KEY, TEXT, Adapter, ask
from tests.servers.asked import Asked
from tests.servers.behaviour import Fault, script
from tests.waiting import until_async

pytestmark = pytest.mark.parametrize("adapter", TEXT, ids=lambda adapter: adapter.name)


async def meet(adapter: Adapter, fault: str, **settings: object) -> Output:
    """The output when the one request meets this fault; the runtime must have tried exactly once."""
    async with adapter.server(key=KEY, behaviour=script(fault)) as server:
        model = adapter.open(server, **settings)
        (output,) = await model.generate([ask()])
        await model.close()
        assert server.log.requests == 1
    return output


@pytest.mark.parametrize(
    ("fault", "kind", "retryable", "fatal"),
    [
        ("rate_limit", FailureKind.RATE_LIMIT, True, False),
        ("quota", FailureKind.RATE_LIMIT, False, True),
        ("overloaded", FailureKind.OVERLOADED, True, False),
        ("server_error", FailureKind.SERVER, True, False),
        ("server_error:502", FailureKind.SERVER, True, False),
        ("wrong_key", FailureKind.AUTH, False, True),
        ("not_found", FailureKind.NOT_FOUND, False, True),
        ("bad_request", FailureKind.BAD_REQUEST, False, False),
        ("reset", FailureKind.NETWORK, True, False),
        ("truncated_body", FailureKind.NETWORK, True, False),
        ("malformed", FailureKind.BAD_REPLY, True, False),
        ("html", FailureKind.BAD_REPLY, True, False),
        ("wrong_shape", FailureKind.BAD_REPLY, True, False),
    ],
)
async def test_each_fault_has_its_kind_of_failure(
    adapter: Adapter, fault: str, kind: FailureKind, retryable: bool, fatal: bool
) -> None:
    if fault.partition(":")[0] in adapter.skips:
        pytest.skip("this protocol has no form for it")
    output = await meet(adapter, fault)
    assert output.status is Status.FAILED
    failure = output.failure
    assert failure is not None
    assert (failure.kind, failure.retryable, failure.fatal) == (kind, retryable, fatal), failure
    assert failure.message
    assert "\n" not in failure.message


@pytest.mark.parametrize("header", ["seconds", "ms", "date"])
async def test_retry_after_is_read_in_every_form(adapter: Adapter, header: str) -> None:
    output = await meet(adapter, f"rate_limit:7:{header}")
    assert output.failure is not None
    assert output.failure.retry_after == pytest.approx(7, abs=1.1 if header == "date" else 0.001)


async def test_without_retry_after_there_is_none(adapter: Adapter) -> None:
    output = await meet(adapter, "rate_limit")
    assert output.failure is not None
    assert output.failure.retry_after is None


@pytest.mark.parametrize("fault", ["hang", "drip:5"])
async def test_a_reply_that_takes_too_long_is_a_timeout(adapter: Adapter, fault: str) -> None:
    """The server would go on: it has not replied in full when the request is given up."""
    async with adapter.server(key=KEY, behaviour=script(f"answer,{fault}")) as server:
        ready = adapter.open(server)
        await ready.generate([ask()])  # what the SDK takes to wake up does not count
        await ready.close()
        model = adapter.open(server, timeout=1.2)
        (output,) = await model.generate([ask()])
        assert (server.log.requests, server.log.answered) == (2, 1)
        await model.close()
    assert output.failure is not None
    assert output.failure.kind is FailureKind.TIMEOUT
    assert output.failure.retryable


async def test_a_slow_reply_within_the_limit_is_an_answer(adapter: Adapter) -> None:
    output = await meet(adapter, "drip:0.3", timeout=100)
    assert output.status is Status.ANSWERED


async def test_a_server_that_is_not_there_is_named(adapter: Adapter) -> None:
    async with adapter.server() as server:
        pass
    model = adapter.open(server)
    (output,) = await model.generate([ask()])
    await model.close()
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (FailureKind.NETWORK, True)
    assert f"127.0.0.1:{server.port}" in output.failure.message


async def test_an_address_that_is_not_found_is_named_in_full(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server, base_url=f"{server.url}/nowhere")
        (output,) = await model.generate([ask()])
        await model.close()
        assert server.log.requests == 0
    assert output.failure is not None
    assert (output.failure.kind, output.failure.fatal) == (FailureKind.NOT_FOUND, True)
    assert f"127.0.0.1:{server.port}" in output.failure.message
    assert "/nowhere" in output.failure.message
    assert "base URL" in output.failure.message


async def test_cancelling_closes_the_connection_though_the_server_never_replies(adapter: Adapter) -> None:
    arrived = asyncio.Event()

    def behave(_asked: Asked, _nth: int) -> Fault:
        arrived.set()
        return Fault("hang")

    async with adapter.server(key=KEY, behaviour=behave) as server:
        model = adapter.open(server)
        task = asyncio.ensure_future(model.generate([ask()]))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until_async(lambda: not server.log.in_flight)  # the server sees that nobody listens any more
        await model.close()
        assert (server.log.requests, server.log.answered) == (1, 0)


async def test_many_requests_are_in_flight_at_once(adapter: Adapter) -> None:
    """No reply comes before 129 requests are in flight."""
    async with adapter.server(key=KEY) as server:
        server.together = 129
        model = adapter.open(server)
        outputs = await model.generate([ask(f"Number {number}") for number in range(160)])
        await model.close()
    assert [output.text for output in outputs] == [f"You said: Number {number}" for number in range(160)]


async def test_one_failure_among_many_is_one_failure(adapter: Adapter) -> None:
    async with adapter.server(key=KEY, behaviour=script("reset")) as server:
        model = adapter.open(server)
        outputs = await model.generate([ask(f"Number {number}") for number in range(5)])
        await model.close()
    assert sorted(output.status for output in outputs) == ["answered"] * 4 + ["failed"]


async def test_a_wrong_key_says_where_to_put_the_right_one(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(adapter.key_env, "sk-wrong-0123456789abcdef")
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask()])
        await model.close()
    assert output.failure is not None
    assert (output.failure.kind, output.failure.fatal) == (FailureKind.AUTH, True)
    assert adapter.key_env in output.failure.message
    assert "0123456789" not in output.failure.message


async def test_the_key_is_written_nowhere(adapter: Adapter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with adapter.server(key=KEY, behaviour=script("wrong_key,server_error,bad_request")) as server:
        model = adapter.open(server)
        outputs = [*await model.generate([ask(f"Number {number}") for number in range(4)])]
        written = [repr(model), str(model.info), *map(repr, outputs), caplog.text]
        await model.close()
    assert not [text for text in written if KEY in text]
