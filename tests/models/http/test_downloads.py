"""Pictures by URL: an endpoint must not be able to make this machine ask for what only it can reach."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

import pytest

from mmdt.errors import DataError
from mmdt.models.http import downloads
from mmdt.models.http.downloads import download
from tests.security.hostile import Hostile
from tests.servers.responder import picture

FAR = "https://93.184.215.14/v1"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/a.png",
        "https://[::1]/a.png",
        "https://localhost/a.png",
        "https://10.0.0.1/a.png",
        "https://192.168.1.1/a.png",
        "https://169.254.169.254/latest/meta-data",
        "https://[fe80::1]/a.png",
        "https://[::ffff:127.0.0.1]/a.png",
        "https://0.0.0.0/a.png",
        "https://2130706433/a.png",
        "https://0x7f.1/a.png",
    ],
)
async def test_an_address_of_this_machine_or_network_is_not_asked(url: str) -> None:
    with pytest.raises(DataError) as caught:
        await download(url, FAR)
    assert "private network" in str(caught.value) or "cannot be downloaded" in str(caught.value)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1", "http://10.0.0.1"])
async def test_a_clouds_metadata_is_never_asked(endpoint: str) -> None:
    with pytest.raises(DataError, match="private network"):
        await download("https://169.254.169.254/latest", endpoint)


async def test_plain_http_and_logins_are_refused() -> None:
    with pytest.raises(DataError, match="plain http"):
        await download("http://93.184.215.15/a.png", FAR)
    with pytest.raises(DataError, match="login"):
        await download("https://user:pass@93.184.215.15/a.png", FAR)


async def test_a_name_that_resolves_to_another_address_the_second_time_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first check sees a public address; the connection would go to this machine."""

    async def public(host: str, port: int, *, strict: bool) -> list[downloads.Address]:
        return [ipaddress.ip_address("93.184.215.14")]

    asked: list[bytes] = []

    def reply(request: bytes) -> Iterator[bytes]:
        asked.append(request)
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    monkeypatch.setattr(downloads, "_resolve", public)
    with Hostile(reply).running() as server, pytest.raises(DataError, match="private network"):
        await download(f"https://localhost:{server.port}/a.png", FAR)
    assert not asked


@pytest.mark.parametrize(("hops", "taken"), [(0, True), (3, True), (4, False)])
async def test_at_most_three_redirects_are_followed(hops: int, taken: bool) -> None:
    data = picture("a")
    seen = 0

    def reply(_request: bytes) -> Iterator[bytes]:
        nonlocal seen
        seen += 1
        if seen <= hops:
            yield b"HTTP/1.1 302 Found\r\nLocation: /next.png\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        else:
            yield b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(data) + data

    with Hostile(reply).running() as server:
        if taken:
            assert (await download(f"{server.url}/a.png", server.url)).media_type == "image/png"
        else:
            with pytest.raises(DataError, match="3 redirects"):
                await download(f"{server.url}/a.png", server.url)


async def test_a_redirect_to_a_forbidden_address_is_not_followed() -> None:
    def reply(_request: bytes) -> Iterator[bytes]:
        yield b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/x\r\nContent-Length: 0\r\n\r\n"

    with Hostile(reply).running() as server, pytest.raises(DataError, match="plain http"):
        await download(f"{server.url}/a.png", server.url)
