"""A client for Amazon Bedrock, built on aiobotocore; its exceptions converted to outputs."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Set
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

from mmdt.core.output import FailureKind, Output
from mmdt.models.bedrock.errors import KEYS, error_output, no_credentials
from mmdt.models.bedrock.settings import BedrockSettings, signs
from mmdt.models.bedrock.transport import Transport
from mmdt.models.check import Finding
from mmdt.models.http.client import CONCURRENCY, Access
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import bad_reply, redact, timed_out, unreachable, without
from mmdt.models.http.keys import KeyChoice
from mmdt.models.http.limits import TooLargeError
from mmdt.safe_text.redaction import know
from mmdt.spelling import option

SDK = ("aiobotocore.session", "aiobotocore.config")
"""The modules that the first request imports."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Connection:
    """``stack`` closes the clients."""

    session: Any
    runtime: Any
    transport: Transport
    stack: AsyncExitStack


class BedrockClient:
    """A region's endpoint, or a compatible one. aiobotocore finds the credentials.

    The SDK's own retries are off, so that the engine counts every attempt.
    """

    lists_models = True

    def __init__(self, model: str, settings: BedrockSettings, dialect: Dialect) -> None:
        url = settings.base_url or f"https://bedrock-runtime.{settings.region}.amazonaws.com"
        self._signs = signs(settings)
        key = KeyChoice(KEYS) if self._signs else KeyChoice("", "AWS_SECRET_ACCESS_KEY")
        self.access = Access("Amazon Bedrock", url, key, True, settings.timeout, settings.max_reply_bytes)
        self._model = model
        self._settings = settings
        self.dialect = dialect
        self._opened: _Connection | None = None
        self._opening = asyncio.Lock()

    @property
    def has_key(self) -> bool:
        """Always true: only aiobotocore can tell, and only by a full search. See :meth:`credentials`."""
        return True

    async def converse(self, arguments: Mapping[str, Any], fields: Set[str]) -> Any:
        """The reply to one attempt, or an Output with the failure. ``fields``: the optional fields in the request."""
        return await self._attempt(lambda opened: opened.runtime.converse(**arguments), fields)

    async def invoke(self, arguments: Mapping[str, Any]) -> bytes | Output:
        """The body of the reply to one attempt, or an Output with the failure."""

        async def call(opened: _Connection) -> bytes:
            reply = await opened.runtime.invoke_model(**arguments)
            return bytes(await reply["body"].read())

        return await self._attempt(call)

    async def models(self) -> list[str] | Output:
        """The models and inference profiles of the region, or an Output with the failure."""
        return await self._attempt(self._list_models, listing=True)

    async def credentials(self) -> Finding:
        """The finding for ``mmdt doctor``: where the credentials come from, never what they are."""
        if not self._signs:
            naming = option("api_key_env")
            return Finding("ok", f"no credentials are sent to this host: to send them, name them with {naming}")
        opened = await self._open()
        if isinstance(opened, Output):
            return _problem(opened)
        if os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):
            return Finding("ok", "a key is in AWS_BEARER_TOKEN_BEDROCK")
        try:
            found = await opened.session.get_credentials()
        except Exception as error:  # each source in the chain raises its own errors
            return _problem(no_credentials(error))
        if found is None:
            return Finding("problem", "there are no credentials for AWS", f"set {KEYS}, or log in with the AWS CLI")
        return Finding("ok", f"found credentials for AWS ({found.method})")

    async def close(self) -> None:
        if self._opened is not None:
            opened, self._opened = self._opened, None
            await opened.stack.aclose()
            await opened.transport.close()

    async def _attempt(
        self, call: Callable[[_Connection], Awaitable[T]], fields: Set[str] = frozenset(), *, listing: bool = False
    ) -> T | Output:
        opened = await self._open()
        if isinstance(opened, Output):
            return opened
        try:
            async with asyncio.timeout(self.access.timeout):
                return await call(opened)
        except TimeoutError:
            return timed_out(self.access.url, self.access.timeout)
        except Exception as error:
            return self._failure(error, fields, listing)

    def _failure(self, error: Exception, fields: Set[str], listing: bool) -> Output:
        import aiohttp
        from botocore import exceptions as boto
        from botocore.parsers import ResponseParserError

        if isinstance(error, boto.ClientError):
            return self._refused(error.response, fields, listing)
        if isinstance(error, aiohttp.ClientError):
            if isinstance(error.__cause__, TooLargeError):
                return bad_reply(str(error))
            return unreachable(self.access.url, error, "")
        if isinstance(error, boto.ParamValidationError):
            message = redact(str(error))
            dropped = self.dialect.learn(400, "", message, fields)  # an SDK older than the field
            return without(dropped) if dropped else Output.failed(FailureKind.BAD_REQUEST, message)
        if isinstance(error, boto.HTTPClientError | boto.ConnectionError):  # while fetching credentials
            return unreachable(self.access.url, error, "")
        if isinstance(error, boto.BotoCoreError):
            return no_credentials(error)
        if isinstance(
            error, RecursionError | ResponseParserError | AttributeError | TypeError | ValueError | LookupError
        ):
            # The SDK does not check the shape of a reply before using it.
            return bad_reply(f"the reply cannot be read: {type(error).__name__}")
        raise error

    def _refused(self, response: Mapping[str, Any], fields: Set[str], listing: bool) -> Output:
        found = response.get("Error", {})
        message, status = str(found.get("Message") or ""), response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if listing and str(found.get("Code")).startswith("AccessDenied"):  # it may still call models
            return Output.failed(FailureKind.BAD_REQUEST, redact(message))
        dropped = self.dialect.learn(status or 500, "", message, fields)
        if dropped:
            return without(dropped)
        return error_output(
            response, self._model, self._settings.region, self.access.call(""), self._settings.filter_patterns
        )

    async def _open(self) -> _Connection | Output:
        if self._opened is not None:
            return self._opened
        async with self._opening:
            if self._opened is None:
                try:
                    self._opened = await self._connect()
                except Exception as error:
                    return self._failure(error, frozenset(), listing=False)
            return self._opened

    async def _connect(self) -> _Connection:
        # Importing the SDK takes most of a second. In a thread, it does not block the loop.
        await asyncio.to_thread(_import)
        from aiobotocore.session import AioSession

        _quiet()
        know(os.environ.get("AWS_BEARER_TOKEN_BEDROCK", ""))
        session = AioSession(profile=self._settings.profile or None)
        bundle = session.get_config_variable("ca_bundle")
        transport = Transport(CONCURRENCY + 64, min(self.access.timeout, 30.0), bundle, self.access.max_bytes)
        stack = AsyncExitStack()
        try:
            runtime = await self._client(session, "bedrock-runtime", transport, stack)
        except BaseException:
            await stack.aclose()
            await transport.close()
            raise
        return _Connection(session, runtime, transport, stack)

    async def _client(self, session: Any, service: str, transport: Transport, stack: AsyncExitStack) -> Any:
        from aiobotocore.config import AioConfig
        from botocore import UNSIGNED

        more = {} if self._signs else {"signature_version": UNSIGNED}
        # The models of the service are megabytes of JSON; warm_up_loader_caches reads them in a thread.
        config = AioConfig(retries={"total_max_attempts": 1, "mode": "standard"}, warm_up_loader_caches=True, **more)
        address = self._settings.base_url or None
        made = session.create_client(service, region_name=self._settings.region, endpoint_url=address, config=config)
        client = await stack.enter_async_context(made)
        transport.serve(client)
        return client

    async def _list_models(self, opened: _Connection) -> list[str]:
        control = await self._client(opened.session, "bedrock", opened.transport, opened.stack)
        models = (await control.list_foundation_models()).get("modelSummaries", [])
        pages = control.get_paginator("list_inference_profiles").paginate()
        found = [profile async for page in pages for profile in page.get("inferenceProfileSummaries", [])]
        names = [name for profile in found for name in (profile["inferenceProfileId"], profile["inferenceProfileArn"])]
        return [str(model["modelId"]) for model in models] + names


def _import() -> None:
    for name in SDK:
        import_module(name)


def _quiet() -> None:
    """At debug level, botocore logs whole requests, including session and bearer tokens in their headers."""
    for name in ("botocore", "aiobotocore"):
        if logging.getLogger(name).level < logging.INFO:
            logging.getLogger(name).setLevel(logging.INFO)


def _problem(output: Output) -> Finding:
    what, _, hint = (output.failure.message if output.failure else "").rpartition(": ")
    return Finding("problem", what, hint)
