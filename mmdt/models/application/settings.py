"""The description of an application: URL, headers, the request as a template, and where the answer is in the reply."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from mmdt.errors import UsageError
from mmdt.models.application.paths import parse_path
from mmdt.models.application.template import placeholders
from mmdt.models.http.keys import read_key
from mmdt.models.http.limits import TIMEOUT
from mmdt.models.http.urls import check_base_url
from mmdt.models.settings import read_settings

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET = re.compile(r"(?i)authorization|cookie|key|token|secret|password")


class ReplyPaths(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where things are in a reply, as paths such as ``choices[0].message``; ``parts[*].text`` joins all of them.

    ``text`` or ``image`` (base64, a data URL or a URL) is the answer. Where ``refused`` is there and not false, null or
    empty, the application blocked the request; its value, if it is a text, is the reason. ``error``: where it is there,
    a reply with status 200 is a failure. The others are kept with each output.
    """

    text: str = ""
    image: str = ""
    refused: str = ""
    error: str = ""
    input_tokens: str = ""
    output_tokens: str = ""
    model: str = ""
    finish: str = ""


class ApplicationSettings(msgspec.Struct, frozen=True):
    """Settings of ``http/<file.toml>`` or ``http/<name>``: what the file may contain and ``--set`` may override.

    ``url``: where requests are sent. ``headers`` and ``query``: ``${NAME}`` stands for an environment variable, so that
    no key is in the file. ``request``: the JSON to send, with ``{{prompt}}``, ``{{messages}}``, ``{{system}}``,
    ``{{seed}}``, ``{{image}}`` (a data URL), ``{{image_base64}}`` and ``{{image_type}}``; an element of a list that
    mentions the image is repeated for each one. ``reply``: see :class:`ReplyPaths`; a string is the path to the text.
    Without it the whole reply is the text. ``max_images``: the most images of one request, where the template takes
    several. ``timeout``: seconds per attempt. ``filter_patterns``: regular expressions of error replies that mean a
    content filter. ``prices``: as in docs/api-models.md."""

    url: str
    request: dict[str, Any]
    reply: ReplyPaths | str = ""
    headers: dict[str, str] = {}
    query: dict[str, str] = {}
    method: Literal["POST", "PUT"] = "POST"
    max_images: int = 16
    max_image_bytes: int | None = None
    concurrency: int = 256
    timeout: float = TIMEOUT
    filter_patterns: tuple[str, ...] = ()
    prices: dict[str, float] | str | None = None

    @property
    def paths(self) -> ReplyPaths:
        return ReplyPaths(text=self.reply) if isinstance(self.reply, str) else self.reply

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that headers and query name."""
        values = (*self.headers.values(), *self.query.values())
        return tuple(dict.fromkeys(name for value in values for name in _VARIABLE.findall(value)))


def application_settings(rest: str, settings: Mapping[str, Any]) -> ApplicationSettings:
    """The settings in the file, overridden by those given. Raises UsageError for whatever cannot work."""
    where = f"http/{rest}"
    values = {**(_read(rest) if rest.endswith(".toml") else {}), **settings}
    if "base_url" in values:  # --base-url on the command line
        values["url"] = values.pop("base_url")
    missing = [name for name in ("url", "request") if not values.get(name)]
    if missing:
        hint = "write http/<file>.toml with url and [request], or give them as settings (docs/applications.md)"
        raise UsageError(f"the application has no {missing[0]}", where=where, hint=hint)
    found = read_settings(ApplicationSettings, values, where)
    _check(found, where)
    return found


def _read(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        hint = "check the path after http/"
        raise UsageError(
            "the application's file cannot be read", where=f"{path}: {error.strerror}", hint=hint
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        hint = "see docs/applications.md for an example"
        raise UsageError(f"the application's file is not TOML: {error}", where=path, hint=hint) from error


def _check(settings: ApplicationSettings, where: str) -> None:
    check_base_url(settings.url, where)
    try:
        msgspec.json.encode(settings.request)
        used = placeholders(settings.request)
        for name in ReplyPaths.__struct_fields__:
            if path := getattr(settings.paths, name):
                parse_path(path)
    except (ValueError, TypeError) as error:
        raise UsageError(str(error), where=where, hint="see docs/applications.md for an example") from error
    if not used & {"prompt", "messages"}:
        raise UsageError("the request has no {{prompt}}", where=where, hint="put {{prompt}} where the question goes")
    if settings.paths.text and settings.paths.image:
        raise UsageError("the reply has a text and an image", where=where, hint="name one of them")
    for name, value in settings.headers.items():
        if _SECRET.search(name) and value and not _VARIABLE.search(value):
            hint = f'put it into an environment variable and write {name} = "${{VARIABLE}}"'
            raise UsageError(f"the header {name} contains a key", where=where, hint=hint)


def filled(values: Mapping[str, str], url: str) -> dict[str, str]:
    """Headers or query with their environment variables filled in.

    Raises UsageError, without the key, for one with impossible characters or that would be sent unencrypted over a
    public network; KeyError with the name of a variable that is not set.
    """

    def value(name: str) -> str:
        if not os.environ.get(name):
            raise KeyError(name)
        return read_key(name, url)

    return {key: _VARIABLE.sub(lambda match: value(match[1]), text) for key, text in values.items()}
