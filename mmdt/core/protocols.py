"""The two protocols behind everything pluggable: a Model generates, an Evaluator observes; both in batches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self, runtime_checkable

from mmdt.core.case import Case
from mmdt.core.image import Image
from mmdt.core.message import Messages, Simple, images_of, prompt_of, simple, system_of, turns_of
from mmdt.core.modality import Medium, Modality, modality_of
from mmdt.core.observation import Observation
from mmdt.core.output import Output


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask a model: a conversation, and what must come out.

    ``messages`` begin with the system message, if there is one, and end with the question. ``wants``: text or a
    picture. ``schema`` is a JSON schema for the reply, used where the server can enforce one. ``seed`` makes the reply
    repeatable where the model supports it. ``Request.of`` makes the usual request with a single question.
    """

    messages: Messages
    wants: Medium = "text"
    seed: int | None = None
    schema: Mapping[str, Any] | None = None

    @classmethod
    def of(
        cls,
        prompt: str,
        images: Iterable[Image] = (),
        system: str = "",
        *,
        wants: Medium = "text",
        seed: int | None = None,
        schema: Mapping[str, Any] | None = None,
    ) -> Self:
        """A request with one question: its pictures first, then the text."""
        return cls(Simple(prompt, tuple(images), system).messages(), wants, seed, schema)

    @property
    def modality(self) -> Modality:
        """What goes in and what comes out: ``t2t`` for text alone, ``i2t`` where there are pictures too."""
        return modality_of((part.medium for each in self.messages for part in each.parts), self.wants)

    @property
    def prompt(self) -> str:
        """The text of the user's last message."""
        return prompt_of(self.messages)

    @property
    def images(self) -> tuple[Image, ...]:
        """The pictures of all messages, in order."""
        return images_of(self.messages)

    @property
    def system(self) -> str:
        """The system prompt; empty without one."""
        return system_of(self.messages)

    @property
    def turns(self) -> Messages:
        """The messages of user and assistant, without the system message."""
        return turns_of(self.messages)

    @property
    def simple(self) -> Simple | None:
        """The request as one question; None where it has several turns, or text before a picture."""
        return simple(self.messages)

    def with_prompt(self, prompt: str) -> Self:
        """The same request with another text in its last message."""
        last = self.messages[-1]
        return replace(self, messages=(*self.messages[:-1], last.with_content(prompt, last.images)))

    def map_images(self, change: Callable[[Image], Image]) -> Self:
        """The same request with every picture replaced by ``change(picture)``."""
        return replace(self, messages=tuple(each.map_images(change) for each in self.messages))


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a model is and can do.

    ``name`` is what the user typed, ``settings`` everything that changes its answers (never a key).
    ``batch_size`` above 1 means that full batches pay off (a GPU); ``concurrency`` is the number of concurrent calls of
    ``generate``, ``start_concurrency`` where an adaptive limit begins.
    ``organism``: an embedded model with planted rates, not a real one. ``max_images`` is per request.
    """

    name: str
    modalities: frozenset[Modality]
    settings: Mapping[str, Any] = field(default_factory=dict)
    max_images: int = 1
    batch_size: int = 1
    concurrency: int = 1
    start_concurrency: int = 1
    seeds: bool = False
    organism: bool = False


class Model(Protocol):
    """Anything that can be asked.

    ``generate`` makes one attempt at each request, in order, and returns one Output a request. It never
    retries, and it never raises for what a provider or a request did: it returns an Output with status failed.

    A model may have ``imports``, names of modules that a run imports while it loads its cases, so that the first
    request does not wait for them.
    """

    @property
    def info(self) -> ModelInfo: ...

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to observe: an output of a case, and the question about it (JSON values)."""

    case: Case
    output: Output
    question: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EvaluatorInfo:
    """What an evaluator is. ``fingerprint`` changes whenever its observations could.

    ``embedded``: only good enough for the organisms and the synthetic data; the user must allow it explicitly to judge
    a real model. ``note`` is shown with every number that depends on it."""

    name: str
    fingerprint: str
    batch_size: int = 1
    concurrency: int = 1
    embedded: bool = False
    note: str = ""


class Evaluator(Protocol):
    """Anything that looks at outputs. Returns one Observation an item, in order; what it could not see is
    ``Observation.failed``, never an exception and never a guess."""

    @property
    def info(self) -> EvaluatorInfo: ...

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]: ...

    async def close(self) -> None: ...


AskMember = Callable[[int], Awaitable[Observation]]
"""Gets the observation of the member with that number; one that is stored already costs nothing."""


@runtime_checkable
class Panel(Protocol):
    """An evaluator that asks others, its members, until they have decided.

    Each member's observation is stored under the member's own fingerprint, so it is paid for once, whoever asks.
    """

    @property
    def members(self) -> Sequence[Evaluator]: ...

    async def convene(self, item: Item, ask: AskMember) -> Observation:
        """The panel's observation of an item. Raises what ``ask`` raises, after the members asked with it are done."""
        ...


Ask = Callable[[Request], Awaitable[Output]]
"""Asks one model through the engine: limits, retries and the budget apply; the Output is final."""


class EvaluatorContext(Protocol):
    """What the engine provides to an evaluator that asks a model itself."""

    def ask(self, model: str) -> Ask:
        """A function that asks the model of that name, within the run's limits and budget."""
        ...

    def model_info(self, model: str) -> ModelInfo: ...
