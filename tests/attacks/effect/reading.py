"""A reader of pictures that knows nothing of mmdt's drawing: rapidocr."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache

import numpy as np
from PIL import Image as Pil

from tests.tiny import need


@cache
def _engine():
    need("rapidocr", "onnxruntime")
    import logging

    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR()


def read_any(picture: Pil.Image) -> str:
    """The text that rapidocr reads, in its order."""
    found = _engine()(np.asarray(picture.convert("RGB"))[..., ::-1])
    return " ".join(found.txts or ())


def alike(read: str, written: str) -> float:
    """How much of the written text was read, 0 to 1: letters and digits in common sequence, without spaces."""
    one, two = (re.sub(r"[^a-z0-9]", "", each.lower()) for each in (written, read))
    matched = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
    return sum(block.size for block in matched) / max(len(one), 1)
