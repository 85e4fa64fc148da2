"""Whether a probe has a question about an answer to a case, before there is one."""

from __future__ import annotations

from functools import cache

from PIL import Image as Pil

from mmdt.core.case import Case
from mmdt.core.image import Image
from mmdt.core.output import Output, Status
from mmdt.core.scenario import Probe


def asks(probe: Probe, case: Case) -> bool:
    """Whether a probe has a question about an answer to this case; where only the answer itself can say, it has one."""
    drawn = (_picture(),) if case.cell.flow.output == "image" else ()
    text = "" if drawn else "An answer in words."
    try:
        return probe.question(case, Output(Status.ANSWERED, text=text, images=drawn)) is not None
    except Exception:
        return True


@cache
def _picture() -> Image:
    """A picture that stands for the one that will come."""
    return Image.from_pil(Pil.new("RGB", (8, 8)))
