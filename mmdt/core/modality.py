"""Modality: what goes into a model and what comes out, under a short name such as ``i2t``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Medium = Literal["text", "image"]
"""A kind of content. A new one (video, audio) is added here, with a kind of part in ``core.message``."""

Modality = Literal["t2i", "i2t", "t2t", "it2i"]
"""The name of a row of ``MODALITIES``."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes in and what comes out. Every request has text; ``inputs`` says what may come with it."""

    name: Modality
    title: str
    inputs: frozenset[Medium]
    output: Medium

    @property
    def sends_images(self) -> bool:
        """Whether a case's pictures go to the model. Where they do not, they are references for the evaluators."""
        return "image" in self.inputs

    def covers(self, other: Flow) -> bool:
        """Whether a model for this modality can be asked the other one: a model that reads pictures reads text too."""
        return self.output == other.output and self.inputs >= other.inputs


_TEXT: frozenset[Medium] = frozenset({"text"})
_BOTH: frozenset[Medium] = frozenset({"text", "image"})
MODALITIES: Mapping[Modality, Flow] = {
    "t2i": Flow("t2i", "Text to image", _TEXT, "image"),
    "i2t": Flow("i2t", "Image to text", _BOTH, "text"),
    "t2t": Flow("t2t", "Text to text", _TEXT, "text"),
    "it2i": Flow("it2i", "Image to image", _BOTH, "image"),
}
"""All modalities by name. A new one is one more row (and its name in ``Modality``)."""


def flow(modality: Modality) -> Flow:
    """What goes in and what comes out. ``modality`` is a name that a Cell, Scenario or Request has checked."""
    return MODALITIES[modality]


def title_of(modality: str) -> str:
    """The name for a heading, such as "Text to image"; a name from a run with other modalities stays as it is."""
    return next((each.title for each in MODALITIES.values() if each.name == modality), modality)


def words_of(modality: str) -> str:
    """The name within a title, such as "text-to-image"."""
    return title_of(modality).lower().replace(" ", "-")


def modality_of(inputs: Iterable[Medium], output: Medium) -> Modality:
    """The narrowest modality with these inputs and this output."""
    wanted = frozenset(inputs) | _TEXT
    fitting = [each for each in MODALITIES.values() if each.output == output and each.inputs >= wanted]
    return min(fitting, key=lambda each: len(each.inputs)).name


def supports(offered: Iterable[Modality], wanted: Modality) -> bool:
    """Whether a model with the ``offered`` modalities can be asked a request of the ``wanted`` one."""
    return any(flow(each).covers(flow(wanted)) for each in offered)


def makes(offered: Iterable[Modality], medium: Medium) -> bool:
    """Whether one of the modalities has this output."""
    return any(flow(each).output == medium for each in offered)


def takes_images(offered: Iterable[Modality]) -> bool:
    """Whether one of the modalities has pictures among its inputs."""
    return any(flow(each).sends_images for each in offered)
