"""Azure's addresses: what users copy from the portal, and the endpoint that is asked."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from mmdt.models.http.urls import check_base_url

V1 = "/openai/v1"
"""The path below which no version is needed: the form that Azure recommends since August 2025
(learn.microsoft.com/azure/foundry/openai/api-version-lifecycle)."""
_BELOW = re.compile(r"/openai(/.*)?$")


def resource_of(url: str, where: str) -> tuple[str, str]:
    """The resource's address and the api-version in ``url``, empty where it has none.

    ``url``: the resource (``https://NAME.openai.azure.com``), its v1 endpoint (``.../openai/v1/``) or the target URI of
    a deployment (``.../openai/deployments/NAME/chat/completions?api-version=...``). Raises UsageError."""
    try:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
    except ValueError:
        return check_base_url(url, where), ""
    if parts.query and set(query) != {"api-version"}:
        return check_base_url(url, where), ""  # raises: it may hold a key
    plain = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    return _BELOW.sub("", check_base_url(plain, where)), query.get("api-version", "")
