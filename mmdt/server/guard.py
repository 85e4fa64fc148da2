"""Who may talk to a page: a browser on this machine that knows the token, and no other page in it.

The server listens on 127.0.0.1 alone. Another site that is open in the same browser could still send requests here, so
every request must name this address as its host (a name that was rebound to 127.0.0.1 does not), carry the token in its
path, and, where it changes something, come from this very page: the right ``Origin`` and JSON, which no form can send.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HOST = "127.0.0.1"
MAX_BODY = 64 * 1024
"""Bytes of a request."""
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)


class Guard:
    """Lets requests through to ``app``, with the token taken off their path; all others get 403 or 413."""

    def __init__(self, app: App, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._hosts = {f"{HOST}:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        status = self._refusal(scope)
        if status:
            await _plain(send, status)
            return
        rest = scope["path"][len(self._token) + 1 :] or "/"
        inner = {**scope, "path": rest, "raw_path": rest.encode()}
        await self._app(inner, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> int:
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        hosts = headers.get("host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 403
        given = scope["path"].split("/")[1]
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return 403
        if scope["method"] in ("GET", "HEAD"):
            return 0
        if scope["method"] != "POST" or headers.get("origin") != [f"http://{hosts[0]}"]:
            return 403
        if headers.get("content-type", [""])[0].split(";")[0].strip() != "application/json":
            return 403
        length = headers.get("content-length", [""])[0]
        return 0 if length.isdigit() and int(length) <= MAX_BODY else 413


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if pair[0].decode().lower() not in _HEADERS]
            added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
            message = {**message, "headers": [*kept, *added]}
        await send(message)

    return sending


async def _plain(send: Send, status: int) -> None:
    body = b"This page is not for you: open the address that mmdt printed."
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await _with_headers(send)({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
