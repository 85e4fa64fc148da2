"""EngineContext: how evaluators that use a judge model reach it through the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mmdt import plugins
from mmdt.core.protocols import Ask, Model, ModelInfo
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.endpoint.request_sender import RequestSender


class EngineContext:
    """Opens each judge model once, by name, with its own endpoint and the shared budget of the run.

    ``settings`` and ``limits`` are by model name; a model that has no limits there gets ``default``. ``wrap``: replaces
    an endpoint by another sender, for example one that uses batches.
    """

    def __init__(
        self,
        budget: Budget,
        *,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        limits: Mapping[str, Limits] | None = None,
        default: Limits | None = None,
        open_model: Callable[[str, Mapping[str, Any]], Model] = plugins.open_model,
        wrap: Callable[[Endpoint], RequestSender] | None = None,
    ) -> None:
        self._budget = budget
        self._open = open_model
        self._wrap = wrap
        self._settings = settings or {}
        self._limits = limits or {}
        self._default = default or Limits()
        self.endpoints: dict[str, RequestSender] = {}

    def ask(self, model: str) -> Ask:
        """The function that sends requests to this model. Raises UsageError if there is no such model."""
        return self._endpoint(model).ask

    def model_info(self, model: str) -> ModelInfo:
        return self._endpoint(model).info

    async def close(self, *, complete: bool = False) -> None:
        """Close all opened models; ``complete``: the run has all of its answers."""
        for endpoint in self.endpoints.values():
            await endpoint.close(complete=complete)
        self.endpoints.clear()

    def _endpoint(self, model: str) -> RequestSender:
        if model not in self.endpoints:
            opened = self._open(model, self._settings.get(model, {}))
            direct = Endpoint(opened, self._limits.get(model, self._default), self._budget)
            self.endpoints[model] = self._wrap(direct) if self._wrap else direct
        return self.endpoints[model]
