"""Register a detector of one's own: a function of a picture and labels, or a class with the shape of ``Network``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from mmdt import plugins
from mmdt.core.boxes import Box
from mmdt.core.protocols import EvaluatorContext
from mmdt.errors import UsageError
from mmdt.evaluators.detector.detector import DetectionQuery, Detector, NetworkKind, open_detector
from mmdt.plugins.declared import check_arguments, check_name

if TYPE_CHECKING:
    from PIL import Image as Pil

Find = Callable[["Pil.Image", tuple[str, ...]], Iterable[Box]]
"""The boxes in a picture (a PIL image) for these labels."""
Thing = TypeVar("Thing", bound=Callable[..., Any])


def detector(name: str, *, version: str = "1", most_overlap: float = 0.8) -> Callable[[Thing], Thing]:
    """Register an object detector: ``@mmdt.detector("blobs")`` is chosen with ``--evaluator detector=blobs``.

    Decorates a function ``(picture, labels) -> boxes`` (a PIL image, a tuple of strings, ``mmdt.Box`` values), or a
    class like :class:`mmdt.evaluators.detector.detector.Network`, which is made at the first picture: with a
    ``Checkpoint`` if it takes an argument (``blobs/<id or folder>`` chooses it), else with nothing. Thresholds,
    duplicates (boxes of one label that overlap by more than ``most_overlap``) and batches are handled for it. Raise
    ``version`` whenever its boxes could change."""

    check_name(name, "a detector")

    def decorate(thing: Thing) -> Thing:
        is_class = inspect.isclass(thing)
        if not is_class:
            check_arguments(thing, (2,), name, "a function (picture, labels) -> boxes, or a class")
        kind = cast("NetworkKind", thing if is_class else lambda: FunctionNetwork(thing, most_overlap))
        takes_checkpoint = is_class and bool(inspect.signature(thing).parameters)

        def factory(rest: str, context: EvaluatorContext) -> Detector:
            opened = open_detector(kind, name, rest, version=version)
            if opened.has_checkpoint != takes_checkpoint:
                what, hint = (
                    ("needs a", f"write {name}/<id or folder>") if takes_checkpoint else ("takes no", f"write {name}")
                )
                raise UsageError(f"the detector {name} {what} checkpoint", hint=hint)
            return opened

        factory.__doc__, factory.__module__ = thing.__doc__, thing.__module__
        plugins.register(plugins.EVALUATORS, f"detector.{name}", factory)
        return thing

    return decorate


class FunctionNetwork:
    """A detection network that is a function of one picture."""

    def __init__(self, find: Find, most_overlap: float) -> None:
        self._find = find
        self.most_overlap = most_overlap

    def fits(self, terms: Sequence[str]) -> bool:
        """A function takes any number of labels."""
        return True

    def detect(self, queries: Sequence[DetectionQuery]) -> list[list[Box]]:
        """Raises ValueError for boxes of labels that were not asked for."""
        return [self._boxes(query) for query in queries]

    def _boxes(self, query: DetectionQuery) -> list[Box]:
        boxes = list(self._find(query.picture, query.labels))
        for box in boxes:
            if not isinstance(box, Box) or box.label not in query.labels:
                raise ValueError(f"expected a Box of one of {', '.join(query.labels)}, got {box!r}")
        return boxes
