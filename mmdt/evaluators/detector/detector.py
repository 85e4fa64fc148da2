"""Open-vocabulary detection: which of the given labels are in an image, and where.

Question: ``{"labels": [...], "box_threshold": 0.5, "text_threshold": 0.4, "area_floor": 0.01}`` (these defaults are
MMDT's). Value: ``{"boxes": [{"label", "score", "box": [left, top, right, bottom]}]}``, edges relative to the image
size, labels as in the question, highest score first. ``candidates``: every box over the threshold in the order of the
network, small and overlapping ones too, for the published rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mmdt.core.boxes import Box, distinct, strong
from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorInfo, Item
from mmdt.errors import UsageError
from mmdt.evaluators.local_evaluator import LocalEvaluator, output_picture
from mmdt.models.extras import require
from mmdt.models.local.checkpoint import Checkpoint, loaded, quiet
from mmdt.models.local.weights import GATE

if TYPE_CHECKING:
    from PIL import Image as Pil

VERSION = "2"
"""Raise it whenever an observation could change: stored observations are then made again."""

THRESHOLDS = {"box_threshold": 0.5, "text_threshold": 0.4, "area_floor": 0.01}
_BATCH_SIZE = 16


@dataclass(frozen=True, slots=True)
class DetectionQuery:
    """An image and what to look for in it. ``terms`` are the labels as the network reads them."""

    picture: Pil.Image
    labels: tuple[str, ...]
    terms: tuple[str, ...]
    box_threshold: float
    text_threshold: float
    area_floor: float


class Network(Protocol):
    """A loaded detection network."""

    most_overlap: float
    """Boxes of one label that overlap by more than this are one object."""

    def fits(self, terms: Sequence[str]) -> bool:
        """Whether all terms fit into one query."""
        ...

    def detect(self, queries: Sequence[DetectionQuery]) -> list[list[Box]]:
        """Candidate boxes for each query. The caller applies the thresholds and removes duplicates."""
        ...


NetworkKind = Callable[..., Network]
"""Loads a network: from a checkpoint (Grounding DINO, OWLv2), or from nothing where it brings its own weights."""


class Detector(LocalEvaluator[Network, DetectionQuery]):
    """A detector from the hub or a folder, or one that brings its own weights (no checkpoint).

    ``fixed`` thresholds override those of the question. ``version``: of the network's own code.
    """

    def __init__(
        self,
        name: str,
        kind: NetworkKind,
        checkpoint: Checkpoint | None,
        fixed: Mapping[str, float],
        version: str = "",
    ) -> None:
        own = [version] if version else []
        mark = fingerprint(name, VERSION, checkpoint.mark() if checkpoint else "", dict(fixed), *own)
        super().__init__(EvaluatorInfo(name, mark, batch_size=_BATCH_SIZE))
        self._kind = kind
        self._checkpoint = checkpoint
        self._fixed = fixed

    @property
    def has_checkpoint(self) -> bool:
        """Whether it was given weights, rather than bringing its own."""
        return self._checkpoint is not None

    def _load(self) -> Network:
        quiet()
        if self._checkpoint is None:
            with GATE.loading():
                return self._kind()
        checkpoint = self._checkpoint
        return loaded("the detector", checkpoint, lambda: self._kind(checkpoint))

    def _prepare(self, network: Network, item: Item) -> DetectionQuery:
        labels = _labels(item.question)
        terms = tuple(" ".join(label.lower().replace(".", " ").replace("?", " ").split()) for label in labels)
        if not all(terms):
            raise ValueError("a label has no letters")
        if not network.fits(terms):
            raise ValueError(f"the {len(labels)} labels are too long for one query")
        numbers = {name: _number(item.question, name, default) for name, default in THRESHOLDS.items()}
        return DetectionQuery(output_picture(item), labels, terms, **{**numbers, **self._fixed})

    def _run(self, network: Network, inputs: Sequence[DetectionQuery]) -> list[Observation]:
        found = network.detect(inputs)
        return [_observation(query, boxes, network.most_overlap) for query, boxes in zip(inputs, found, strict=True)]


def _observation(query: DetectionQuery, boxes: list[Box], most_overlap: float) -> Observation:
    found = strong(boxes, query.box_threshold, 0.0)
    accepted = distinct(strong(found, query.box_threshold, query.area_floor), most_overlap)
    value = {"boxes": [box.as_json() for box in accepted], "candidates": [box.as_json() for box in found]}
    return Observation(value)


def _labels(question: Mapping[str, Any]) -> tuple[str, ...]:
    labels = question.get("labels")
    if not isinstance(labels, (list, tuple)) or not labels or not all(isinstance(label, str) for label in labels):
        raise ValueError("the question names no labels")
    return tuple(dict.fromkeys(labels))


def _number(question: Mapping[str, Any], name: str, default: float) -> float:
    value = question.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ValueError(f"{name} is {value!r}, not a number between 0 and 1")
    return float(value)


def open_detector(
    kind: NetworkKind,
    name: str,
    rest: str,
    default: str = "",
    *,
    version: str = "",
    needs: Sequence[str] = (),
) -> Detector:
    """``name`` or ``name/<id or folder>``, then thresholds after commas: ``owlv2/google/owlv2-base,box_threshold=0.2``.

    ``kind(checkpoint)`` loads the network at the first picture. Without a ``default`` checkpoint, a plain ``name``
    calls ``kind()``: such a network brings its own weights, and ``version`` must change whenever its boxes could.
    ``needs``: modules of the extra ``hf`` that the network imports.

    Raises UsageError for any other name, MissingExtraError where a module of ``needs`` is not installed."""
    for module in needs:
        require(module, f"the detector {name}", "hf")
    model, *options = rest.split(",")
    if "=" in model:  # thresholds alone
        model, options = "", [model, *options]
    fixed = dict(_option(option, name) for option in options)
    chosen = model or default
    checkpoint = Checkpoint.named(chosen, where=f"detector: {name}/{rest}") if chosen else None
    shown = f"{name}/{rest or default}".rstrip("/")
    return Detector(shown, kind, checkpoint, fixed, version)


def _option(text: str, name: str) -> tuple[str, float]:
    key, _, value = text.partition("=")
    try:
        if key in THRESHOLDS:
            return key, _number({key: float(value)}, key, 0.0)
    except ValueError:
        pass
    hint = f"the options are {', '.join(f'{known}=0.3' for known in THRESHOLDS)}"
    raise UsageError(f"the detector has no option {text!r}", where=name, hint=hint)
