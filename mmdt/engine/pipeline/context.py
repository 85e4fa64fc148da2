"""EngineContext: what evaluators that are built on a model are lent by the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mmdt import plugins
from mmdt.core.protocols import Ask, Model, ModelInfo
from mmdt.engine.endpoint.askable import Askable
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits


class EngineContext:
    """Opens each judge model once, by name, with an endpoint of its own and the run's one budget.

    ``settings`` and ``limits`` are by model name; a model without limits of its own gets ``default``. ``way``: what
    takes an endpoint's place.
    """

    def __init__(
        self,
        budget: Budget,
        *,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        limits: Mapping[str, Limits] | None = None,
        default: Limits | None = None,
        open_model: Callable[[str, Mapping[str, Any]], Model] = plugins.open_model,
        way: Callable[[Endpoint], Askable] | None = None,
    ) -> None:
        self._budget = budget
        self._open = open_model
        self._way = way
        self._settings = settings or {}
        self._limits = limits or {}
        self._default = default or Limits()
        self.endpoints: dict[str, Askable] = {}

    def ask(self, model: str) -> Ask:
        """The way to ask the model of that name. Raises UsageError where there is none."""
        return self._endpoint(model).ask

    def model_info(self, model: str) -> ModelInfo:
        return self._endpoint(model).info

    async def close(self, *, complete: bool = False) -> None:
        """Close all models that were opened; ``complete``: the run has all its answers."""
        for endpoint in self.endpoints.values():
            await endpoint.close(complete=complete)
        self.endpoints.clear()

    def _endpoint(self, model: str) -> Askable:
        if model not in self.endpoints:
            opened = self._open(model, self._settings.get(model, {}))
            direct = Endpoint(opened, self._limits.get(model, self._default), self._budget)
            self.endpoints[model] = self._way(direct) if self._way else direct
        return self.endpoints[model]
