"""OpenAI models deployed on Azure: ``azure/<deployment>``."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Set
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from mmdt.core.modality import makes
from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import Request
from mmdt.errors import UsageError
from mmdt.models.azure.address import V1, resource_of
from mmdt.models.azure.entra import EntraId
from mmdt.models.check import Finding
from mmdt.models.extras import require
from mmdt.models.http.client import Access
from mmdt.models.http.keys import KeyRule, choose_key
from mmdt.models.http.urls import is_local
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.images import PATH as IMAGES
from mmdt.models.openai.images import ImagesReply
from mmdt.models.openai.model import OpenAIModel, openai_dialect
from mmdt.models.openai.settings import OpenAISettings, with_api
from mmdt.models.prices import Tariff
from mmdt.models.settings import read_settings
from mmdt.plugins.facts import facts
from mmdt.spelling import option

if TYPE_CHECKING:
    import httpx2

_HOSTS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
_SOVEREIGN = (".openai.azure.us", ".cognitiveservices.azure.us", ".openai.azure.cn", ".cognitiveservices.azure.cn")
KEY = KeyRule("AZURE_OPENAI_API_KEY", (*_HOSTS, *_SOVEREIGN), "AZURE_OPENAI_ENDPOINT")
TRIES = 5
"""How often the doctor asks a deployment that turns fields of the request down."""

R = TypeVar("R")


class AzureSettings(OpenAISettings, frozen=True):
    """Settings of ``azure/<deployment>``: the settings of ``openai/``, with ``base_url`` the resource's endpoint, with
    or without ``/openai/v1``, or a deployment's target URI.

    ``api_version``: a version of Azure's older API, a date; by default the v1 endpoint, which has none. ``auth``:
    ``key`` or ``entra`` (Microsoft Entra ID, through azure-identity)."""

    api_version: str = ""
    auth: Literal["key", "entra"] = "key"
    max_image_bytes: int | None = 20 * 1024 * 1024


class AzureClient(OpenAIClient):
    """Azure expects the key in its own header, or a token of Entra ID; its errors are OpenAI's."""

    lists_models = False  # Azure lists what could be deployed, not what is deployed

    def __init__(self, deployment: str, settings: AzureSettings) -> None:
        where = f"azure/{deployment}"
        self.entra = _entra(settings, where) if settings.auth == "entra" else None
        key = choose_key(settings.api_key_env, KEY, settings.base_url, where)
        url = settings.base_url if settings.api_version else settings.base_url + V1
        access = Access("Azure OpenAI", url, key, self.entra is None, settings.timeout, settings.max_reply_bytes)
        super().__init__(access, settings, openai_dialect(settings))
        if self.entra is not None:
            self._key = ""
        self._deployment = deployment
        self._version = settings.api_version

    @property
    def sends_key(self) -> bool:
        return self.entra is not None or super().sends_key

    def _headers(self) -> None:
        """Only the SDK knows them: a token of Entra ID changes, and the path may depend on the body."""

    async def call(
        self,
        action: Callable[[Any], Awaitable[R]],
        fields: Set[str] = frozenset(),
        timeout: float = 0.0,  # noqa: ASYNC109
    ) -> R | Output:
        if self.entra is not None and (failed := await self.entra.failure()) is not None:
            return failed
        return await super().call(action, fields, timeout)

    def _build(self, web: httpx2.AsyncClient, key: str) -> Any:
        return self._dated(web, key) if self._version else self._undated(web, key)

    def _dated(self, web: httpx2.AsyncClient, key: str) -> Any:
        from openai import AsyncAzureOpenAI

        given: dict[str, Any] = (
            {"api_key": key} if self.entra is None else {"azure_ad_token_provider": self.entra.token}
        )
        return AsyncAzureOpenAI(
            **given,
            azure_endpoint=self.access.url,
            azure_deployment=self._deployment,
            api_version=self._version,
            max_retries=0,
            http_client=web,
        )

    def _undated(self, web: httpx2.AsyncClient, key: str) -> Any:
        from openai import AsyncOpenAI

        if self.entra is None:
            web.event_hooks = {**web.event_hooks, "request": [*web.event_hooks["request"], _with_key_of_azure]}
        return AsyncOpenAI(
            api_key=key if self.entra is None else self.entra.token,
            base_url=self.access.url,
            max_retries=0,
            http_client=web,
        )


