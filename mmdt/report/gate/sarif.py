"""A gate as SARIF 2.1.0 (OASIS), for code scanning: each check that does not pass is a result at its rule's line."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mmdt.report.gate.outcome import GateOutcome
from mmdt.report.gate.words import sentence
from mmdt.safe_text.visible import visible
from mmdt.stats.gate.checks import GateCheck

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def gate_sarif(found: GateOutcome) -> str:
    """Failed checks have the level ``error``; inconclusive ones are ``open``, without a level, as the standard says."""
    names = list(dict.fromkeys(each.rule for each in found.checks))
    driver = {
        "name": "mmdt gate",
        "version": version("mmdt"),
        "rules": [{"id": visible(name), "shortDescription": {"text": visible(name)}} for name in names],
    }
    results = [_result(each, names, found.file) for each in found.checks if each.verdict != "pass"]
    run: dict[str, Any] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    run["properties"] = {"verdict": found.verdict, "model": found.run, "baseline": found.baseline}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, allow_nan=False) + "\n"


def _result(check: GateCheck, names: list[str], file: str) -> dict[str, Any]:
    key = hashlib.sha256("\x00".join((check.rule, check.address, check.metric)).encode()).hexdigest()
    failed = check.verdict == "fail"
    return {
        "ruleId": visible(check.rule),
        "ruleIndex": names.index(check.rule),
        "kind": "fail" if failed else "open",
        "level": "error" if failed else "none",
        "message": {"text": _plain(sentence(check))},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _address(file)},
                    "region": {"startLine": max(check.line, 1)},
                },
                "logicalLocations": [{"fullyQualifiedName": visible(check.address or "run")}],
            }
        ],
        "partialFingerprints": {"mmdtGate/v1": key},
    }


def _plain(text: str) -> str:
    """Text in which nothing is a link: names come from models and from data."""
    return visible(text).replace("](", "] (")


def _address(file: str) -> str:
    """Relative to the working folder where the file lies below it, as code scanning wants it."""
    path = Path(file or "gate.toml")
    if path.is_absolute():
        try:
            path = path.relative_to(Path.cwd())
        except ValueError:
            return path.as_uri()
    return quote(path.as_posix())
