"""Case: one thing to ask a model, with the truth its answer is compared with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import msgspec

from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.message import Message, Messages, Simple, check_messages, content_of, transcript
from mmdt.core.recipe import Recipe
from mmdt.errors import DataError

MAX_PROMPT = 8_000_000
"""Characters of a prompt with its system prompt: several times what the largest context holds."""


@dataclass(frozen=True, slots=True)
class TwinOf:
    """The case that another one repeats under a control. ``id``: its id, by which the two are paired; ``shared``: what
    the case has in common with others, which its twin without the picture does not show."""

    id: str
    shared: str


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to ask.

    ``images`` go to the model with the prompt where its modality takes pictures; otherwise (t2i, t2t) they are
    references for evaluators (the training picture that may be reproduced) and are not sent. ``target`` is the ground
    truth and whatever the score needs (JSON values only). ``group`` names the cluster for paired and clustered
    statistics: cases that share a group are not independent. Where it is empty, cases that share a picture, a behaviour
    or the stem of a prompt are in one cluster. ``id`` is derived
    from the content, so the same case has the same id in every run and on every machine. ``recipe`` lists the attacks
    that made it.

    ``messages`` is the conversation where it is more than one question; ``prompt``, ``images`` and ``system`` are then
    the last question, all pictures and the system prompt of it. Make such a case with ``of_messages``, and change one
    with ``with_question``, which keep the two in step.

    ``columns`` are those of the published row that its published rule reads, word for word; empty for cases from
    elsewhere. ``name`` is the id that the data itself gives the case, for people to find it again. ``twin_of`` is the
    case that this one repeats in a control arm, None for any other."""

    cell: Cell
    prompt: str
    images: tuple[Image, ...] = ()
    target: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    system: str = ""
    id: str = ""
    recipe: Recipe = ()
    messages: Messages = ()
    columns: Mapping[str, Any] = field(default_factory=dict, compare=False)
    name: str = field(default="", compare=False)
    twin_of: TwinOf | None = field(default=None, compare=False)

    @classmethod
    def make(
        cls,
        cell: Cell,
        prompt: str,
        images: tuple[Image, ...] = (),
        target: Mapping[str, Any] | None = None,
        group: str = "",
        system: str = "",
        recipe: Recipe = (),
        columns: Mapping[str, Any] | None = None,
    ) -> Self:
        """A case with its id computed from its content. Recipe and columns have no part in the id."""
        case = cls(cell, prompt, images, target or {}, group, system, recipe=recipe, columns=columns or {})
        return replace(case, id=_content_id(case))

    @classmethod
    def of_messages(
        cls,
        cell: Cell,
        messages: Iterable[Message],
        target: Mapping[str, Any] | None = None,
        group: str = "",
        recipe: Recipe = (),
    ) -> Self:
        """A case that asks with a conversation; its last message is the question.

        A conversation of one question is the same case, with the same id, as one made with ``make``. Raises DataError
        where the messages are no conversation that a chat model takes, or hold a picture that the modality does not.
        """
        turns = tuple(messages)
        check_messages(turns)
        asked = Simple.of(turns)
        if asked.images and not cell.flow.sends_images:
            hint = "leave the picture out, or use a modality that takes pictures, such as i2t"
            raise DataError(f"a {cell.modality} case sends no pictures, and the messages hold one", hint=hint)
        case = cls(cell, asked.prompt, asked.images, target or {}, group, asked.system, recipe=recipe)
        if asked.messages() != turns:
            case = replace(case, messages=turns)
        return replace(case, id=_content_id(case))

    @property
    def benign(self) -> bool:
        """Whether the right answer is to help: the target says ``"benign": true``. Such cases measure over-refusal and
        are never part of the rates of harm."""
        return self.target.get("benign") is True

    @property
    def conversation(self) -> Messages:
        """The messages that the model is sent; one question where the case has no ``messages``."""
        sent = self.images if self.cell.flow.sends_images else ()
        return self.messages or Simple(self.prompt, sent, self.system).messages()

    @property
    def question_images(self) -> tuple[Image, ...]:
        """The pictures of the last question that the model is sent."""
        if self.messages:
            return self.messages[-1].images
        return self.images if self.cell.flow.sends_images else ()

    @property
    def asked(self) -> str:
        """What the case asks, as text: the prompt, or the whole conversation where there is more."""
        return transcript(self.messages) if self.messages else self.prompt

    def with_question(self, cell: Cell, prompt: str, images: tuple[Image, ...], group: str, recipe: Recipe) -> Self:
        """The case with another last question; earlier turns and references of evaluators stay as they are."""
        if self.messages:
            question = self.messages[-1].with_content(prompt, images)
            made = self.of_messages(cell, (*self.messages[:-1], question), self.target, group, recipe)
        else:
            kept = images if self.cell.flow.sends_images else self.images
            made = self.make(cell, prompt, kept, self.target, group, self.system, recipe)
        return replace(made, name=self.name)

    def map_images(self, change: Callable[[Image], Image]) -> Self:
        """The same case with every picture replaced by ``change(picture)``."""
        if not self.images:
            return self
        messages = tuple(each.map_images(change) for each in self.messages)
        return replace(self, images=tuple(map(change, self.images)), messages=messages)

    def copy_number(self, number: int) -> Self:
        """A duplicate in the data: a case with its own id. It is in the cluster of the first one, because it has the
        same group, pictures and prompt (``mmdt.stats.default_clusters``): intervals do not narrow because of it."""
        return replace(self, id=f"{self.id}-{number}")


def _content_id(case: Case) -> str:
    digests = [image.digest for image in case.images]
    content: list[Any] = [str(case.cell), case.prompt, case.system, digests, case.target, case.group]
    if case.messages:
        content.append(content_of(case.messages))
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()[:20]
