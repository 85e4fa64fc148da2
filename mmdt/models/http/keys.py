"""Which key goes to which host, and reads it from the environment when it is needed. Keys are stored nowhere.

A provider's key goes to that provider's hosts. Another host gets a key only if the user names its variable
(``api_key_env``), or if host and key come from the same pair of variables (``OPENAI_BASE_URL`` with
``OPENAI_API_KEY``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from mmdt.errors import UsageError
from mmdt.models.http.urls import is_local, origin
from mmdt.safe_text.redaction import know, looks_like_key
from mmdt.spelling import option

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class KeyRule:
    """Where a provider's key may go.

    ``variable``: the environment variable with the key. ``hosts``: the provider's own hosts; one that begins with a dot
    stands for all hosts below it. ``url_variable``: the variable that names a host for this key.
    """

    variable: str
    hosts: tuple[str, ...]
    url_variable: str = ""

    def covers(self, url: str) -> bool:
        """Whether the key may be sent to ``url`` although the user did not name it."""
        return at_host(url, self.hosts) or self._paired(url)

    def _paired(self, url: str) -> bool:
        named = os.environ.get(self.url_variable, "") if self.url_variable else ""
        return bool(named) and origin(named) == origin(url)


def at_host(url: str, hosts: Sequence[str]) -> bool:
    """Whether ``url`` is at one of the hosts (``.example.org``: any host below it)."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return any(host == each or (each.startswith(".") and host.endswith(each)) for each in hosts)


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """``variable``: the one whose key is sent; empty where none is. ``withheld``: the usual one, which is not sent to
    this host unless the user names it."""

    variable: str
    withheld: str = ""

    def read(self, url: str) -> str:
        """The key; empty if there is none or none is sent. Raises UsageError, see :func:`read_key`."""
        return read_key(self.variable, url) if self.variable else ""

    @property
    def shown(self) -> str:
        """The variable to name in messages."""
        return self.variable or self.withheld


def choose_key(named: str, rule: KeyRule, url: str, where: str) -> KeyChoice:
    """The variable whose key goes to ``url``. ``named``: the setting ``api_key_env``. Raises UsageError."""
    if named:
        return KeyChoice(check_variable(named, where))
    return KeyChoice(rule.variable) if rule.covers(url) else KeyChoice("", rule.variable)


def check_variable(name: str, where: str) -> str:
    """``name``, if it can be that of an environment variable. Raises UsageError without repeating it: it may be the key
    itself."""
    set_already = name in os.environ
    if not _NAME.fullmatch(name) or (not set_already and looks_like_key(name)):
        know(name)
        setting = option("api_key_env")
        raise UsageError(
            f"{setting} is the name of an environment variable, and this is not one (is it the key itself?)",
            where=where,
            hint=f"put the key in a variable, such as export MY_KEY=..., and write {option('api_key_env', 'MY_KEY')}",
        )
    return name


def read_key(variable: str, url: str) -> str:
    """The key for ``url`` in the environment variable; empty if there is none.

    Raises UsageError, without the key in the message, if the key has characters that an HTTP header cannot contain (a
    line break, a curly quote) or would be sent unencrypted over a public network.
    """
    key = os.environ.get(variable, "").strip()
    know(key)
    if not (key.isascii() and key.isprintable()) or " " in key:
        hint = "paste the key again, without quotes, spaces or line breaks"
        raise UsageError("the key contains an invalid character", where=variable, hint=hint)
    if key and url.startswith("http:") and not is_local(url):
        hint = f"use https, or name another variable with {option('api_key_env')} (if it is unset, no key is sent)"
        raise UsageError(f"the key in {variable} would be sent unencrypted", where=url, hint=hint)
    return key
