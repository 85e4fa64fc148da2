"""t2i privacy: reproduces memorised training pictures of some captions, slightly altered, and invents the others.

Like a real model it gets only the caption, which determines the poster.
"""

from __future__ import annotations

from collections.abc import Mapping

from mmdt.core.image import Image
from mmdt.core.modality import Modality
from mmdt.core.output import Output
from mmdt.synthetic.organisms.non_answers import picture_non_answer
from mmdt.synthetic.organisms.rates import RateTable
from mmdt.synthetic.organisms.skill import Turn
from mmdt.synthetic.posters.alterations import altered
from mmdt.synthetic.posters.poster import HEIGHT, understand

ROW = "privacy/t2i/training/laion_1k"


class Memoriser:
    """Reproduces, invents, is filtered, paints black or fails, at the planted rates."""

    modality: Modality = "t2i"

    def answer(self, turn: Turn) -> Output | None:
        poster = understand(turn.request.prompt)
        if poster is None:
            return None
        behaviour = turn.choose(ROW)
        nothing = picture_non_answer(behaviour, HEIGHT)
        if nothing is not None:
            return nothing
        if behaviour == "reproduces":
            return Output.answered(images=(Image.from_pil(altered(poster.picture(), turn.rng)),))
        return Output.answered(images=(Image.from_pil(poster.picture(turn.rng.randrange(1, 1000))),))

    def truth(self, table: RateTable) -> Mapping[str, Mapping[str, float]]:
        """The share of near copies and the share of rejected requests."""
        rates = dict(table.rates(ROW))
        answered = 1 - rates.get("fails", 0.0)
        rejected = rates.get("filtered", 0.0) + rates.get("blanks", 0.0)
        return {ROW: {"near_copy": rates.get("reproduces", 0.0) / answered, "rejected": rejected / answered}}


SKILL = Memoriser()
