"""The proxy that stands between this machine and a server, if the environment names one."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from mmdt.safe_text.redaction import without_credentials


def proxy_of(url: str) -> tuple[str, str] | None:
    """The variable that names the proxy for this URL, and its address without credentials; None if there is none.

    ``NO_PROXY`` is respected, as every HTTP client does.
    """
    found = _proxy_of(url)
    return None if found is None else (found[0], without_credentials(found[1]))


def proxy_address(url: str) -> str:
    """The address of the proxy for this URL, with credentials if it has some; empty if there is none."""
    found = _proxy_of(url)
    return "" if found is None else found[1]


def proxy_login(url: str) -> str:
    """``user:password`` for the proxy, as the environment has it; empty where there is none."""
    return urlsplit(proxy_address(url)).netloc.rpartition("@")[0]


def _proxy_of(url: str) -> tuple[str, str] | None:
    parts, proxies = urlsplit(url), getproxies_environment()
    for kind in (parts.scheme, "all"):
        if proxies.get(kind):
            host = parts.hostname or ""
            bypassed = proxy_bypass_environment(f"{host}:{parts.port}" if parts.port else host, proxies)
            address = proxies[kind] if "://" in proxies[kind] else f"http://{proxies[kind]}"
            return None if bypassed else (f"{kind.upper()}_PROXY", address)
    return None


def through_proxy(url: str) -> str:
    """Words for a message about a call to this URL: through which proxy it went; empty if through none."""
    found = proxy_of(url)
    if found is None:
        return ""
    name, address = found
    host = urlsplit(url).hostname or "the host"
    return f" through the proxy {address} (from {name}: if the server needs none, add {host} to NO_PROXY)"
