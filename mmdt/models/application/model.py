"""Any application over HTTP: ``http/<file.toml>`` (a chat service, a bot, a pipeline of your own)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import ModelInfo, Request
from mmdt.errors import DataError
from mmdt.models.application.client import ApplicationClient
from mmdt.models.application.paths import find
from mmdt.models.application.settings import ApplicationSettings, application_settings
from mmdt.models.application.template import fill, most_images, placeholders
from mmdt.models.check import Finding, key_finding, price_finding
from mmdt.models.http.client import START_CONCURRENCY
from mmdt.models.http.failures import bad_reply, empty, redact
from mmdt.models.http.images import accepted
from mmdt.models.http.limits import MAX_PICTURES
from mmdt.models.http.picture_formats import formats_at
from mmdt.models.http.reply_pictures import listed_picture
from mmdt.models.http.streams import at_once
from mmdt.models.http.usage import count, used
from mmdt.models.prices import Tariff
from mmdt.models.requests import unfit
from mmdt.models.settings import stated

_OMITTED = frozenset({"headers", "query", "timeout", "prices", "concurrency", "max_image_bytes", "filter_patterns"})
"""Settings that change no answer, or may hold what nobody should read."""


class ApplicationModel:
    """One application. Its template says what it takes, its reply paths what it gives."""

    imports = ("httpx2", "httpcore2")

    def __init__(self, name: str, settings: ApplicationSettings, tariff: Tariff) -> None:
        self._settings = settings
        self._paths = settings.paths
        self._client = ApplicationClient(settings)
        self.tariff = tariff
        self._used = placeholders(settings.request)
        self._info = _info(name, settings)

    @property
    def info(self) -> ModelInfo:
        return self._info

    @property
    def priced(self) -> bool:
        """Whether the cost of its replies will be known."""
        return self.tariff.known

    @property
    def left_out(self) -> tuple[str, ...]:
        """The request fields that the server does not take, as far as it was asked."""
        return self._client.dialect.left_out

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        return await asyncio.gather(*(self._one(request) for request in requests))

    async def _one(self, request: Request) -> Output:
        refused = unfit(request, self._info)
        if refused is not None:
            return refused
        if request.system and "system" not in self._used:
            why = "the case has a system prompt, and the request of the application has no {{system}}"
            return Output.failed(FailureKind.CASE, why)
        if len(request.turns) > 1 and "messages" not in self._used:
            why = f"the case has {len(request.turns)} turns, and the request of the application has no {{{{messages}}}}"
            return Output.failed(FailureKind.CASE, why)
        try:
            formats, most = formats_at(self._settings.url), self._settings.max_image_bytes
            images = [accepted(image, formats, most) for image in request.images]
        except DataError as error:
            return Output.failed(FailureKind.CASE, str(error))
        draft = self._client.dialect.draft()
        seeded = "seed" in self._used and request.seed is not None and draft.accepts("seed")
        body = fill(self._settings.request, request, images, seeded=seeded)
        reply = await self._client.ask(body, frozenset({"seed"} if seeded else ()))
        output = reply if isinstance(reply, Output) else await self._output(reply)
        return replace(output, left_out=draft.left_out)

    async def _output(self, reply: bytes) -> Output:
        paths = self._paths
        if paths == type(paths)():
            text = reply.decode("utf-8", "replace")
            return Output.answered(text, usage=Usage()) if text.strip() else empty("stop", Usage())
        try:
            value = msgspec.json.decode(at_once(reply))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return bad_reply(f"the reply is not JSON ({error}): {redact(reply[:80].decode('utf-8', 'replace'))}")
        if paths.refused and (said := _first(value, paths.refused)):
            reason = redact(said) if isinstance(said, str) else "the application blocked the request"
            return Output.refused(RefusedBy.FILTER, reason, self._usage(value))
        if paths.error and (wrong := _first(value, paths.error)):
            what = f"the application reports an error: {redact(_shown(wrong))}"
            return Output.failed(FailureKind.SERVER, what, retryable=True, usage=self._usage(value))
        return await (self._image(value) if paths.image else self._text(value))

    async def _text(self, value: Any) -> Output:
        found = [each for each in find(value, self._paths.text) if each is not None]
        if not found:
            return bad_reply(
                f"the reply has nothing at {self._paths.text}: {redact(_shown(value))}", self._usage(value)
            )
        if not all(isinstance(each, str | int | float) for each in found):
            what = f"the reply has no text at {self._paths.text}: {redact(_shown(found[0]))}"
            return bad_reply(what, self._usage(value))
        text, finish = "".join(map(str, found)), self._word(value, self._paths.finish) or "stop"
        usage = self._usage(value)
        if not text.strip():
            return empty(finish, usage)
        return Output.answered(text, usage=usage, finish=finish, model=self._word(value, self._paths.model))

    async def _image(self, value: Any) -> Output:
        found = [each for each in find(value, self._paths.image) if isinstance(each, str | Mapping) and each]
        if not found:
            what = f"the reply has no image at {self._paths.image}: {redact(_shown(value))}"
            return bad_reply(what, self._usage(value))
        usage = self._usage(value, len(found))
        if len(found) > MAX_PICTURES:
            return bad_reply(f"the reply has {len(found)} pictures, and at most {MAX_PICTURES} are read", usage)
        try:
            images = tuple([await listed_picture(each, self._settings.url, self._settings.timeout) for each in found])
        except DataError as error:
            return bad_reply(str(error), usage)
        return Output.answered(images=images, usage=usage, model=self._word(value, self._paths.model))

    def _usage(self, value: Any, images: int = 0) -> Usage:
        paths = self._paths
        given, made = (
            count(_first(value, path)) if path else None for path in (paths.input_tokens, paths.output_tokens)
        )
        return used(self.tariff.price(), given, made, images)

    def _word(self, value: Any, path: str) -> str:
        found = _first(value, path) if path else ""
        return found if isinstance(found, str) else ""

    async def check(self) -> list[Finding]:
        """The findings for ``mmdt doctor``. Nothing is sent: an application has nothing to ask but its questions."""
        keys = [key_finding(name, bool(os.environ.get(name)), needed=True) for name in self._settings.variables]
        sent = Finding("ok", f"requests go to {self._settings.url}; nothing was sent to it now")
        return [*keys, sent, price_finding(self.tariff)]

    async def close(self) -> None:
        await self._client.close()


def _first(value: Any, path: str) -> Any:
    return next(iter(find(value, path)), None)


def _shown(value: Any) -> str:
    return msgspec.json.encode(value).decode("utf-8", "replace")


def _info(name: str, settings: ApplicationSettings) -> ModelInfo:
    """Everything that changes answers: the request and the names of the headers, never their values."""
    described = {**stated(settings, _OMITTED), "headers": sorted(settings.headers)}
    draws = bool(settings.paths.image)
    return ModelInfo(
        name,
        frozenset({"t2i" if draws else "i2t"}),
        settings=described,
        max_images=0 if draws else most_images(settings.request, settings.max_images),
        concurrency=settings.concurrency,
        start_concurrency=min(START_CONCURRENCY, settings.concurrency),
        seeds="seed" in placeholders(settings.request),
    )


def open_http(rest: str, settings: Mapping[str, Any]) -> ApplicationModel:
    """Entry point; ``rest``: the path of the application's TOML file, or a name for settings. Raises UsageError."""
    found = application_settings(rest, settings)
    return ApplicationModel(f"http/{rest}", found, Tariff("http", rest, found.prices))
