"""A run as a log of inspect_ai, so that Inspect View and inspect's data frames open it."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mmdt.core.image import Image
from mmdt.core.output import Output, Status
from mmdt.core.score import Scored
from mmdt.errors import DataError, MissingExtraError
from mmdt.report.export.rows import model_name
from mmdt.report.facts import read_facts
from mmdt.report.html.inputs import ReportableRun
from mmdt.stats.scorecard import Result, Scorecard
from mmdt.stats.scoring import Trial
from mmdt.stats.served import several

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample, EvalScore

SCORER = "mmdt"
LARGEST = 20_000_000
"""Bytes of a picture; larger ones are named and not embedded."""


def write_inspect(run: ReportableRun, path: Path, what: str) -> None:
    """A log of inspect_ai with every output as a sample and every headline as a score. Needs the extra ``inspect``."""
    try:
        from inspect_ai.log import write_eval_log
    except ImportError as error:
        raise MissingExtraError("the export format eval", "inspect", error) from error
    write_eval_log(inspect_log(run), str(path), format="json" if path.suffix == ".json" else "eval")


def inspect_log(run: ReportableRun) -> EvalLog:
    """The log. A case is a sample, a repeat an epoch; scores are those of mmdt, with its reasons; a failed request is
    the sample's error; numbers keep their interval in the metadata of a metric."""
    from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalPlan, EvalResults, EvalSpec, EvalStats
    from inspect_ai.model import GenerateConfig

    manifest = msgspec.to_builtins(run.manifest)
    card, model = run.scorecard(), model_name(manifest) or "unknown/model"
    samples = [_sample(trial, scored, model) for trial, scored in run.scored()]
    ended = manifest.get("ended") or {}
    ids = list(dict.fromkeys(str(each.id) for each in samples))
    data = manifest.get("data") or {}
    spec = EvalSpec(
        created=str(manifest.get("created") or ended.get("at") or ""),
        task="mmdt",
        task_id=str((manifest.get("digests") or {}).get("root") or "mmdt")[:22],
        run_id=Path(str(getattr(run, "folder", "run"))).name,
        task_args={key: value for key, value in (manifest.get("settings") or {}).items() if _plain(value)},
        dataset=EvalDataset(name=str(data.get("source") or ""), samples=len(ids), sample_ids=ids, shuffled=False),
        model=model,
        model_generate_config=GenerateConfig(),
        config=EvalConfig(epochs=max((each.epoch for each in samples), default=1)),
        packages={str(name): str(version) for name, version in (manifest.get("versions") or {}).items()},
        metadata={
            "evaluators": manifest.get("evaluators") or {},
            "data": data,
            "ended": ended,
            "notes": list(read_facts(manifest).notes),
        },
    )
    complete = sum(each.error is None for each in samples)
    results = EvalResults(total_samples=len(samples), completed_samples=complete, scores=_scores(card))
    status = {"complete": "success", "running": "started"}.get(str(ended.get("how")), "cancelled")
    stats = EvalStats(started_at=spec.created, completed_at=str(ended.get("at") or spec.created))
    plan = EvalPlan(name=SCORER)
    return EvalLog(version=2, status=status, eval=spec, plan=plan, results=results, stats=stats, samples=samples)


def _sample(trial: Trial, scored: Scored, model: str) -> EvalSample:
    from inspect_ai.log import EvalSample
    from inspect_ai.model import ChatMessageAssistant, ModelOutput
    from inspect_ai.scorer import Score

    case, output = trial.case, trial.output
    asked = [_message(each.role, _parts(each.parts)) for each in case.conversation]
    said = _answer(output)
    values = {name: value for name, value in scored.score.values.items() if math.isfinite(value)}
    seen = {probe: msgspec.to_builtins(each) for probe, each in trial.observations.items()}
    failed = output is not None and output.status is Status.FAILED
    return EvalSample(
        id=case.id,
        epoch=trial.repeat + 1,
        input=asked,
        target=json.dumps(dict(case.target), ensure_ascii=False),
        messages=[*asked, *([ChatMessageAssistant(content=said, model=model)] if output and not failed else [])],
        output=ModelOutput.from_content(model, said) if output and not failed else ModelOutput(model=model),
        scores={
            SCORER: Score(
                value=values or scored.score.outcome,
                answer=output.text if output else None,
                explanation=scored.score.missing or scored.score.outcome,
            )
        },
        metadata={
            "cell": str(case.cell),
            "outcome": scored.score.outcome,
            "missing": scored.score.missing,
            "group": case.group,
            "observations": seen,
        },
        total_time=output.latency if output else None,
        error=_error(output),
    )


def _message(role: str, content: Any) -> Any:
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

    kinds: Mapping[str, Any] = {
        "system": ChatMessageSystem,
        "assistant": ChatMessageAssistant,
        "user": ChatMessageUser,
    }
    return kinds.get(role, ChatMessageUser)(content=content)


def _parts(content: Iterable[Any]) -> Any:
    from inspect_ai.model import ContentText

    return [ContentText(text=each.text) if hasattr(each, "text") else _picture(each.image) for each in content]


def _answer(output: Output | None) -> Any:
    from inspect_ai.model import ContentText

    if output is None:
        return ""
    if output.status is Status.REFUSED:
        return f"[refused by {output.refused_by}] {output.reason}".strip()
    pictures = [_picture(each) for each in output.images]
    return [*([ContentText(text=output.text)] if output.text else []), *pictures] if pictures else output.text


def _picture(image: Image) -> Any:
    """The picture within the log, so that the log can be sent without the run; named where it cannot be read."""
    from inspect_ai.model import ContentImage, ContentText

    try:
        found = image.read()
    except (DataError, OSError):
        return ContentText(text=f"[picture {image.digest} cannot be read]")
    if len(found) > LARGEST:
        return ContentText(text=f"[picture {image.digest}, {len(found):,} bytes]")
    return ContentImage(image=f"data:{image.media_type};base64,{base64.b64encode(found).decode()}")


def _error(output: Output | None) -> Any:
    from inspect_ai.log import EvalError

    if output is None:
        return EvalError(message="not asked", traceback="", traceback_ansi="")
    if output.status is not Status.FAILED or output.failure is None:
        return None
    message = f"{output.failure.kind}: {output.failure.message}"
    return EvalError(message=message, traceback="", traceback_ansi="")


def _scores(card: Scorecard) -> list[EvalScore]:
    """A score for each scenario and summary, with a metric for each of its numbers that is known."""
    return [_score(each) for each in card.results if each.level != "cell"]


def _score(result: Result) -> EvalScore:
    from inspect_ai.log import EvalMetric, EvalScore

    metrics = {
        each.metric: EvalMetric(
            name=each.metric,
            value=each.value,
            metadata={
                "low": each.low if math.isfinite(each.low) else None,
                "high": each.high if math.isfinite(each.high) else None,
                "n": each.n,
                "clusters": each.clusters,
                "missing": each.missing,
                "direction": each.direction,
                "method": each.method,
                "headline": each.metric == result.headline,
                **several(each.extra),
            },
        )
        for each in result.estimates
        if math.isfinite(each.value)
    }
    return EvalScore(name=result.address, scorer=SCORER, scored_samples=result.tally.total, metrics=metrics)


def _plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool) or value is None
