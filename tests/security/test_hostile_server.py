"""A server that is out to hurt the machine or to get the key: every API runtime comes away with one failure."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from mmdt.core.output import FailureKind, Output, Status
from mmdt.plugins import open_model
from tests.models.adapters import KEY, TEXT, Adapter, ask
from tests.models.conftest import keys as keys_fixture
from tests.security.hostile import Hostile, json_reply

keys = keys_fixture
MIB = 1024 * 1024
LIMIT = 1 * MIB
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

pytestmark = pytest.mark.parametrize("adapter", TEXT, ids=lambda each: each.name)


async def meet(adapter: Adapter, server: Hostile, **settings: object) -> Output:
    model = open_model(
        adapter.text,
        {"base_url": server.url, "api_key_env": adapter.key_env, **adapter.settings, "timeout": 20, **settings},
    )
    (output,) = await model.generate([ask()])
    await model.close()
    return output


def _bomb() -> bytes:
    """400 KB that unpack to 400 MB."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    return b"".join([packer.compress(b"a" * MIB) for _ in range(400)]) + packer.flush()


BOMB = _bomb()


def endless(_request: bytes) -> Iterator[bytes]:
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    while True:
        yield piece


def announced(_request: bytes) -> Iterator[bytes]:
    yield HEAD + b"Content-Length: 300000000\r\n\r\n"
    while True:
        yield b" " * 65536


def bomb(_request: bytes) -> Iterator[bytes]:
    yield HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB


def packed_twice(_request: bytes) -> Iterator[bytes]:
    body = gzip.compress(gzip.compress(b"a" * MIB))
    yield HEAD + b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize("reply", [endless, announced, bomb, packed_twice], ids=lambda each: each.__name__)
async def test_a_reply_is_read_only_up_to_the_limit(adapter: Adapter, reply: object) -> None:
    with Hostile(reply).running() as server:  # type: ignore[arg-type]
        await meet(adapter, server, max_reply_bytes=LIMIT)  # imports what it needs
        tracemalloc.start()
        output = await meet(adapter, server, max_reply_bytes=LIMIT)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert output.failure is not None
    assert output.failure.kind in (FailureKind.BAD_REPLY, FailureKind.NETWORK), output.failure
    assert output.failure.retryable
    assert reply is packed_twice or "max_reply_bytes" in output.failure.message
    assert peak < 40 * MIB


def bad_status(_request: bytes) -> Iterator[bytes]:
    yield b"HTTP/9.9 hello\r\n\r\n"


def no_http(_request: bytes) -> Iterator[bytes]:
    yield b"\x00\xff\x13SSH-2.0-OpenSSH\r\n\r\n"


def many_headers(_request: bytes) -> Iterator[bytes]:
    yield HEAD + b"".join(b"X-%d: y\r\n" % n for n in range(20_000)) + b"Content-Length: 2\r\n\r\n{}"


def long_header(_request: bytes) -> Iterator[bytes]:
    yield HEAD + b"X: " + b"y" * 1_000_000 + b"\r\nContent-Length: 2\r\n\r\n{}"


def bad_chunk(_request: bytes) -> Iterator[bytes]:
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"


def bad_gzip(_request: bytes) -> Iterator[bytes]:
    yield json_reply(b"this is not packed", "200 OK", "Content-Encoding: gzip")


def deep_json(_request: bytes) -> Iterator[bytes]:
    yield json_reply(b'{"choices":' + b"[" * 200_000 + b"]" * 200_000 + b"}")


def deep_error(_request: bytes) -> Iterator[bytes]:
    yield json_reply(b'{"error":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "500 Oops")


def not_unicode(_request: bytes) -> Iterator[bytes]:
    yield json_reply(b'{"choices": "\xff\xfe"}')


def nothing(_request: bytes) -> Iterator[bytes]:
    yield b""


FAULTS = [
    bad_status,
    no_http,
    many_headers,
    long_header,
    bad_chunk,
    bad_gzip,
    deep_json,
    deep_error,
    not_unicode,
    nothing,
]


@pytest.mark.parametrize("reply", FAULTS, ids=lambda each: each.__name__)
async def test_a_broken_transport_is_a_fault_of_the_network_that_is_retried(adapter: Adapter, reply: object) -> None:
    with Hostile(reply).running() as server:  # type: ignore[arg-type]
        output = await meet(adapter, server)
    assert output.status is Status.FAILED
    assert output.failure is not None
    kinds = (FailureKind.NETWORK, FailureKind.BAD_REPLY, FailureKind.SERVER, FailureKind.TIMEOUT)
    assert output.failure.kind in kinds, output.failure
    assert output.failure.retryable
    assert len(output.failure.message) < 1000 and "\n" not in output.failure.message


async def test_a_redirect_to_another_host_carries_no_key(adapter: Adapter) -> None:
    def there(_request: bytes) -> Iterator[bytes]:
        yield json_reply(b"{}")

    with Hostile(there).running() as other:

        def redirect(_request: bytes) -> Iterator[bytes]:
            yield json_reply(b"{}", "307 Elsewhere", f"Location: {other.url}/?key={KEY}")

        with Hostile(redirect).running() as server:
            output = await meet(adapter, server)
    assert not other.requests
    assert output.failure is not None
    assert KEY not in output.failure.message
