"""Where models and evaluators run: in this process or on other machines. The pipeline is the same for both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from mmdt import plugins
from mmdt.core.protocols import Evaluator, EvaluatorContext, Model


class Executor(Protocol):
    """Opens the models and evaluators of a run. Call ``start`` before any of them is used, and ``close`` at the end."""

    def model(self, name: str, settings: Mapping[str, Any]) -> Model:
        """The model under test. Raises UsageError if there is no model of this name."""
        ...

    def judge(self, name: str, settings: Mapping[str, Any]) -> Model:
        """A model that evaluators send requests to."""
        ...

    def evaluator(self, role: str, name: str, context: EvaluatorContext) -> Evaluator: ...

    async def start(self, *, asking: bool) -> None:
        """Get ready; ``asking``: the model under test will be needed. Raises MmdtError."""
        ...

    async def close(self) -> None: ...


class LocalExecutor:
    """Runs everything in this process."""

    def model(self, name: str, settings: Mapping[str, Any]) -> Model:
        return plugins.open_model(name, settings)

    judge = model

    def evaluator(self, role: str, name: str, context: EvaluatorContext) -> Evaluator:
        return plugins.open_evaluator(role, name, context)

    async def start(self, *, asking: bool) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do: whoever uses the models and evaluators closes them."""
