"""Any provider of the inspect_ai library, with its names and its environment: ``inspect/openai/gpt-4o``.

One attempt is one call of the provider's own ``generate``: the library's retries, cache and limit of connections stand
around that call and are left out, since the engine has its own. The retries of an SDK below it are switched off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import ModelInfo, Request
from mmdt.errors import DataError, UsageError
from mmdt.models.check import Finding, price_finding
from mmdt.models.extras import require
from mmdt.models.http.client import CONCURRENCY, START_CONCURRENCY
from mmdt.models.http.failures import Call, bad_reply, empty, redact, timed_out, unreachable
from mmdt.models.http.images import accepted, data_url
from mmdt.models.http.urls import check_base_url
from mmdt.models.http.usage import count, total
from mmdt.models.http.usage import used as tokens_used
from mmdt.models.openai.chat import MEDIA_TYPES
from mmdt.models.openai.errors import error_output, read_error
from mmdt.models.prices import Price, price_of
from mmdt.models.requests import unfit
from mmdt.models.settings import read_settings, stated

_SILENT = frozenset({"timeout", "prices", "temperature", "max_image_bytes"})
_OUT_OF_TOKENS = ("max_tokens", "model_length")


class InspectSettings(msgspec.Struct, frozen=True):
    """Settings of ``inspect/<provider>/<model>``. Keys come from where the provider looks for them.

    ``model_args``: what the provider itself takes (``-M`` of the library's command line). ``temperature``: null leaves
    it to the server. ``max_image_bytes``: the largest picture that is sent.
    """

    base_url: str = ""
    timeout: float = 120.0
    max_images: int = 32
    max_image_bytes: int | None = None
    max_tokens: int | None = None
    temperature: float | None = 0.0
    top_p: float | None = None
    reasoning_effort: str | None = None
    model_args: dict[str, Any] | None = None
    prices: dict[str, float] | str | None = None


class InspectModel:
    """A model of one of the library's providers; text out only."""

    def __init__(self, name: str, api: Any, settings: InspectSettings, price: Price | None) -> None:
        self._name = name
        self._where = settings.base_url or name
        self._api = api
        self._settings = settings
        self._price = price
        described = {**stated(settings, _SILENT), "temperature": settings.temperature}
        self._info = ModelInfo(
            f"inspect/{name}",
            frozenset({"i2t"}),
            settings=described,
            max_images=settings.max_images,
            concurrency=CONCURRENCY,
            start_concurrency=START_CONCURRENCY,
            seeds=True,
        )

    @property
    def info(self) -> ModelInfo:
        return self._info

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        return await asyncio.gather(*(self._one(request) for request in requests))

    async def check(self) -> list[Finding]:
        """That it could be opened says that the library is there and that the provider has its key."""
        return [Finding("ok", f"{self._info.name} can be opened"), price_finding(self._price is not None)]

    async def close(self) -> None:
        await self._api.aclose()

    async def _one(self, request: Request) -> Output:
        try:
            return unfit(request, self._info) or await self._ask(request)
        except DataError as error:
            return Output.failed(FailureKind.CASE, str(error))

    async def _ask(self, request: Request) -> Output:
        seconds = self._settings.timeout
        messages, config = _messages(request, self._settings.max_image_bytes), self._config(request)
        try:
            async with asyncio.timeout(seconds) as limit:
                reply = await self._api.generate(messages, [], "none", config)
        except TimeoutError as error:
            return timed_out(self._where, seconds) if limit.expired() else self._failure(error)
        except Exception as error:
            return self._failure(error)
        output = reply[0] if isinstance(reply, tuple) else reply
        return self._failure(output) if isinstance(output, Exception) else self._output(output)

    def _config(self, request: Request) -> Any:
        from inspect_ai.model import GenerateConfig

        settings = self._settings
        config = GenerateConfig(
            max_tokens=settings.max_tokens,
            temperature=settings.temperature,
            top_p=settings.top_p,
            reasoning_effort=settings.reasoning_effort,
            seed=request.seed,
            response_schema=_schema(request.schema),
        )
        if config.max_tokens is None:  # some providers must be told one
            config.max_tokens = self._api.max_tokens_for_config(config) or self._api.max_tokens()
        return config

    def _output(self, reply: Any) -> Output:
        usage = self._usage(reply.usage)
        if reply.error:
            return Output.failed(FailureKind.SERVER, redact(reply.error), retryable=True, usage=usage)
        if not reply.choices:
            return Output.failed(FailureKind.BAD_REPLY, "the reply has no choices", retryable=True, usage=usage)
        finish = reply.stop_reason
        if finish == "content_filter":
            return Output.refused(RefusedBy.FILTER, redact(reply.completion) or "the provider's content filter", usage)
        finish = "length" if finish in _OUT_OF_TOKENS else finish
        if not reply.completion.strip():
            return empty(finish, usage)
        content = reply.choices[0].message.content
        if isinstance(content, list) and any(getattr(part, "refusal", None) for part in content):
            finish = "refusal"
        reasoning = _reasoning(content)
        return Output.answered(reply.completion, usage=usage, finish=finish, model=reply.model, reasoning=reasoning)

    def _usage(self, used: Any) -> Usage:
        if used is None:
            return Usage()
        given = total(used.input_tokens, used.input_tokens_cache_read or 0, used.input_tokens_cache_write or 0)
        counted = tokens_used(self._price, given, count(used.output_tokens))
        return counted if self._price else replace(counted, cost=used.total_cost)

    def _failure(self, error: Exception) -> Output:
        """By the HTTP status where there is one, otherwise by what the provider says about retrying.

        Raises the error where it says neither, unless the provider stumbled over the reply: then it is a mistake, not
        an answer.
        """
        response = getattr(error, "response", None)
        status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
        if isinstance(status, int) and status >= 300:
            text = getattr(response, "text", "")
            found = read_error(_json(text), redact(str(error)))
            url = str(getattr(response, "url", self._where)).partition("?")[0]
            keys = " or ".join(self._api.api_key_vars) or f"of {self._name}"
            call = Call(url, keys, self._api.api_key or "")
            return error_output(status, found, getattr(response, "headers", {}), call)
        if self._api.should_retry(error):
            return unreachable(self._where, error, self._api.api_key or "")
        if isinstance(error, ValueError | TypeError | AttributeError | LookupError | AssertionError):
            return bad_reply(f"the provider cannot read the reply: {redact(f'{type(error).__name__} {error}')}")
        raise error


def _schema(schema: Mapping[str, Any] | None) -> Any:
    """In the library's form; providers that can enforce none leave it out."""
    if schema is None:
        return None
    from inspect_ai.model import ResponseSchema
    from inspect_ai.util import JSONSchema

    return ResponseSchema(name="reply", json_schema=JSONSchema(**schema), strict=True)


def _messages(request: Request, most: int | None) -> list[Any]:
    from inspect_ai.model import ChatMessageSystem, ChatMessageUser, ContentImage, ContentText

    images = [accepted(image, MEDIA_TYPES, most) for image in request.images]
    pictures = [ContentImage(image=data_url(image).decode().strip('"')) for image in images]
    asked = ChatMessageUser(content=[*pictures, ContentText(text=request.prompt)] if pictures else request.prompt)
    return [ChatMessageSystem(content=request.system), asked] if request.system else [asked]


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None


def open_inspect(rest: str, settings: Mapping[str, Any]) -> InspectModel:
    """The factory behind the entry point: ``rest`` is what the library calls the model, ``provider/name``.

    Raises UsageError where the library cannot open it (no such provider, no key), MissingExtraError without it.
    """
    where = f"inspect/{rest}"
    require("inspect_ai", "a model of inspect_ai", "inspect")
    found = read_settings(InspectSettings, settings, where)
    provider, _, name = rest.partition("/")
    if not name:
        raise UsageError("the model has no provider or no name", where=where, hint="write inspect/openai/gpt-4o")
    url = check_base_url(found.base_url, where) if found.base_url else None
    from inspect_ai.model import get_model

    try:
        api = get_model(rest, base_url=url, memoize=False, **(found.model_args or {})).api
    except Exception as error:  # each provider has its own ways to say what it lacks
        what = f"inspect_ai cannot open it: {redact(str(error))}"
        raise UsageError(what, where=where, hint="try it with `inspect eval` first") from error
    if hasattr(getattr(api, "client", None), "max_retries"):
        api.client.max_retries = 0  # OpenAI's and Anthropic's SDKs retry by themselves
    price = price_of(provider, name, found.prices) if found.prices or not url else None
    return InspectModel(rest, api, found, price)


def _reasoning(content: Any) -> str:
    """The reasoning in the parts of a message; of that which a provider has encrypted, its summary."""
    parts = content if isinstance(content, list) else []
    thoughts = [part for part in parts if getattr(part, "type", "") == "reasoning"]
    texts = [part.summary or "" if getattr(part, "redacted", False) else part.reasoning for part in thoughts]
    return "\n\n".join(text for text in texts if text)
