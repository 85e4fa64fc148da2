"""A run for the Hugging Face hub: a section of a model card with ``model-index``, and the eval-results format."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Perspective
from mmdt.errors import UsageError
from mmdt.report.export.rows import model_name
from mmdt.report.facts import read_facts
from mmdt.report.html.inputs import ReportableRun
from mmdt.safe_text.markdown import markdown_text
from mmdt.stats.scorecard import Result, Scorecard
from mmdt.stats.served import several

_TASKS = {"i2t": "image-text-to-text", "t2i": "text-to-image", "t2t": "text-generation", "it2i": "image-to-image"}
DECIMALS = 4


def write_model_card(run: ReportableRun, path: Path, what: str) -> None:
    """A section for the model's README.md, with ``model-index`` in its front matter."""
    import yaml

    manifest = msgspec.to_builtins(run.manifest)
    name = model_name(manifest)
    index = {"model-index": [{"name": name.rpartition("/")[2] or name, "results": list(_results(run, manifest))}]}
    front = yaml.safe_dump(index, sort_keys=False, allow_unicode=True)
    path.write_text(f"---\n{front}---\n\n{_section(run, manifest)}", "utf-8")


def write_eval_results(run: ReportableRun, path: Path, what: str) -> None:
    """A file for the folder ``.eval_results`` of the model's repository: numbers on data that is on the hub.

    Raises UsageError where the run's data is not on the hub: the format names a dataset of it for every number.
    """
    import yaml
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

    manifest = msgspec.to_builtins(run.manifest)
    data = manifest.get("data") or {}
    repos = _repositories(run.perspectives())
    if data.get("source") not in ("hub", "auto"):
        repos = {}
    entries = [
        EvalResultEntry(
            dataset_id=repos[result.address],
            task_id=result.address.replace("/", "-"),
            value=round(estimate.value, DECIMALS),
            date=str(manifest.get("created") or "") or None,
            notes=_notes(estimate, manifest),
        )
        for result, estimate in _headlines(run.scorecard())
        if result.address in repos
    ]
    if not entries:
        what = "no number of this run is about data on the hub, which every entry of the format names"
        raise UsageError(what, hint="use the format model-card, or a run on the data of the hub")
    path.write_text(yaml.safe_dump(eval_result_entries_to_yaml(entries), sort_keys=False, allow_unicode=True), "utf-8")


def _repositories(perspectives: tuple[Perspective, ...]) -> dict[str, str]:
    """Scenario -> the repository that its published data is in."""
    scenarios = [each for perspective in perspectives for each in perspective.scenarios]
    return {each.address: each.published[0].repo for each in scenarios if each.published}


def _headlines(card: Scorecard) -> Iterator[tuple[Result, Estimate]]:
    """The headline of every scenario that has a value."""
    for result in card.results:
        if result.level == "scenario":
            estimate = result.estimate()
            if math.isfinite(estimate.value):
                yield result, estimate


def _results(run: ReportableRun, manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    repos = _repositories(run.perspectives())
    data = manifest.get("data") or {}
    on_hub = data.get("source") in ("hub", "auto")
    for result, estimate in _headlines(run.scorecard()):
        modality = result.address.split("/")[1]
        kind = repos.get(result.address, "mmdt") if on_hub else f"mmdt-{data.get('source') or 'own'}"
        yield {
            "task": {"type": _TASKS.get(modality, modality), "name": modality},
            "dataset": {
                "type": kind,
                "name": f"mmdt {result.address}",
                "config": result.address.split("/")[0],
                "split": result.address.split("/")[-1],
                "revision": str(data.get("fingerprint") or ""),
            },
            "metrics": [
                {
                    "type": estimate.metric,
                    "name": f"{estimate.metric} ({estimate.direction} is better)",
                    "value": round(estimate.value, DECIMALS),
                    "args": {
                        "interval_95": _interval(estimate),
                        "n": estimate.n,
                        "missing": estimate.missing,
                        **several(estimate.extra),
                    },
                    "verified": False,
                }
            ],
        }


def _interval(estimate: Estimate) -> list[float] | None:
    if not (math.isfinite(estimate.low) and math.isfinite(estimate.high)):
        return None
    return [round(estimate.low, DECIMALS), round(estimate.high, DECIMALS)]


def _notes(estimate: Estimate, manifest: dict[str, Any]) -> str:
    judges = sorted({str(each.get("name", "")) for each in (manifest.get("evaluators") or {}).values()})
    missing = f", {estimate.missing} missing" if estimate.missing else ""
    limits = _interval(estimate)
    interval = f"95 % interval {limits[0]} to {limits[1]}, " if limits else ""
    versions = "".join(f"; {name.replace('_', ' ')}: {count}" for name, count in several(estimate.extra).items())
    return f"mmdt: {estimate.metric}, {interval}n {estimate.n}{missing}; evaluators: {', '.join(judges)}{versions}"


def _section(run: ReportableRun, manifest: dict[str, Any]) -> str:
    data, ended = manifest.get("data") or {}, manifest.get("ended") or {}
    rows = [
        f"| `{result.address}` | {each.metric} | {each.value:.3f} | {_limits(each)} | {each.direction} | {each.n:,} |"
        f" {each.missing:,} |"
        for result, each in _headlines(run.scorecard())
    ]
    judges = ", ".join(f"{role}: {each.get('name', '')}" for role, each in (manifest.get("evaluators") or {}).items())
    lines = [
        "## Trustworthiness (mmdt)",
        "",
        f"Measured {manifest.get('created', '')} on {data.get('source', '')} data"
        f" ({data.get('cases', 0):,} cases, `{data.get('fingerprint', '')}`). Run: {ended.get('how', 'unknown')}.",
        "Intervals are 95 % intervals; missing results are part of no value.",
        "",
        "| scenario | metric | value | interval | better | n | missing |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "",
        f"Evaluators: {judges}.",
        "",
        *(f"- {markdown_text(note)}" for note in read_facts(manifest).notes),
        "",
    ]
    return "\n".join(lines)


def _limits(estimate: Estimate) -> str:
    found = _interval(estimate)
    return f"{found[0]:.3f} to {found[1]:.3f}" if found else "unknown"
