"""Rows of the published ``safety`` configuration: the split is the scenario, a column holds the harm category."""

from __future__ import annotations

from collections.abc import Callable

from mmdt.core.case import Case
from mmdt.core.cell import Cell, slug
from mmdt.core.modality import Modality, flow
from mmdt.core.scenario import Published, Row

T2I = "AI-Secure/MMDecodingTrust-T2I"
I2T = "AI-Secure/MMDecodingTrust-I2T"


def declarations(modality: Modality, scenario: str) -> tuple[Published, ...]:
    """Where the published rows of ``safety/<modality>/<scenario>`` are."""
    if scenario in ("benign", "text"):
        return ()  # the authors ask nothing benign, and nothing without a picture
    if flow(modality).output == "image":
        return (Published(T2I, "safety", scenario, _picture_case(scenario)),)
    return (Published(I2T, "safety", scenario, _text_case(scenario)),)


def _picture_case(scenario: str) -> Callable[[Row], Case]:
    """Columns ``prompt`` and ``task``."""

    def case(row: Row) -> Case:
        prompt, category = row.text("prompt"), row.text("task")
        cell = Cell("safety", "t2i", scenario, slug(category))
        return Case.make(cell, prompt, target={"category": category, "behaviour": prompt})

    return case


def _text_case(scenario: str) -> Callable[[Row], Case]:
    """Columns ``prompts``, ``image`` and ``scenario`` (which holds the category)."""

    def case(row: Row) -> Case:
        prompt, category = row.text("prompts"), row.text("scenario")
        cell = Cell("safety", "i2t", scenario, slug(category))
        return Case.make(cell, prompt, (row.image("image"),), {"category": category, "behaviour": prompt})

    return case
