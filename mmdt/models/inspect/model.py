"""Any provider of the inspect_ai library, with its model names and environment variables: ``inspect/openai/gpt-4o``.

One attempt is one call of the provider's own ``generate``. That bypasses the library's retries, cache and connection
limit, because the engine has its own. Retries in the underlying SDK are switched off.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from mmdt.core.message import Message, Text
from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import ModelInfo, Request
from mmdt.errors import DataError, UsageError
from mmdt.models.check import Finding, price_finding
from mmdt.models.extras import require
from mmdt.models.http.client import CONCURRENCY, START_CONCURRENCY
from mmdt.models.http.dialect import Dialect, Fields
from mmdt.models.http.failures import Call, bad_reply, empty, redact, timed_out, unreachable, without
from mmdt.models.http.guard import bound_clients
from mmdt.models.http.images import accepted, data_url
from mmdt.models.http.keys import check_variable, read_key
from mmdt.models.http.limits import MAX_REPLY, TIMEOUT, TooLargeError
from mmdt.models.http.picture_formats import SAFE
from mmdt.models.http.urls import check_base_url, origin
from mmdt.models.http.usage import count, total
from mmdt.models.http.usage import used as tokens_used
from mmdt.models.model_defaults import default_temperature, sends_temperature
from mmdt.models.openai.errors import error_output, read_error
from mmdt.models.prices import Details, Tariff, tariff_at
from mmdt.models.requests import unfit
from mmdt.models.settings import check_no_remote_code, read_settings, stated
from mmdt.safe_text.redaction import know

_OMITTED = frozenset(
    {"api_key_env", "timeout", "prices", "temperature", "max_image_bytes", "max_reply_bytes", "filter_patterns"}
)
_OUT_OF_TOKENS = ("max_tokens", "model_length")


class InspectSettings(msgspec.Struct, frozen=True):
    """Settings of ``inspect/<provider>/<model>``. The provider finds its own API key; with a ``base_url`` none is sent
    unless ``api_key_env`` names its variable.

    ``model_args``: the provider's own arguments (``-M`` on the library's command line). ``timeout``: seconds per
    attempt. ``temperature``: by default 0 if the model accepts it; null leaves it to the server. ``filter_patterns``:
    regular expressions of error messages that mean a content filter. ``max_image_bytes``: the largest image to send.
    ``max_reply_bytes``: of one reply, unpacked; it holds for providers that use httpx, which most do.
    """

    base_url: str = ""
    api_key_env: str = ""
    timeout: float = TIMEOUT
    max_images: int = 32
    max_image_bytes: int | None = None
    max_tokens: int | None = None
    temperature: float | msgspec.UnsetType | None = msgspec.UNSET
    top_p: float | None = None
    reasoning_effort: str | None = None
    model_args: dict[str, Any] | None = None
    filter_patterns: tuple[str, ...] = ()
    prices: dict[str, float] | str | None = None
    max_reply_bytes: int = MAX_REPLY


class InspectModel:
    """A model of one of the library's providers; produces text only."""

    def __init__(self, name: str, api: Any, settings: InspectSettings, tariff: Tariff) -> None:
        self._name = name
        self._where = settings.base_url or name
        self._api = api
        self._settings = settings
        self._bounded = bound_clients(api, settings.max_reply_bytes) > 0
        self.tariff = tariff
        given = settings.temperature
        own = () if given is msgspec.UNSET else ("temperature",)
        self._dialect = Dialect({"temperature", "seed", "response_format"}.difference(own))
        described = {
            **stated(settings, _OMITTED),
            "temperature": default_temperature(name, settings.reasoning_effort) if given is msgspec.UNSET else given,
        }
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

    @property
    def left_out(self) -> tuple[str, ...]:
        """The request fields that the server does not take, as far as it was asked."""
        return self._dialect.left_out

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        return await asyncio.gather(*(self._one(request) for request in requests))

    async def check(self) -> list[Finding]:
        """The findings for ``mmdt doctor``. Opening the model has already checked the library and the key."""
        found = [Finding("ok", f"inspect_ai can open {self._info.name}"), price_finding(self.tariff)]
        if not self._bounded:
            what = "the library reads replies of this provider by itself, without a limit on their size"
            found.append(Finding("warning", what, "use it only with a provider that you trust"))
        return found

    async def close(self) -> None:
        await self._api.aclose()

    async def _one(self, request: Request) -> Output:
        try:
            return unfit(request, self._info) or await self._ask(request)
        except DataError as error:
            return Output.failed(FailureKind.CASE, str(error))

    async def _ask(self, request: Request) -> Output:
        seconds = self._settings.timeout
        draft = self._dialect.draft()
        messages, config = _messages(request, self._settings.max_image_bytes), self._config(request, draft)
        output = await self._reply(messages, config, seconds, _optional(config))
        return replace(output, left_out=draft.left_out)

    async def _reply(self, messages: list[Any], config: Any, seconds: float, fields: frozenset[str]) -> Output:
        try:
            async with asyncio.timeout(seconds) as limit:
                reply = await self._api.generate(messages, [], "none", config)
        except TimeoutError as error:
            return timed_out(self._where, seconds) if limit.expired() else self._failure(error, fields)
        except Exception as error:
            return self._failure(error, fields)
        output = reply[0] if isinstance(reply, tuple) else reply
        return self._failure(output, fields) if isinstance(output, Exception) else self._output(output)

    def _config(self, request: Request, fields: Fields) -> Any:
        from inspect_ai.model import GenerateConfig

        settings = self._settings
        config = GenerateConfig(
            max_tokens=settings.max_tokens,
            temperature=self._temperature(fields),
            top_p=settings.top_p,
            reasoning_effort=settings.reasoning_effort,
            seed=request.seed if request.seed is not None and fields.accepts("seed") else None,
            response_schema=_schema(request.schema) if request.schema and fields.accepts("response_format") else None,
        )
        if config.max_tokens is None:  # some providers require a limit
            config.max_tokens = self._api.max_tokens_for_config(config) or self._api.max_tokens()
        return config

    def _temperature(self, fields: Fields) -> float | None:
        given = self._settings.temperature
        if given is not msgspec.UNSET:
            return given
        sent = sends_temperature(self._name, self._settings.reasoning_effort) and fields.accepts("temperature")
        return 0.0 if sent else None

    def _output(self, reply: Any) -> Output:
        usage = self._usage(reply.usage, reply.model)
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

    def _usage(self, used: Any, answered: str) -> Usage:
        if used is None:
            return Usage()
        given = total(used.input_tokens, used.input_tokens_cache_read or 0, used.input_tokens_cache_write or 0)
        details = Details(count(used.input_tokens_cache_read) or 0, count(used.input_tokens_cache_write) or 0)
        price, made = self.tariff.price(answered), count(used.output_tokens)
        return tokens_used(price, given, made, details=details, reported=used.total_cost)

    def _failure(self, error: Exception, fields: frozenset[str]) -> Output:
        """Classify an error by its HTTP status if it has one, otherwise by the provider's own retry decision.

        Raises the error if neither applies, unless its type shows that the provider could not parse the reply.
        """
        if large := next((each for each in _causes(error) if isinstance(each, TooLargeError)), None):
            return bad_reply(str(large))
        response = getattr(error, "response", None)
        status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
        if isinstance(status, int) and status >= 300:
            text = getattr(response, "text", "")
            found = read_error(_json(text), redact(str(error)))
            if dropped := self._dialect.learn(status, found.param, found.message, fields):
                return without(dropped)
            url = str(getattr(response, "url", self._where)).partition("?")[0]
            keys = " or ".join(self._api.api_key_vars) or f"of {self._name}"
            call = Call(url, keys, self._api.api_key or "")
            headers = getattr(response, "headers", {})
            return error_output(status, found, headers, call, self._settings.filter_patterns)
        if self._api.should_retry(error):
            return unreachable(self._where, error, self._api.api_key or "")
        if isinstance(error, RecursionError | ValueError | TypeError | AttributeError | LookupError | AssertionError):
            return bad_reply(f"the provider could not parse the reply: {redact(f'{type(error).__name__} {error}')}")
        raise error


