"""Case: one thing to ask a model, with the truth its answer is compared with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import msgspec

from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to ask.

    ``images`` go to the model with the prompt; for t2i they are references for evaluators (the training picture that
    may be reproduced) and are not sent. ``target`` is the ground truth and whatever the score needs (JSON values only).
    ``group`` names the cluster for paired and clustered statistics: cases that share a group are not independent; empty
    means that the case stands alone. ``id`` is derived from the content, so the same case has the same id in every run
    and on every machine. ``recipe`` lists the attacks that made it. ``columns`` are those of the published row that its
    published rule reads, word for word; empty for cases from elsewhere."""

    cell: Cell
    prompt: str
    images: tuple[Image, ...] = ()
    target: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    system: str = ""
    id: str = ""
    recipe: Recipe = ()
    columns: Mapping[str, Any] = field(default_factory=dict, compare=False)

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

    def copy_number(self, number: int) -> Self:
        """A duplicate in the data: a case with its own id, in the group of the first one.

        A duplicate is a repeat and not an independent case, so intervals must not narrow because of it.
        """
        return replace(self, id=f"{self.id}-{number}", group=self.group or self.id)


def _content_id(case: Case) -> str:
    digests = [image.digest for image in case.images]
    content = [str(case.cell), case.prompt, case.system, digests, case.target, case.group]
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()[:20]
