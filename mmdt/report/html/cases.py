"""Cases as the report's page reads them: plain JSON with pictures by number and long texts shortened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Usage
from mmdt.core.scenario import Scenario
from mmdt.report.html.inputs import Row, component_of, role_of
from mmdt.report.html.parts import CASES_A_PART, ROWS_A_PART, Json, PartWriter, Put
from mmdt.report.html.questions import Questions
from mmdt.report.html.thumbnails import PictureIndex

SNIPPET = 160
"""Characters of a prompt or a reply in the list."""
IN_ROW = ("cell", "id", "repeat", "outcome", "scores", "images", "made", "cut", "latency")
"""What the list of cases shows, sorts and filters by, besides what is made for it."""


@dataclass
class CaseCollector:
    """Collects the outputs to show. ``add`` them in order, then call ``data``.

    Each goes to ``put`` in two parts: a row of the list, and the rest, which the page reads when somebody looks at it.
    Empty fields are left out.
    """

    scenarios: Mapping[str, Scenario]
    max_text: int
    put: Put
    questions: Questions = field(default_factory=Questions)
    prefix: str = ""
    pictures: PictureIndex = field(default_factory=PictureIndex)
    _cells: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rows = PartWriter(self.put, f"{self.prefix}rows", ROWS_A_PART)
        self._cases = PartWriter(self.put, f"{self.prefix}cases", CASES_A_PART)

    def add(self, row: Row) -> None:
        entry = self._entry(row)
        short = {
            **{key: entry[key] for key in IN_ROW if key in entry},
            "missing": entry.get("missing", "")[:SNIPPET],
            "asked": _snippet(row[0].case.prompt or row[0].case.asked),
            "said": _snippet(_said(row[0].output)),
            "cost": _cost(row),
        }
        self._rows.add(_without_empty(short))
        self._cases.add({key: value for key, value in entry.items() if key not in IN_ROW})

    def _entry(self, row: Row) -> Json:
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
            "seen": [self._observation(row, *each) for each in answer.observations.items()],
            **self._output(answer.output),
        }
        return _without_empty(entry)

    def data(self) -> Json:
        """What the page must know of all cases: how many, in which parts, cells, and the components of metrics."""
        self._cases.close()
        self._rows.close()
        return {
            "count": self._cases.count,
            "rowsAPart": ROWS_A_PART,
            "casesAPart": CASES_A_PART,
            "cells": list(self._cells),
            "components": {address: _components(each) for address, each in self.scenarios.items()},
            "main": sorted({_components(each).get(each.headline, "") for each in self.scenarios.values()}),
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

    def _observation(self, row: Row, probe: str, seen: Observation) -> Json:
        scenario = self.scenarios.get(str(row[0].case.cell.parent))
        asked = self.questions.about(row[0], scenario, probe)
        return _without_empty(
            {
                "probe": probe,
                "role": role_of(scenario, probe),
                "question": dict(asked.fields),
                "words": [[title, self._shorten(text)] for title, text in asked.words],
                "shown": self._numbers(asked.pictures),
                "changed": asked.changed or None,
                "value": dict(seen.value),
                "why": self._shorten(seen.rationale),
                "evidence": self._shorten(seen.evidence),
                "error": self._shorten(seen.error),
                "usage": _usage(seen.usage),
            }
        )


def _said(output: Output | None) -> str:
    """What came back, in short."""
    if output is None:
        return ""
    failure = f"{output.failure.kind}: {output.failure.message}" if output.failure else ""
    return output.text or output.reason or failure


def _snippet(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text[: 4 * SNIPPET].split())
    return line if len(line) <= SNIPPET else f"{line[: SNIPPET - 1]}…"


def _cost(row: Row) -> float | None:
    """US dollars of the output and of all that was seen in it; None where no price is known."""
    usages = [each.usage for each in row[0].observations.values()]
    usages += [row[0].output.usage] if row[0].output else []
    known = [each.cost for each in usages if each.cost]
    return sum(known) if known else None


def _components(scenario: Scenario) -> dict[str, str]:
    return {metric.name: component_of(metric) for metric in scenario.metrics}


def _usage(usage: Usage) -> Json:
    found = {"in": usage.input_tokens, "out": usage.output_tokens, "images": usage.images, "cost": usage.cost}
    return {key: value for key, value in found.items() if value}


def _without_empty(entry: Json) -> Json:
    return {key: value for key, value in entry.items() if value not in ("", None, [], {})}
