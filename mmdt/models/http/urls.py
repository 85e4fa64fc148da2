"""Checks base URLs before anything is sent to them."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from mmdt.errors import UsageError


def check_base_url(url: str, where: str) -> str:
    """``url`` without a trailing slash. Raises UsageError unless it is an http(s) URL without credentials."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _has_port(parts):
        hint = "write the full URL, for example http://localhost:8000/v1"
        raise UsageError(f"{url!r} is not a valid base URL", where=where, hint=hint)
    if parts.username or parts.password or parts.query:
        # A key in a URL would end up in the manifest of the run.
        hint = "put the key in an environment variable and name it with api_key_env"
        raise UsageError("the base URL contains credentials or a query", where=where, hint=hint)
    return url.rstrip("/")


def _has_port(parts: SplitResult) -> bool:
    """Whether the port is absent or a valid number."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


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