def _optional(config: Any) -> frozenset[str]:
    """The optional fields of the request."""
    values = {
        "temperature": config.temperature,
        "seed": config.seed,
        "response_format": config.response_schema,
    }
    return frozenset(name for name, value in values.items() if value is not None)


def _schema(schema: Mapping[str, Any] | None) -> Any:
    """The schema in the library's format. Providers that cannot enforce one ignore it."""
    if schema is None:
        return None
    from inspect_ai.model import ResponseSchema
    from inspect_ai.util import JSONSchema

    return ResponseSchema(name="reply", json_schema=JSONSchema(**schema), strict=True)


def _messages(request: Request, most: int | None) -> list[Any]:
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

    kinds = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}
    return [kinds[each.role](content=_content(each, most)) for each in request.messages]


def _content(message: Message, most: int | None) -> Any:
    from inspect_ai.model import ContentImage, ContentText

    if not message.images:
        return message.text
    return [
        ContentText(text=part.text)
        if isinstance(part, Text)
        else ContentImage(image=data_url(accepted(part.image, SAFE, most)).decode().strip('"'))
        for part in message.parts
    ]


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _key(settings: InspectSettings, provider: str, url: str | None, where: str) -> dict[str, str]:
    """The key to hand to the provider; without any it looks for its own, which is for its own hosts."""
    if settings.api_key_env:
        return {"api_key": read_key(check_variable(settings.api_key_env, where), url or "https://")}
    paired = os.environ.get(f"{provider.upper().replace('-', '_')}_BASE_URL", "")
    return {"api_key": "none"} if url and not (paired and origin(paired) == origin(url)) else {}