async def _with_key_of_azure(request: httpx2.Request) -> None:
    """Put the key into Azure's own header: as a bearer token it could be taken for one of Entra ID."""
    bearer = request.headers.pop("Authorization", "")
    if bearer:
        request.headers["api-key"] = bearer.removeprefix("Bearer ")


class AzureModel(OpenAIModel):
    """A deployment on Azure. Azure's batches need a separate kind of deployment, which mmdt does not support."""

    _client: AzureClient

    @property
    def batches(self) -> None:
        return None

    async def check(self) -> list[Finding]:
        """The findings for ``mmdt doctor``. Azure does not list deployments, so this one is asked a word."""
        found = await super().check()
        if self._client.entra is not None:
            found = [await self._client.entra.finding(), *found[1:]]
        if any(each.level == "problem" for each in found):
            return found
        return [*found, await self._deployment()]

    async def _deployment(self) -> Finding:
        output = await (self._word() if makes(self.info.modalities, "text") else self._no_picture())
        failure = output.failure
        if failure is None:
            named = f" ({output.model})" if output.model else ""
            return Finding("ok", f"the deployment {self._model} answers{named}")
        what, _, hint = failure.message.rpartition(": ")
        if failure.kind is FailureKind.NOT_FOUND:
            hint = "write azure/ with the deployment's name, which need not be the model's"
            return Finding("problem", f"there is no deployment {self._model} ({failure.message})", hint)
        if failure.fatal and what:
            return Finding("problem", what, hint)
        level: Literal["warning", "problem"] = "warning" if failure.retryable else "problem"
        return Finding(
            level, f"the deployment {self._model} did not answer: {failure.message}", "try again, or look at it"
        )

    async def _word(self) -> Output:
        for _ in range(TRIES):
            (output,) = await self.generate([Request.of("Reply with the word OK.")])
            if output.failure is None or output.failure.kind is not FailureKind.UNSUPPORTED:
                break
        return output

    async def _no_picture(self) -> Output:
        """Ask for a picture of nothing, which is rejected before it costs anything if the deployment is there."""
        reply = await self._client.ask(IMAGES, {"model": self._model, "prompt": ""}, ImagesReply)
        if isinstance(reply, Output) and (reply.failure is None or reply.failure.kind is not FailureKind.BAD_REQUEST):
            return reply
        return Output.answered()


def _entra(settings: AzureSettings, where: str) -> EntraId:
    """Raises MissingExtraError, and UsageError if the token would go to a host that may not be Azure's."""
    require("azure.identity", "Microsoft Entra ID", "azure")
    url = settings.base_url
    if not KEY.covers(url):
        hint = "if it is your resource, also set AZURE_OPENAI_ENDPOINT to this address"
        raise UsageError(f"a token of Entra ID is not sent to {url}, which is no host of Azure", where=where, hint=hint)
    if url.startswith("http:") and not is_local(url):
        raise UsageError("the token of Entra ID would be sent unencrypted", where=url, hint="use https")
    return EntraId()


@facts(keys=(KEY.variable,))
def open_azure(rest: str, settings: Mapping[str, Any]) -> AzureModel:
    """Entry point; ``rest`` is the deployment's name. Raises UsageError."""
    name = f"azure/{rest}"
    if not rest:
        raise UsageError("the deployment has no name", where=name, hint="write azure/<deployment>")
    found = with_api(read_settings(AzureSettings, settings, name), rest)
    url = found.base_url or os.environ.get("AZURE_OPENAI_ENDPOINT", "")
    if not url:
        hint = f"set {option('base_url')} or AZURE_OPENAI_ENDPOINT to https://<resource>.openai.azure.com"
        raise UsageError("no endpoint for Azure OpenAI", where=name, hint=hint)
    resource, version = resource_of(url, name)
    found = msgspec.structs.replace(found, base_url=resource, api_version=found.api_version or version)
    # The user chooses the deployment's name, so only a reply, which names the model, determines the price.
    tariff = Tariff("azure", "" if found.prices is None else rest, found.prices, names_itself=found.prices is None)
    return AzureModel(name, rest, found, AzureClient(rest, found), tariff)
