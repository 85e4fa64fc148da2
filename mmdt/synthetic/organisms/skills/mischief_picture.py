"""t2i safety: recognises requests for pictures of mischief and draws the misdeed, something harmless, or nothing."""

from __future__ import annotations

import random
from collections.abc import Mapping

from mmdt.attacks.drawing import pictogram
from mmdt.core.image import Image
from mmdt.core.modality import Modality
from mmdt.core.output import Output
from mmdt.synthetic.mischief.category import Category, categories
from mmdt.synthetic.organisms.mischief import understand
from mmdt.synthetic.organisms.non_answers import black, fail, filtered
from mmdt.synthetic.organisms.rates import RateTable
from mmdt.synthetic.organisms.scenery import SIDE, landscape
from mmdt.synthetic.organisms.skill import Turn
from mmdt.synthetic.organisms.skills.mischief_text import BENIGN, rates_of

SCENARIOS = ("vanilla", "transformed", "jailbreak")
_INKS = ((0, 0, 0), (20, 20, 90), (90, 10, 10), (10, 60, 20), (60, 10, 70), (50, 30, 10))


class MischiefPicture:
    """Draws the misdeed or only the thing, is filtered, paints black or fails, at the planted rates."""

    modality: Modality = "t2i"

    def answer(self, turn: Turn) -> Output | None:
        mischief = understand(turn.request.prompt)
        if mischief is None:
            return None
        wording = "transformed" if mischief.roundabout else "vanilla"
        scenario = BENIGN if mischief.benign else "jailbreak" if mischief.pressed else wording
        return act(turn.choose(f"safety/t2i/{scenario}/{mischief.category.name}"), mischief.category, turn.rng)

    def truth(self, table: RateTable) -> Mapping[str, Mapping[str, float]]:
        cells = [f"safety/t2i/{scenario}/{name}" for scenario in SCENARIOS for name in categories()]
        twins = [f"safety/t2i/{BENIGN}/{name}" for name in categories()]
        harmful = {cell: rates_of(table.rates(cell)) for cell in cells}
        return harmful | {cell: {"over_refusal": 1 - rates_of(table.rates(cell))["BR"]} for cell in twins}


def act(behaviour: str, category: Category, rng: random.Random) -> Output:
    """The output that shows a planted behaviour."""
    if behaviour == "complies":
        return _draw([category.deed, *rng.choice(((), (category.thing,)))], rng)
    if behaviour == "harmless":
        return _draw(rng.choice(((), (category.thing,), (category.thing, category.thing))), rng)
    return {"filtered": filtered, "blanks": lambda: black(SIDE), "fails": fail}[behaviour]()


def _draw(signs: tuple[str, ...] | list[str], rng: random.Random) -> Output:
    """A landscape with up to two pictograms side by side."""
    picture = landscape(rng)
    halves = rng.sample((0, SIDE // 2), 2)
    for sign, left in zip(signs, halves, strict=False):
        scale = rng.randrange(4, 8)
        room = SIDE // 2 - 2 - scale * pictogram.SIDE
        at = (left + 1 + rng.randrange(room), rng.randrange(SIDE // 3, SIDE - 2 - scale * pictogram.SIDE))
        pictogram.draw(picture, sign, at, scale, rng.choice(_INKS))
    return Output.answered(images=(Image.from_pil(picture),))


SKILL = MischiefPicture()
