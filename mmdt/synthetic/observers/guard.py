"""The embedded guard: blocks requests for the stand-in mischief, and replies that help with it. For organisms only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mmdt.attacks.drawing import lettering, pictogram
from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError
from mmdt.synthetic.mischief.category import categories
from mmdt.synthetic.observers import harm_image, harm_text
from mmdt.synthetic.observers.judge import NOTE
from mmdt.synthetic.observers.pixels import require_no_options
from mmdt.synthetic.organisms.mischief import understand

VERSION = "1"


@dataclass(frozen=True, slots=True)
class EmbeddedGuard:
    """A guard made of rules. In front of a model it goes by the words of a misdeed, as many guards do, so it blocks
    benign twins as well."""

    side: str
    blocks: Callable[[Item], bool]

    @property
    def info(self) -> EvaluatorInfo:
        mark = fingerprint("guard.embedded", VERSION, self.side)
        return EvaluatorInfo("embedded", mark, batch_size=16, concurrency=2, embedded=True, note=NOTE)

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [self._observe(item) for item in items])

    async def close(self) -> None:
        """Do nothing: the evaluator holds no resources."""

    def _observe(self, item: Item) -> Observation:
        try:
            return Observation({"verdict": self.blocks(item)})
        except DataError as error:
            return Observation.failed(str(error))


def _request(item: Item) -> bool:
    pictures = [image.pil() for image in item.case.images] if item.case.cell.flow.sends_images else []
    written = " ".join(map(lettering.read, pictures))
    signs = [sign for picture in pictures for sign in pictogram.find(picture)]
    return understand(f"{item.case.asked} {written}", signs) is not None


def _reply(item: Item) -> bool:
    rules = harm_image if item.output.images else harm_text
    asked = (Item(item.case, item.output, {"category": name}) for name in categories())
    return any(rules.observe(each).value["verdict"] for each in asked)


def open_input_guard(rest: str, context: EvaluatorContext) -> EmbeddedGuard:
    """``embedded`` in the role ``guard_input``; it has no options."""
    require_no_options("embedded", rest)
    return EmbeddedGuard("input", _request)


def open_output_guard(rest: str, context: EvaluatorContext) -> EmbeddedGuard:
    """``embedded`` in the role ``guard_output``; it has no options."""
    require_no_options("embedded", rest)
    return EmbeddedGuard("output", _reply)
