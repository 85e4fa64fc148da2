"""A client for the Gemini API, built on Google's SDK and aiohttp; its exceptions converted to outputs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Set
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

from mmdt.core.output import Output
from mmdt.core.protocols import Request
from mmdt.models.google.content import (
    GeminiReply,
    config,
    contents,
    error_output,
    optional_fields,
    output,
    places,
)
from mmdt.models.google.settings import GoogleSettings
from mmdt.models.http.client import CONCURRENCY, Access, decode
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import bad_reply, no_key, timed_out, unreachable, without
from mmdt.models.http.limits import TooLargeError
from mmdt.models.prices import Tariff

if TYPE_CHECKING:
    import aiohttp
    from google import genai


class GoogleClient:
    """The Gemini API or a compatible gateway.

    ``retry_options`` turns the SDK's own retries off: it would otherwise retry a broken connection after up to ten
    seconds, uncounted.
    """

    lists_models = True

    def __init__(self, access: Access, model: str, settings: GoogleSettings, dialect: Dialect) -> None:
        self.access = access
        self._model = model
        self._settings = settings
        self.dialect = dialect
        self._key = access.key.read(access.url)
        self._opened: tuple[genai.Client, aiohttp.ClientSession] | None = None
        self._opening = asyncio.Lock()

    @property
    def has_key(self) -> bool:
        return bool(self._key)

    async def ask(self, request: Request, tariff: Tariff) -> Output:
        """What came of one attempt. Raises DataError if an image cannot be read."""
        opened = await self._open()
        if isinstance(opened, Output):
            return opened
        draft = self.dialect.draft()
        options = config(self._model, request, self._settings, draft)
        turns = contents(request, self._settings)

        async def call() -> Any:
            return await opened.aio.models.generate_content(model=self._model, contents=turns, config=options)

        reply = await self._attempt(call, optional_fields(options))
        found = reply if isinstance(reply, Output) else decode(reply.sdk_http_response.body or "", GeminiReply)
        if not isinstance(found, Output):
            found = output(found, request, tariff.price(found.model_version))
        return replace(found, left_out=draft.left_out)

    async def models(self) -> list[str] | Output:
        """The names of the models the endpoint lists, or an Output with the failure."""
        found = await self._open()
        if isinstance(found, Output):
            return found

        async def call() -> Any:
            pager = await found.aio.models.list(config={"page_size": 1000})
            return [str(model.name).removeprefix("models/") async for model in pager]

        names: list[str] | Output = await self._attempt(call, frozenset())
        return names

    async def close(self) -> None:
        if self._opened is not None:
            client, session = self._opened
            self._opened = None
            await client.aio.aclose()
            await session.close()

    async def _attempt(self, call: Callable[[], Awaitable[Any]], fields: Set[str]) -> Any:
        import aiohttp
        from google.genai import errors

        try:
            async with asyncio.timeout(self.access.timeout):
                return await call()
        except TimeoutError:
            return timed_out(self.access.url, self.access.timeout)
        except errors.APIError as error:
            message = str(error.message or "")
            dropped = self.dialect.learn(error.code, places(error.details), message, fields)
            if dropped:
                return without(dropped)
            headers = dict(getattr(error.response, "headers", None) or {})
            low = {name.lower(): value for name, value in headers.items()}
            url = str(getattr(error.response, "url", self.access.url)).partition("?")[0]
            sent = self.access.call(self._key, url)
            return error_output(error.code, error.details, low, sent, self._settings.filter_patterns)
        except aiohttp.ClientError as error:
            if isinstance(error.__cause__, TooLargeError):
                return bad_reply(str(error))
            return unreachable(self.access.url, error, self._key)
        except RecursionError:
            return bad_reply("the reply is nested too deeply")
        # Raised by the SDK when a reply is not JSON, not text or not of the expected form.
        except (ValueError, TypeError, AttributeError, LookupError) as error:
            return bad_reply(f"the reply cannot be read: {type(error).__name__}")

    async def _open(self) -> genai.Client | Output:
        if not self._key and self.access.key_needed:
            return no_key(self.access.key_env, self.access.service, self.access.key.withheld)
        if self._opened is None:
            async with self._opening:
                if self._opened is None:
                    # Importing the SDK and building its client takes a second: do it off the event loop.
                    await asyncio.to_thread(__import__, "google.genai")
                    session = _session(self.access.max_bytes)
                    try:
                        self._opened = await asyncio.to_thread(self._build, session), session
                    except ImportError as error:  # of what a proxy in the environment needs
                        await session.close()
                        return unreachable(self.access.url, error, self._key)
        return self._opened[0]

    def _build(self, session: aiohttp.ClientSession) -> genai.Client:
        from google import genai
        from google.genai import types

        options = types.HttpOptions(
            base_url=self.access.url,
            timeout=int(self.access.timeout * 1000),
            retry_options=types.HttpRetryOptions(attempts=1),
            aiohttp_client=session,
            # The key is in a header of Google's own, which aiohttp would send along to another host.
            async_client_args={"allow_redirects": False},
        )
        return genai.Client(api_key=self._key or "none", vertexai=False, http_options=options)


def _session(most: int) -> aiohttp.ClientSession:
    """``most``: bytes of one reply. Enable ``trust_env`` only if a proxy is set: it costs a proxy lookup in a thread
    for every request."""
    import aiohttp

    from mmdt.models.http.sessions import bounded_session

    connector = aiohttp.TCPConnector(limit=CONCURRENCY + 64, keepalive_timeout=30.0)
    return bounded_session(most, connector=connector, trust_env=bool(getproxies()))
