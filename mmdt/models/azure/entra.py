"""Microsoft Entra ID in place of a key: azure-identity finds an identity of this machine or user and fetches tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mmdt.core.output import FailureKind, Output
from mmdt.models.check import Finding
from mmdt.models.http.failures import redact
from mmdt.safe_text.redaction import know

SCOPE = "https://cognitiveservices.azure.com/.default"
ROLE = "Cognitive Services OpenAI User"
_HINT = f"log in with `az login`, or set what azure-identity needs, and give the identity the role {ROLE}"


class EntraId:
    """Tokens of the default identity: environment, workload, managed identity, or who is logged in with Azure's tools.

    azure-identity keeps a token until shortly before it expires.
    """

    def __init__(self) -> None:
        self._fetch: Callable[[], str] | None = None
        self._fetching = asyncio.Lock()

    async def token(self) -> str:
        """The current token. Raises azure-identity's own errors."""
        async with self._fetching:
            if self._fetch is None:
                self._fetch = await asyncio.to_thread(_provider)
            token = await asyncio.to_thread(self._fetch)
        know(token)
        return token

    async def failure(self) -> Output | None:
        """Why there is no token, as the failure of a request; None if there is one."""
        from azure.core.exceptions import AzureError

        try:
            await self.token()
        except (AzureError, ValueError) as error:
            text = f"no token from Microsoft Entra ID ({_first_line(error)}): {_HINT}"
            return Output.failed(FailureKind.AUTH, text, fatal=True)
        return None

    async def finding(self) -> Finding:
        """The finding for ``mmdt doctor``."""
        failed = await self.failure()
        if failed is None or failed.failure is None:
            return Finding("ok", "Microsoft Entra ID gives a token")
        return Finding("problem", failed.failure.message.removesuffix(f": {_HINT}"), _HINT)


def _provider() -> Callable[[], str]:
    from azure.identity import DefaultAzureCredential, get_bearer_token_provider

    return get_bearer_token_provider(DefaultAzureCredential(), SCOPE)


def _first_line(error: Exception) -> str:
    return redact((str(error) or type(error).__name__).strip().partition("\n")[0])
