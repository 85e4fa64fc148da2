"""Azure AI Content Safety as a model: ``azure-content-safety/<api-version>`` answers with what it found as JSON.

``POST <resource>/contentsafety/text:analyze`` with ``{"text", "outputType"}`` and ``.../image:analyze`` with
``{"image": {"content": base64}, "outputType"}``; the reply holds ``categoriesAnalysis``, a severity of 0 (safe), 2
(low), 4 (medium) or 6 (high) for each of Hate, SelfHarm, Sexual and Violence. The key goes into its own header. Source:
learn.microsoft.com/rest/api/contentsafety."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from mmdt.core.output import Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.errors import UsageError
from mmdt.models.http.client import CONCURRENCY, START_CONCURRENCY, Access
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import bad_reply
from mmdt.models.http.images import accepted
from mmdt.models.http.keys import KeyRule, choose_key
from mmdt.models.http.model import ApiModel
from mmdt.models.http.urls import check_base_url
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.prices import Tariff
from mmdt.models.settings import read_settings
from mmdt.plugins.facts import facts
from mmdt.spelling import option

if TYPE_CHECKING:
    import httpx2

PATH = "/contentsafety"
VERSION = "2024-09-01"
"""The API version that is asked where none is named."""
ENDPOINT = "CONTENT_SAFETY_ENDPOINT"
KEY = KeyRule("CONTENT_SAFETY_KEY", (".cognitiveservices.azure.com", ".services.ai.azure.com"), ENDPOINT)
HEADER = "Ocp-Apim-Subscription-Key"
MOST_TEXT = 10_000
"""Characters that one request may hold; a longer text is asked about in parts."""
MOST_BYTES = 4 * 1024 * 1024
FORMATS = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff", "image/webp"})
_LEVELS = "FourSeverityLevels"


class ContentSafetySettings(OpenAISettings, frozen=True):
    """``base_url``: the resource, ``https://NAME.cognitiveservices.azure.com``, by default the one in
    ``CONTENT_SAFETY_ENDPOINT``; its key is in ``CONTENT_SAFETY_KEY``. ``threshold``: the severity (2, 4 or 6) from
    which on something counts as harmful; 4, medium, is that of Azure's own filters."""

    threshold: int = 4
    max_image_bytes: int | None = MOST_BYTES


class Severity(msgspec.Struct):
    category: str
    severity: int | None = None


class Analysis(msgspec.Struct):
    categoriesAnalysis: list[Severity]  # noqa: N815 - the name in the reply


class ContentSafetyClient(OpenAIClient):
    """The key goes into the header of Azure's services for applied AI."""

    def _headers(self) -> dict[str, str]:
        return {HEADER: self._key} if self.sends_key else {}

    def _build(self, web: httpx2.AsyncClient, key: str) -> Any:
        """For requests that the SDK must send, such as through a SOCKS proxy."""
        web.event_hooks = {**web.event_hooks, "request": [*web.event_hooks["request"], _with_key]}
        return super()._build(web, key)


async def _with_key(request: httpx2.Request) -> None:
    bearer = request.headers.pop("Authorization", "")
    if bearer:
        request.headers[HEADER] = bearer.removeprefix("Bearer ")


class ContentSafety(ApiModel):
    """What is analysed is the last message: its text, in parts where it is long, and each of its pictures."""

    def __init__(self, version: str, settings: ContentSafetySettings, client: ContentSafetyClient) -> None:
        info = ModelInfo(
            f"azure-content-safety/{version}",
            frozenset({"i2t", "t2t"}),
            {"base_url": settings.base_url, "threshold": settings.threshold},
            max_images=1,
            concurrency=CONCURRENCY,
            start_concurrency=START_CONCURRENCY,
        )
        super().__init__(info, version, client, Tariff("azure", "", None))
        self.imports = client.imports
        self._settings = settings
        self._client = client

    async def _ask(self, request: Request) -> Output:
        worst: dict[str, int] = {}
        for path, body in self._bodies(request):
            reply = await self._client.ask(f"{path}?api-version={self._model}", body, Analysis)
            if isinstance(reply, Output):
                return reply
            if not reply.categoriesAnalysis:
                return bad_reply("the reply names no category")
            for each in reply.categoriesAnalysis:
                worst[each.category] = max(worst.get(each.category, 0), each.severity or 0)
        found = {
            "flagged": any(level >= self._settings.threshold for level in worst.values()),
            "categories": {name: level >= self._settings.threshold for name, level in worst.items()},
            "severities": worst,
        }
        return Output.answered(msgspec.json.encode(found, order="sorted").decode())

    def _bodies(self, request: Request) -> Iterator[tuple[str, dict[str, Any]]]:
        text = request.prompt
        for start in range(0, len(text) if text.strip() else 0, MOST_TEXT):
            yield "/text:analyze", {"text": text[start : start + MOST_TEXT], "outputType": _LEVELS}
        for image in request.images:
            sent = accepted(image, FORMATS, self._settings.max_image_bytes)
            yield "/image:analyze", {"image": {"content": msgspec.Raw(_base64(sent))}, "outputType": _LEVELS}


def _base64(sent: Any) -> bytes:
    from base64 import b64encode

    return b'"' + b64encode(sent.read()) + b'"'


@facts(keys=(KEY.variable,))
def open_content_safety(rest: str, settings: Mapping[str, Any]) -> ContentSafety:
    """Entry point; ``rest``: the API version, a date. Raises UsageError."""
    name = f"azure-content-safety/{rest or VERSION}"
    found = read_settings(ContentSafetySettings, settings, name)
    if found.threshold not in (2, 4, 6):
        raise UsageError(f"the threshold is {found.threshold}", where=name, hint="use 2 (low), 4 (medium) or 6 (high)")
    url = found.base_url or os.environ.get(ENDPOINT, "")
    if not url:
        hint = f"set {option('base_url')} or {ENDPOINT} to https://<resource>.cognitiveservices.azure.com"
        raise UsageError("no endpoint for Azure Content Safety", where=name, hint=hint)
    url = check_base_url(url.rstrip("/").removesuffix(PATH), name) + PATH
    found = msgspec.structs.replace(found, base_url=url)
    key = choose_key(found.api_key_env, KEY, url, name)
    access = Access("Azure Content Safety", url, key, not key.withheld, found.timeout, found.max_reply_bytes)
    return ContentSafety(rest or VERSION, found, ContentSafetyClient(access, found, Dialect(frozenset())))
