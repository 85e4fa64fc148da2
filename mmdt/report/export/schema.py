"""The JSON schemas of exported rows, made from the declarations of the columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdt.errors import UsageError
from mmdt.report.export.rows import ESTIMATES, OUTPUTS, TRADE_OFFS, ExportColumn
from mmdt.report.html.inputs import ReportableRun

_KINDS: Mapping[str, Any] = {
    "text": {"type": ["string", "null"]},
    "texts": {"type": ["array", "null"], "items": {"type": "string"}},
    "integer": {"type": ["integer", "null"]},
    "number": {"type": ["number", "null"]},
    "flag": {"type": ["boolean", "null"]},
    "json": {},
}
_COUNTS = {"type": ["object", "null"], "additionalProperties": {"type": "integer"}}
_NUMBERS = {"type": ["object", "null"], "additionalProperties": {"type": ["number", "null"]}}
_OBSERVATION = {
    "type": "object",
    "required": ["evaluator", "fingerprint", "value", "error"],
    "properties": {
        "evaluator": {"type": "string"},
        "fingerprint": {"type": "string"},
        "value": {"type": "object"},
        "rationale": {"type": "string"},
        "evidence": {"type": "string"},
        "error": {"type": "string"},
    },
}
_JSON: Mapping[str, Any] = {
    "target": {"type": "object"},
    "messages": {"type": ["array", "null"]},
    "scores": _NUMBERS,
    "observations": {"type": "object", "additionalProperties": _OBSERVATION},
    "extra": _NUMBERS,
    "refused": _COUNTS,
    "outcomes": _COUNTS,
    "why_missing": _COUNTS,
    "why_unclear": _COUNTS,
}
_STATUS = {"enum": ["answered", "refused", "failed", "not asked"]}
_COLUMNS = {"outputs": OUTPUTS, "estimates": ESTIMATES, "trade_offs": TRADE_OFFS}
ABOUT = {
    "outputs": "One output of a run. Paths of pictures are relative to the folder that `run` names.",
    "estimates": "One estimate of a run, with the counts at its address.",
    "trade_offs": "One point of a trade-off.",
}


def json_schema(what: str) -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of a row of ``outputs``, ``estimates`` or ``trade_offs`` in JSON Lines."""
    if what not in _COLUMNS:
        raise UsageError(f"there are no rows of {what!r}", hint=f"use one of: {', '.join(_COLUMNS)}")
    columns = _COLUMNS[what]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://github.com/mmdt/mmdt/schemas/{what}.schema.json",
        "title": f"mmdt {what}",
        "description": ABOUT[what],
        "type": "object",
        "properties": {each.name: _property(each) for each in columns},
        "required": [each.name for each in columns],
        "additionalProperties": False,
    }


def write_schema(run: ReportableRun, path: Path, what: str) -> None:
    """The JSON schema of the rows, for programs that read the JSON Lines."""
    path.write_text(schema_text(what), "utf-8")


def schema_text(what: str) -> str:
    return json.dumps(json_schema(what), indent=2) + "\n"


def _property(column: ExportColumn) -> Any:
    if column.name == "status":
        return _STATUS
    return _JSON.get(column.name, _KINDS[column.kind])
