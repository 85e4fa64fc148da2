"""A run as flat rows: one for each output, estimate or trade-off, and the declarations of their columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mmdt.core.chat_format import write_messages
from mmdt.core.estimate import Estimate
from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Usage
from mmdt.core.scenario import Perspective
from mmdt.report.html.inputs import Row, role_of
from mmdt.stats.scorecard import Result, Scorecard
from mmdt.stats.trade_offs import Coordinate, Point

Kind = Literal["text", "texts", "integer", "number", "flag", "json"]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column's name and type: ``texts`` is a list of strings, ``json`` any JSON value. All may be empty."""

    name: str
    kind: Kind = "text"


def _columns(kind: Kind, names: str) -> tuple[ExportColumn, ...]:
    return tuple(ExportColumn(name, kind) for name in names.split())


OUTPUTS = (
    *_columns("text", "model case_id source_id"),
    *_columns("integer", "repeat"),
    *_columns("text", "cell perspective modality scenario task group prompt system"),
    *_columns("texts", "input_images"),
    *_columns("json", "messages target"),
    *_columns("text", "status refused_by refusal_reason failure failure_message reply reasoning"),
    *_columns("texts", "images"),
    *_columns("text", "outcome missing"),
    *_columns("json", "scores observations"),
    *_columns("integer", "input_tokens output_tokens images_made"),
    *_columns("number", "cost latency"),
    *_columns("integer", "attempts"),
    *_columns("text", "finish model_version"),
    *_columns("flag", "cut_off"),
    *_columns("text", "system_fingerprint"),
    *_columns("texts", "left_out"),
    *_columns("flag", "blind judges_differ"),
    *_columns("text", "run"),
)
"""One row for each output (a case asked once). Paths of pictures are relative to ``run``, the folder of the run."""

ESTIMATES = (
    *_columns("text", "model address level title metric"),
    *_columns("flag", "headline"),
    *_columns("number", "value low high"),
    *_columns("integer", "n clusters missing"),
    *_columns("text", "direction method"),
    *_columns("json", "extra"),
    *_columns("integer", "outputs answered"),
    *_columns("json", "refused outcomes"),
    *_columns("integer", "outputs_missing"),
    *_columns("json", "why_missing"),
    *_columns("integer", "outputs_unclear outputs_cut_off"),
    *_columns("json", "why_unclear"),
    *_columns("text", "holds"),
)
"""One row for each estimate, with the output counts at its address."""

TRADE_OFFS = (
    *_columns("text", "model trade_off title across across_address"),
    *_columns("number", "across_value across_low across_high"),
    *_columns("text", "across_direction up up_address"),
    *_columns("number", "up_value up_low up_high"),
    *_columns("text", "up_direction"),
)
"""One row for each trade-off: a point with its horizontal and vertical values and their 95 % intervals."""


def output_rows(
    rows: Iterable[Row], manifest: Mapping[str, Any], perspectives: Iterable[Perspective], folder: Path | None = None
) -> Iterator[Values]:
    """Stream the outputs as rows of ``OUTPUTS``. Paths of pictures in ``folder``, that of the run, are relative to it;
    a picture elsewhere keeps its own."""
    at = folder.resolve() if folder else None
    model = model_name(manifest)
    evaluators = manifest.get("evaluators") or {}
    scenarios = {each.address: each for perspective in perspectives for each in perspective.scenarios}
    for answer, scored in rows:
        case, cell = answer.case, answer.case.cell
        declared = scenarios.get(cell.parent)
        yield {
            "model": model,
            "case_id": case.id,
            "source_id": case.name,
            "repeat": answer.repeat,
            "cell": str(cell),
            "perspective": cell.perspective,
            "modality": cell.modality,
            "scenario": cell.scenario,
            "task": cell.task,
            "group": case.group,
            "prompt": case.prompt,
            "system": case.system,
            "input_images": [_path(each, at) for each in case.images],
            "messages": write_messages(case.messages, lambda image: _path(image, at)) or None,
            "target": dict(case.target),
            "outcome": scored.score.outcome,
            "missing": scored.score.missing,
            "scores": dict(scored.score.values),
            "observations": {
                probe: _observation(seen, evaluators.get(role_of(declared, probe)) or {})
                for probe, seen in answer.observations.items()
            },
            "judges_differ": judges_differ(answer.observations),
            **_output(answer.output, at),
            "run": str(at) if at else "",
        }


