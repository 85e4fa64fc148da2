"""A model under the name that the user typed, whatever runtime is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mmdt.core.output import Output
from mmdt.core.protocols import Model, ModelInfo, Request


class LabelledModel:
    """Passes everything on to ``model`` and calls itself ``name``: a provider wrapped by somebody else, or a server
    that has a name. Its other description stays, so a run still says which server answered."""

    def __init__(self, name: str, model: Model) -> None:
        self._name = name
        self._model = model

    @property
    def info(self) -> ModelInfo:
        return replace(self._model.info, name=self._name)

    @property
    def imports(self) -> tuple[str, ...]:
        return tuple(getattr(self._model, "imports", ()))

    @property
    def batches(self) -> Any:
        """The batch endpoint of the model behind it; None if it has none."""
        return getattr(self._model, "batches", None)

    @property
    def priced(self) -> bool:
        """Whether the cost of replies is known; True for models that cost nothing."""
        return bool(getattr(self._model, "priced", True))

    @property
    def tariff(self) -> Any:
        """The prices of the model behind it; None if it has none."""
        return getattr(self._model, "tariff", None)

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        return await self._model.generate(requests)

    async def close(self) -> None:
        await self._model.close()


class CheckableLabelledModel(LabelledModel):
    """One whose runtime can check its endpoint."""

    async def check(self) -> Any:
        """The findings of ``mmdt doctor``."""
        return await self._model.check()  # type: ignore[attr-defined]


def labelled(name: str, model: Model) -> Model:
    """The model, under that name."""
    if model.info.name == name:
        return model
    return CheckableLabelledModel(name, model) if hasattr(model, "check") else LabelledModel(name, model)