def open_inspect(rest: str, settings: Mapping[str, Any]) -> InspectModel:
    """Entry point; ``rest`` is the library's name of the model, ``provider/name``.

    Raises UsageError if the library cannot open it (unknown provider, no key), MissingExtraError without the library.
    """
    where = f"inspect/{rest}"
    require("inspect_ai", "an inspect_ai model", "inspect")
    found = read_settings(InspectSettings, settings, where)
    provider, _, name = rest.partition("/")
    if not name:
        raise UsageError(
            "the model has no provider or no name", where=where, hint="write, for example, inspect/openai/gpt-4o"
        )
    url = check_base_url(found.base_url, where) if found.base_url else None
    check_no_remote_code(found.model_args, where)
    key = _key(found, provider, url, where)
    from inspect_ai.model import get_model

    try:
        api = get_model(rest, base_url=url, memoize=False, **key, **(found.model_args or {})).api
    except Exception as error:  # each provider raises its own errors
        what = f"inspect_ai cannot open the model: {redact(str(error))}"
        raise UsageError(what, where=where, hint="try the model with `inspect eval` first") from error
    know(str(api.api_key or ""))
    if hasattr(getattr(api, "client", None), "max_retries"):
        api.client.max_retries = 0  # OpenAI's and Anthropic's SDKs retry on their own
    return InspectModel(rest, api, found, tariff_at(url or "", not url, provider, name, found.prices))


def _reasoning(content: Any) -> str:
    """The reasoning in the parts of a message; of that which a provider has encrypted, its summary."""
    parts = content if isinstance(content, list) else []
    thoughts = [part for part in parts if getattr(part, "type", "") == "reasoning"]
    texts = [part.summary or "" if getattr(part, "redacted", False) else part.reasoning for part in thoughts]
    return "\n\n".join(text for text in texts if text)


def _causes(error: BaseException | None) -> list[BaseException]:
    """The error and what led to it."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