def judges_differ(observations: Mapping[str, Observation]) -> bool | None:
    """Whether the judges of a panel who were asked about an output differ; None where no panel judged it."""
    panels = [seen.value for seen in observations.values() if not seen.missing and "votes" in seen.value]
    return any(not each.get("agree", True) for each in panels) if panels else None


def estimate_rows(scorecard: Scorecard, model: str = "") -> Iterator[Values]:
    """The estimates as rows of ``ESTIMATES``, in scorecard order."""
    for result in scorecard.results:
        for estimate in result.estimates:
            yield _estimate(result, estimate, model)


def trade_off_rows(found: Iterable[Point]) -> Iterator[Values]:
    """The trade-offs' points as rows of ``TRADE_OFFS``."""
    for point in found:
        yield {
            "model": point.model,
            "trade_off": point.trade_off.name,
            "title": point.trade_off.title,
            **_coordinate("across", point.trade_off.across.title, point.across),
            **_coordinate("up", point.trade_off.up.title, point.up),
        }


def _coordinate(side: str, title: str, found: Coordinate) -> Values:
    estimate = found.estimate
    return {
        side: title,
        f"{side}_address": found.result.address,
        f"{side}_value": estimate.value,
        f"{side}_low": estimate.low,
        f"{side}_high": estimate.high,
        f"{side}_direction": estimate.direction,
    }


def model_name(manifest: Mapping[str, Any]) -> str:
    """The model's name as its runtime reports it, or as it was requested."""
    return str((manifest.get("model") or {}).get("name") or (manifest.get("settings") or {}).get("model") or "")


def _path(image: Image, folder: Path | None) -> str:
    """Where the picture is, relative to the run's folder; its digest where it is in no file."""
    if not image.path:
        return image.digest
    path = Path(image.path).resolve() if folder else Path(image.path)
    return path.relative_to(folder).as_posix() if folder and path.is_relative_to(folder) else image.path


def _output(output: Output | None, folder: Path | None) -> Values:
    if output is None:
        return {"status": "not asked", "images": [], "left_out": []}
    failure = output.failure
    return {
        "status": str(output.status),
        "refused_by": str(output.refused_by or ""),
        "refusal_reason": output.reason,
        "failure": str(failure.kind) if failure else "",
        "failure_message": failure.message if failure else "",
        "reply": output.text,
        "reasoning": output.reasoning,
        "images": [_path(each, folder) for each in output.images],
        **_usage(output.usage),
        "latency": output.latency,
        "attempts": output.attempts,
        "finish": output.finish,
        "model_version": output.model,
        "cut_off": output.cut_off,
        "system_fingerprint": output.backend,
        "left_out": list(output.left_out),
        "blind": output.blind,
    }


def _usage(usage: Usage) -> Values:
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "images_made": usage.images,
        "cost": usage.cost,
    }


def _observation(seen: Observation, evaluator: Mapping[str, Any]) -> Values:
    return {
        "evaluator": str(evaluator.get("name", "")),
        "fingerprint": str(evaluator.get("fingerprint", "")),
        "value": dict(seen.value),
        "rationale": seen.rationale,
        "evidence": seen.evidence,
        "error": seen.error,
        **_usage(seen.usage),
    }


def _estimate(result: Result, estimate: Estimate, model: str) -> Values:
    tally = result.tally
    return {
        "model": model,
        "address": result.address,
        "level": result.level,
        "title": result.title,
        "metric": estimate.metric,
        "headline": estimate.metric == result.headline,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "clusters": estimate.clusters,
        "missing": estimate.missing,
        "direction": estimate.direction,
        "method": estimate.method,
        "extra": dict(estimate.extra),
        "outputs": tally.total,
        "answered": tally.answered,
        "refused": dict(tally.refused),
        "outcomes": dict(tally.outcomes),
        "outputs_missing": tally.missing,
        "why_missing": dict(tally.why_missing),
        "outputs_unclear": tally.unclear,
        "outputs_cut_off": tally.cut_off,
        "why_unclear": dict(tally.why_unclear),
        "holds": estimate.holds,
    }
