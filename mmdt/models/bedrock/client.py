"""A client for Amazon Bedrock, built on boto3; its exceptions converted to outputs."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
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

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Connection:
    session: Any
    runtime: Any
    transport: Transport


class BedrockClient:
    """A region's endpoint, or a compatible one. boto3 finds the credentials.

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
        """Always true: only boto3 can tell, and only by a full search. See :meth:`credentials`."""
        return True

    async def converse(self, arguments: Mapping[str, Any], fields: Set[str]) -> Any:
        """The reply to one attempt, or an Output with the failure. ``fields``: the optional fields in the request."""
        return await self._attempt(lambda opened: opened.runtime.converse(**arguments), fields)

    async def invoke(self, arguments: Mapping[str, Any]) -> bytes | Output:
        """The body of the reply to one attempt, or an Output with the failure."""
        reply = await self._attempt(lambda opened: opened.runtime.invoke_model(**arguments)["body"].read())
        return reply if isinstance(reply, Output) else bytes(reply)

    async def models(self) -> list[str] | Output:
        """The models and inference profiles of the region, or an Output with the failure."""
        found: list[str] | Output = await self._attempt(self._list_models, listing=True)
        return found

    async def credentials(self) -> Finding:
        """The finding for ``mmdt doctor``: where the credentials come from, never what they are."""
        if not self._signs:
            return Finding("ok", "no credentials are sent to this host: to send them, name them with api_key_env")
        opened = await self._open()
        if isinstance(opened, Output):
            return _problem(opened)
        if os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):
            return Finding("ok", "a key is in AWS_BEARER_TOKEN_BEDROCK")
        try:
            found = await asyncio.to_thread(opened.session.get_credentials)
        except Exception as error:  # each source in the chain raises its own errors
            return _problem(no_credentials(error))
        if found is None:
            return Finding("problem", "boto3 found no credentials", f"set {KEYS}, or log in with the AWS CLI")
        return Finding("ok", f"boto3 found credentials ({found.method})")

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.transport.close()
            self._opened = None

    async def _attempt(
        self, call: Callable[[_Connection], T], fields: Set[str] = frozenset(), *, listing: bool = False
    ) -> T | Output:
        opened = await self._open()
        if isinstance(opened, Output):
            return opened
        try:
            async with asyncio.timeout(self.access.timeout):
                return await opened.transport.call(lambda: call(opened))
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
            dropped = self.dialect.learn(400, "", message, fields)  # a boto3 older than the field
            return without(dropped) if dropped else Output.failed(FailureKind.BAD_REQUEST, message)
        if isinstance(error, boto.HTTPClientError | boto.ConnectionError):  # while fetching credentials
            return unreachable(self.access.url, error, "")
        if isinstance(error, boto.BotoCoreError):
            return no_credentials(error)
        if isinstance(
            error, RecursionError | ResponseParserError | AttributeError | TypeError | ValueError | LookupError
        ):
            # boto3 does not check the shape of a reply before using it.
            return bad_reply(f"boto3 cannot read the reply: {type(error).__name__}")
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
                    # Importing boto3 and building a client takes a second: do it off the event loop.
                    session, runtime = await asyncio.to_thread(self._prepare)
                except Exception as error:
                    return self._failure(error, frozenset(), listing=False)
                bundle = session.get_config_variable("ca_bundle")
                transport = Transport(CONCURRENCY, min(self.access.timeout, 30.0), bundle, self.access.max_bytes)
                runtime.meta.events.register("before-send", transport.send)
                self._opened = _Connection(session, runtime, transport)
            return self._opened

    def _prepare(self) -> tuple[Any, Any]:
        import botocore.session

        # At debug level, botocore logs whole requests, including session and bearer tokens in their headers.
        if logging.getLogger("botocore").level < logging.INFO:
            logging.getLogger("botocore").setLevel(logging.INFO)
        session = botocore.session.Session(profile=self._settings.profile or None)
        know(os.environ.get("AWS_BEARER_TOKEN_BEDROCK", ""))
        return session, self._client(session, "bedrock-runtime")

    def _client(self, session: Any, service: str) -> Any:
        import boto3
        from botocore import UNSIGNED
        from botocore.config import Config

        more = {} if self._signs else {"signature_version": UNSIGNED}

        return boto3.Session(botocore_session=session, region_name=self._settings.region).client(
            service,
            endpoint_url=self._settings.base_url or None,
            config=Config(retries={"total_max_attempts": 1, "mode": "standard"}, **more),
        )

    def _list_models(self, opened: _Connection) -> list[str]:
        control = self._client(opened.session, "bedrock")
        control.meta.events.register("before-send", opened.transport.send)
        models = control.list_foundation_models().get("modelSummaries", [])
        profiles = control.get_paginator("list_inference_profiles").paginate()
        found = [profile for page in profiles for profile in page.get("inferenceProfileSummaries", [])]
        names = [name for profile in found for name in (profile["inferenceProfileId"], profile["inferenceProfileArn"])]
        return [str(model["modelId"]) for model in models] + names


def _problem(output: Output) -> Finding:
    what, _, hint = (output.failure.message if output.failure else "").rpartition(": ")
    return Finding("problem", what, hint)
