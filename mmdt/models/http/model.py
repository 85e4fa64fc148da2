"""ApiModel: the base class of all runtimes over an API."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.errors import DataError
from mmdt.models.check import Finding, endpoint_findings, key_finding, price_finding
from mmdt.models.http.client import Access
from mmdt.models.http.dialect import Dialect
from mmdt.models.prices import Tariff
from mmdt.models.requests import unfit


class Client(Protocol):
    """What ``ApiModel`` needs from its client. How to send a request is up to the subclass."""

    access: Access
    dialect: Dialect
    lists_models: bool

    @property
    def has_key(self) -> bool: ...

    async def models(self) -> list[str] | Output: ...

    async def close(self) -> None: ...


class ApiModel:
    """A model behind an API. A subclass implements ``_ask`` and lists the modules to import first."""

    imports: tuple[str, ...] = ()

    def __init__(self, info: ModelInfo, model: str, client: Client, tariff: Tariff) -> None:
        self._info = info
        self._model = model
        self._endpoint = client
        self.tariff = tariff

    @property
    def info(self) -> ModelInfo:
        return self._info

    @property
    def left_out(self) -> tuple[str, ...]:
        """The request fields that the server does not take, as far as it was asked."""
        return self._endpoint.dialect.left_out

    @property
    def priced(self) -> bool:
        """Whether the cost of its replies will be known."""
        return self.tariff.known

    async def _ask(self, request: Request) -> Output:
        """One attempt at a request. May raise DataError if its pictures cannot be read."""
        raise NotImplementedError

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        if len(requests) == 1:
            return [await self._one(requests[0])]
        return await asyncio.gather(*(self._one(request) for request in requests))

    async def _one(self, request: Request) -> Output:
        refused = unfit(request, self._info)
        if refused is not None:
            return refused
        try:
            return await self._ask(request)
        except DataError as error:
            return Output.failed(FailureKind.CASE, str(error))

    async def check(self) -> list[Finding]:
        """The findings for ``mmdt doctor``: key, endpoint, model name and price."""
        access = self._endpoint.access
        key = key_finding(access.key_env, self._endpoint.has_key, access.key_needed, bool(access.key.withheld))
        if key.level == "problem":
            return [key]
        answer = await self._endpoint.models()
        listed = answer if self._endpoint.lists_models or isinstance(answer, Output) else None
        return [key, *endpoint_findings(access.url, self._model, listed), price_finding(self.tariff)]

    async def close(self) -> None:
        await self._endpoint.close()
