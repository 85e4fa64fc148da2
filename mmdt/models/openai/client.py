"""A client for OpenAI and compatible servers, built on OpenAI's SDK."""

from __future__ import annotations

import os
from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

from mmdt.core.output import Output
from mmdt.models.http.client import Access, SdkClient
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import Call, without
from mmdt.models.http.limits import MAX_PICTURES
from mmdt.models.openai.errors import error_output, read_error, real_status
from mmdt.models.openai.settings import OpenAISettings

if TYPE_CHECKING:
    import httpx2


class OpenAIClient(SdkClient):
    """One endpoint of OpenAI or of a compatible server. Only OpenAI itself requires a key."""

    module = "openai"

    def __init__(self, access: Access, settings: OpenAISettings, dialect: Dialect) -> None:
        super().__init__(access, dialect)
        self._settings = settings

    @property
    def pictures(self) -> int:
        """How many pictures one request asks for."""
        asked = (self._settings.extra_body or {}).get("n", 1)
        return max(1, min(asked, MAX_PICTURES)) if isinstance(asked, int) else 1

    def _headers(self) -> dict[str, str] | None:
        settings = self._settings
        organization = settings.organization or os.environ.get("OPENAI_ORG_ID")
        project = settings.project or os.environ.get("OPENAI_PROJECT_ID")
        found = {
            "Authorization": f"Bearer {self._key}" if self.sends_key else None,
            "OpenAI-Organization": organization,
            "OpenAI-Project": project,
        }
        return {name: value for name, value in found.items() if value}

    def _build(self, web: httpx2.AsyncClient, key: str) -> Any:
        from openai import AsyncOpenAI

        return AsyncOpenAI(
            api_key=key,
            base_url=self.access.url,
            organization=self._settings.organization,
            project=self._settings.project,
            max_retries=0,
            http_client=web,
        )

    def _refused(
        self, status: int, data: Any, fallback: str, headers: Mapping[str, str], fields: Set[str], call: Call
    ) -> Output:
        found = read_error(data, fallback)
        dropped = self.dialect.learn(real_status(status, found), found.param, found.message, fields)
        if dropped:
            return without(dropped)
        return error_output(status, found, headers, call, self._settings.filter_patterns)
