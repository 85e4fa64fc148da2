"""Checks base URLs before anything is sent to them."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from mmdt.errors import UsageError
from mmdt.safe_text.redaction import without_credentials
from mmdt.spelling import option


def check_base_url(url: str, where: str) -> str:
    """``url`` without a trailing slash. Raises UsageError unless it is an http(s) URL without credentials."""
    try:
        parts = urlsplit(url)
    except ValueError as error:  # for example an IPv6 address without its bracket
        raise UsageError(f"the base URL cannot be read: {error}", where=where, hint="check its spelling") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or not _has_port(parts):
        hint = "write the full URL, for example http://localhost:8000/v1"
        shown = without_credentials(url)
        raise UsageError(f"{shown!r} is not a valid base URL", where=where, hint=hint)
    if parts.username or parts.password or parts.query:
        # A key in a URL would end up in the manifest of the run.
        hint = f"put the key in an environment variable and name it with {option('api_key_env')}"
        raise UsageError("the base URL contains credentials or a query", where=where, hint=hint)
    return url.rstrip("/")


def _has_port(parts: SplitResult) -> bool:
    """Whether the port is absent or a valid number."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


@lru_cache(maxsize=256)
def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: what decides whether two URLs are the same server."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", url, 0
    return parts.scheme, (parts.hostname or "").rstrip("."), port or {"http": 80, "https": 443}.get(parts.scheme, 0)


def is_local(url: str) -> bool:
    """Whether the URL points at this machine or a private network, judged by the host as written."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host  # a name without a domain, such as a container's
    return address.is_private or address.is_loopback
