"""Gemini models served by Google's API, for text and for images: ``google/<model>``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.output import Output
from mmdt.core.protocols import Request
from mmdt.models.extras import require
from mmdt.models.google.client import GoogleClient
from mmdt.models.google.content import OPTIONAL
from mmdt.models.google.settings import KEY, OFFICIAL, google_info, google_settings
from mmdt.models.http.client import Access
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.keys import choose_key
from mmdt.models.http.model import ApiModel
from mmdt.models.prices import tariff_at
from mmdt.plugins.facts import facts


class GoogleModel(ApiModel):
    """A Gemini model. Models with ``image`` in their name generate images."""

    imports = ("google.genai",)

    _endpoint: GoogleClient

    async def _ask(self, request: Request) -> Output:
        return await self._endpoint.ask(request, self.tariff)


@facts(keys=(KEY.variable,))
def open_google(rest: str, settings: Mapping[str, Any]) -> GoogleModel:
    """Entry point. Raises UsageError, or MissingExtraError without the SDK."""
    require("google.genai", "a Google model", "google")
    found = google_settings(rest, settings)
    official = found.base_url == OFFICIAL
    key = choose_key(found.api_key_env, KEY, found.base_url, f"google/{rest}")
    access = Access("the Gemini API", found.base_url, key, official, found.timeout, found.max_reply_bytes)
    tariff = tariff_at(found.base_url, official, "google", rest, found.prices)
    dialect = Dialect(name for name in OPTIONAL if name != "temperature" or found.temperature is None)
    return GoogleModel(google_info(rest, found), rest, GoogleClient(access, rest, found, dialect), tariff)
