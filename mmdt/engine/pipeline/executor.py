"""Where models and evaluators work: in this process, or on other machines; the pipeline is the same for both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from mmdt import plugins
from mmdt.core.protocols import Evaluator, EvaluatorContext, Model


class Executor(Protocol):
    """Opens what a run needs. Nothing works before ``start``; ``close`` ends what was started."""

    def model(self, name: str, settings: Mapping[str, Any]) -> Model:
        """The model under test. Raises UsageError where there is none of that name."""
        ...

    def judge(self, name: str, settings: Mapping[str, Any]) -> Model:
        """A model that evaluators ask."""
        ...

    def evaluator(self, role: str, name: str, context: EvaluatorContext) -> Evaluator: ...

    async def start(self, *, asking: bool) -> None:
        """Get ready to work; ``asking``: the model under test will be needed. Raises MmdtError."""
        ...

    async def close(self) -> None: ...


class Here:
    """Everything works in this process."""

    def model(self, name: str, settings: Mapping[str, Any]) -> Model:
        return plugins.open_model(name, settings)

    judge = model

    def evaluator(self, role: str, name: str, context: EvaluatorContext) -> Evaluator:
        return plugins.open_evaluator(role, name, context)

    async def start(self, *, asking: bool) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """Models and evaluators are closed by who uses them."""
