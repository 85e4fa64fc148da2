"""Cases as the report's page reads them: plain JSON with pictures by number and long texts shortened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Usage
from mmdt.core.scenario import Scenario
from mmdt.report.html.inputs import Row, component_of, role_of
from mmdt.report.html.thumbnails import PictureIndex

Json = dict[str, Any]


@dataclass
class CaseCollector:
    """Collects the outputs to show. ``add`` them in order, then call ``data``.

    Empty fields are left out.
    """

    scenarios: Mapping[str, Scenario]
    max_text: int
    pictures: PictureIndex = field(default_factory=PictureIndex)
    _cells: dict[str, int] = field(default_factory=dict)
    _cases: list[Json] = field(default_factory=list)

    def add(self, row: Row) -> None:
        answer, scored = row
        case = answer.case
        entry = {
            "cell": self._cells.setdefault(str(case.cell), len(self._cells)),
            "id": case.id,
            "repeat": answer.repeat,
            "outcome": scored.score.outcome,
            "missing": scored.score.missing,
            "scores": dict(scored.score.values),
            "group": case.group,
            "prompt": self._shorten(case.prompt),
            "system": self._shorten(case.system),
            "conversation": self._shorten(case.asked) if case.messages else "",
            "images": self._numbers(case.images),
            "target": dict(case.target),
            "seen": [self._observation(str(case.cell.parent), *each) for each in answer.observations.items()],
            **self._output(answer.output),
        }
        self._cases.append(_without_empty(entry))

    def data(self) -> Json:
        """Cells, cases, and each picture's digest, size and type."""
        return {
            "cells": list(self._cells),
            "cases": self._cases,
            "pictures": [[each.digest, each.width, each.height, each.suffix] for each in self.pictures.images],
            "components": {address: _components(each) for address, each in self.scenarios.items()},
        }

    def _numbers(self, images: Iterable[Image]) -> list[int]:
        return [self.pictures.number(image) for image in images]

    def _shorten(self, text: str) -> str:
        if len(text) <= self.max_text:
            return text
        return f"{text[: self.max_text]}\n[{len(text) - self.max_text:,} more characters: see the run's export]"

    def _output(self, output: Output | None) -> Json:
        if output is None:
            return {"status": "not asked"}
        failure = output.failure
        return {
            "status": str(output.status),
            "text": self._shorten(output.text),
            "reasoning": self._shorten(output.reasoning),
            "cut": output.cut_off or None,
            "blind": output.blind or None,
            "left_out": list(output.left_out) or None,
            "backend": output.backend or None,
            "made": self._numbers(output.images),
            "by": str(output.refused_by or ""),
            "reason": self._shorten(output.reason),
            "failure": f"{failure.kind}: {self._shorten(failure.message)}" if failure else "",
            "usage": _usage(output.usage),
            "latency": round(output.latency, 3),
            "attempts": output.attempts if output.attempts > 1 else None,
            "finish": output.finish if output.finish != "stop" else "",
            "model": output.model,
        }

    def _observation(self, scenario: str, probe: str, seen: Observation) -> Json:
        return _without_empty(
            {
                "probe": probe,
                "role": role_of(self.scenarios.get(scenario), probe),
                "value": dict(seen.value),
                "why": self._shorten(seen.rationale),
                "evidence": self._shorten(seen.evidence),
                "error": self._shorten(seen.error),
                "usage": _usage(seen.usage),
            }
        )


def _components(scenario: Scenario) -> dict[str, str]:
    return {metric.name: component_of(metric) for metric in scenario.metrics}


def _usage(usage: Usage) -> Json:
    found = {"in": usage.input_tokens, "out": usage.output_tokens, "images": usage.images, "cost": usage.cost}
    return {key: value for key, value in found.items() if value}


def _without_empty(entry: Json) -> Json:
    return {key: value for key, value in entry.items() if value not in ("", None, [], {})}
