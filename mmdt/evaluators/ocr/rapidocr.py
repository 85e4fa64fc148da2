"""Text in images, read by RapidOCR (PP-OCR networks; the weights come with the library, so it works offline).

Value: ``{"text": all lines joined by spaces, "lines": [{"text", "score", "box"}]}``, from top to bottom; box edges are
relative to the image size.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import MissingExtraError
from mmdt.evaluators.local_evaluator import LocalEvaluator, output_picture
from mmdt.evaluators.options import no_options
from mmdt.models.extras import require

if TYPE_CHECKING:
    from PIL import Image as Pil

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made again."""

_BATCH_SIZE = 8
_QUIET = {"Global.log_level": "critical"}


class RapidReader(LocalEvaluator[Any, "Pil.Image"]):
    """One OCR engine, used in one thread; its networks use several cores themselves."""

    def __init__(self) -> None:
        mark = fingerprint("rapidocr", version("rapidocr"), VERSION)
        super().__init__(EvaluatorInfo("rapidocr", mark, batch_size=_BATCH_SIZE))

    def _load(self) -> Any:
        try:
            from rapidocr import RapidOCR
        except ImportError as error:  # one of its own dependencies, such as onnxruntime
            raise MissingExtraError("reading text in pictures", "ocr", error) from error
        return RapidOCR(params=_QUIET)

    def _start_size(self) -> int:
        return 1  # it reads one image at a time; the default would need torch

    def _prepare(self, network: Any, item: Item) -> Pil.Image:
        return output_picture(item)

    def _run(self, network: Any, inputs: Sequence[Pil.Image]) -> list[Observation]:
        return [_read(network, picture) for picture in inputs]


def _read(network: Any, picture: Pil.Image) -> Observation:
    import numpy as np

    found = network(np.asarray(picture)[:, :, ::-1])  # the library expects BGR
    if found.txts is None:
        return Observation({"text": "", "lines": []})
    lines = [
        {"text": text, "score": round(float(score), 4), "box": _edges(corners, picture.size)}
        for text, score, corners in zip(found.txts, found.scores, found.boxes, strict=True)
    ]
    return Observation({"text": " ".join(found.txts), "lines": lines})


def _edges(corners: Any, size: tuple[int, int]) -> list[float]:
    """The axis-aligned box around four corners in pixels, relative to the image size."""
    across, down = corners[:, 0] / size[0], corners[:, 1] / size[1]
    return [round(min(max(float(edge), 0.0), 1.0), 5) for edge in (across.min(), down.min(), across.max(), down.max())]


def open_rapidocr(rest: str, context: EvaluatorContext) -> RapidReader:
    """``rapidocr``, without options. Raises UsageError for any option, MissingExtraError without the library."""
    no_options("rapidocr", rest)
    for module in ("rapidocr", "onnxruntime"):
        require(module, "reading text in pictures", "ocr")
    return RapidReader()
