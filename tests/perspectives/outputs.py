"""Cases, outputs and observations that tests of scores share."""

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.output import Output

PICTURE = Image("0" * 64, "image/png", 8, 8)
SHOWN = Output.answered(images=(PICTURE,))


def case(address, **target):
    return Case.make(Cell.parse(address), "a prompt", target=target)


def box(label, x=0.5, y=0.5, side=0.1, score=0.9):
    return {"label": label, "score": score, "box": [x - side / 2, y - side / 2, x + side / 2, y + side / 2]}


def boxes(*found):
    return {"boxes": Observation({"boxes": list(found)})}


def verdicts(**said):
    return {name: Observation({"verdict": verdict}) for name, verdict in said.items()}


def declined(by="text"):
    return {"refusal": Observation({"by": by})}
