"""Models from many providers on Amazon Bedrock: ``bedrock/<model id, inference profile or ARN>``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mmdt.core.output import Output
from mmdt.core.protocols import Request
from mmdt.models.bedrock.client import SDK, BedrockClient
from mmdt.models.bedrock.converse import OPTIONAL, converse_arguments, converse_output, optional_fields
from mmdt.models.bedrock.images import images_output, invoke_arguments
from mmdt.models.bedrock.settings import BedrockSettings, bedrock_info, bedrock_settings
from mmdt.models.check import Finding, endpoint_findings, price_finding
from mmdt.models.extras import require
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.model import ApiModel
from mmdt.models.prices import Tariff, tariff_at
from mmdt.plugins.facts import facts


class BedrockModel(ApiModel):
    """A model on Bedrock: text through Converse, images through the model's own request format."""

    imports = SDK

    def __init__(self, model: str, settings: BedrockSettings, client: BedrockClient, tariff: Tariff) -> None:
        super().__init__(bedrock_info(f"bedrock/{model}", settings), model, client, tariff)
        self._settings = settings
        self._client = client

    async def _ask(self, request: Request) -> Output:
        if request.wants == "image":
            body = await self._client.invoke(invoke_arguments(self._model, request, self._settings))
            return body if isinstance(body, Output) else images_output(body, self._model, self.tariff.price())
        draft = self._client.dialect.draft()
        arguments = converse_arguments(self._model, request, self._settings, draft)
        reply = await self._client.converse(arguments, optional_fields(arguments))
        output = reply if isinstance(reply, Output) else converse_output(reply, self._model, self.tariff.price())
        return replace(output, left_out=draft.left_out)

    async def check(self) -> list[Finding]:
        """The findings for ``mmdt doctor``: credentials, endpoint, the model's name, its price."""
        credentials = await self._client.credentials()
        if credentials.level == "problem":
            return [credentials]
        listed = await self._client.models()
        url = self._client.access.url
        return [credentials, *endpoint_findings(url, self._model, listed), price_finding(self.tariff)]


@facts(keys=("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK"))
def open_bedrock(rest: str, settings: Mapping[str, Any]) -> BedrockModel:
    """Entry point. Raises UsageError, or MissingExtraError without aiobotocore."""
    require("aiobotocore", "a model on Amazon Bedrock", "bedrock")
    found = bedrock_settings(rest, settings)
    tariff = tariff_at(found.base_url, not found.base_url, "bedrock", rest, found.prices)
    # Never drop a field that the user set explicitly.
    own = {"temperature": found.temperature, "maxTokens": found.max_tokens}
    dialect = Dialect(name for name in OPTIONAL if own.get(name) is None)
    return BedrockModel(rest, found, BedrockClient(rest, found, dialect), tariff)
