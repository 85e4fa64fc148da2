"""Named endpoints: servers of one's own under a short name, which stands before the slash of a model's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mmdt import plugins
from mmdt.errors import UsageError
from mmdt.models.http.urls import check_base_url
from mmdt.safe_text.redaction import looks_like_key
from mmdt.spelling import option

Given = str | Mapping[str, str]
"""``URL``, ``URL,key=VARIABLE``, or a table with ``url``, ``key`` and ``runtime``."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class NamedEndpoint:
    """A server: its base URL, the environment variable with its key, and the runtime that speaks its protocol."""

    url: str
    key: str
    runtime: str = "openai"

    def settings(self) -> dict[str, Any]:
        """What ``plugins.open_model`` takes as the setting ``endpoint``."""
        return {"runtime": self.runtime, "settings": {"base_url": self.url, "api_key_env": self.key}}


def parse(name: str, given: Given) -> NamedEndpoint:
    """Raises UsageError for a name or a value that cannot be one, and for a key that was written out."""
    where = f"endpoint {name}"
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not a name for an endpoint", where=option("endpoints"), hint=_hint())
    if name in plugins.names(plugins.MODELS):
        raise UsageError(f"{name} is a model runtime already", where=where, hint="choose another name")
    fields = _fields(given, where) if isinstance(given, str) else dict(given)
    if "base_url" in fields:  # the name of the setting that it stands for
        fields["url"] = fields.pop("base_url")
    unknown = sorted(fields.keys() - {"url", "key", "runtime"})
    if unknown or not fields.get("url"):
        what = f"an endpoint has no {unknown[0]!r}" if unknown else "the endpoint has no URL"
        raise UsageError(what, where=where, hint=_hint())
    key = fields.get("key") or re.sub(r"\W", "_", name).upper() + "_API_KEY"
    if not _VARIABLE.fullmatch(key) or looks_like_key(key):
        # The value may be a key, so it must not be repeated.
        raise UsageError("key must be the name of an environment variable", where=where, hint=_hint())
    runtime = fields.get("runtime") or "openai"
    plugins.find(plugins.MODELS, runtime, "model runtime")
    return NamedEndpoint(check_base_url(fields["url"], where), key, runtime)


def _fields(text: str, where: str) -> dict[str, str]:
    url, *rest = text.split(",")
    fields = {"url": url.strip()}
    for part in rest:
        name, equals, value = part.partition("=")
        if not equals:
            raise UsageError("the endpoint cannot be read", where=where, hint=_hint())
        fields[name.strip()] = value.strip()
    return fields


def _hint() -> str:
    with_key = option("endpoints", {"NAME": "URL,key=ENVIRONMENT_VARIABLE"})
    return f"write {option('endpoints', {'NAME': 'http://127.0.0.1:8000/v1'})} or {with_key}"


def endpoint_settings(model: str, endpoints: Mapping[str, Given]) -> dict[str, Any]:
    """The setting ``endpoint`` of a model whose name begins with that of an endpoint; empty for any other model."""
    name = model.partition("/")[0]
    return {plugins.ENDPOINT: parse(name, endpoints[name]).settings()} if name in endpoints else {}
