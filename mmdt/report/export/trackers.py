"""A run in the stores of experiment trackers: MLflow and Weights & Biases. Both work offline, on local folders."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from mmdt.errors import MissingExtraError, UsageError
from mmdt.report.export.rows import model_name
from mmdt.report.facts import read_facts
from mmdt.report.html.inputs import ReportableRun

_NAME = re.compile(r"[^A-Za-z0-9_\-. /]")
PROJECT = "mmdt"
_LONGEST = 500


def write_mlflow(run: ReportableRun, path: Path, what: str) -> None:
    """A run of MLflow with every number, its limits and the settings. ``path``: a folder that is a local store, or an
    ``.uri`` file that holds the address of a tracking server. Needs the extra ``mlflow``."""
    try:
        from mlflow import MlflowClient
    except ImportError as error:
        raise MissingExtraError("the export format mlflow", "mlflow", error) from error
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")  # a local folder needs no database
    client = MlflowClient(tracking_uri=_uri(path))
    experiment = client.get_experiment_by_name(PROJECT)
    place = experiment.experiment_id if experiment else client.create_experiment(PROJECT)
    manifest = msgspec.to_builtins(run.manifest)
    made = client.create_run(place, run_name=model_name(manifest), tags={"mmdt.run": str(getattr(run, "folder", ""))})
    for name, value in parameters(manifest).items():
        client.log_param(made.info.run_id, name, value)
    for name, number in numbers(run).items():
        client.log_metric(made.info.run_id, name, number)
    complete = (manifest.get("ended") or {}).get("how") == "complete"
    client.set_terminated(made.info.run_id, "FINISHED" if complete else "FAILED")


def write_wandb(run: ReportableRun, path: Path, what: str) -> None:
    """An offline run of Weights & Biases in a folder, which ``wandb sync`` uploads. Needs the extra ``wandb``."""
    try:
        import wandb
    except ImportError as error:
        raise MissingExtraError("the export format wandb", "wandb", error) from error
    path.mkdir(parents=True, exist_ok=True)
    manifest = msgspec.to_builtins(run.manifest)
    settings = wandb.Settings(console="off", silent=True, disable_git=True, disable_code=True, x_disable_stats=True)
    made = wandb.init(
        project=PROJECT,
        name=model_name(manifest),
        dir=str(path),
        mode="offline",
        config=dict(parameters(manifest)),
        settings=settings,
    )
    try:
        made.summary.update(numbers(run))
    finally:
        made.finish()


write_mlflow.in_place = True  # type: ignore[attr-defined]
write_wandb.in_place = True  # type: ignore[attr-defined]


def numbers(run: ReportableRun) -> dict[str, float]:
    """``address/metric`` and its ``low``, ``high``, ``n`` and ``missing``, of every summary and scenario."""
    found: dict[str, float] = {}
    for result in run.scorecard().results:
        for each in result.estimates if result.level != "cell" else ():
            name = _NAME.sub("_", f"{result.address}/{each.metric}")
            values = {"": each.value, ".low": each.low, ".high": each.high, ".n": each.n, ".missing": each.missing}
            if math.isfinite(each.value):
                found |= {f"{name}{end}": float(value) for end, value in values.items() if math.isfinite(value)}
    return found


def parameters(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Model, data, judges and how the run ended, as short texts."""
    data = manifest.get("data") or {}
    judges = {f"evaluator.{role}": each.get("name", "") for role, each in (manifest.get("evaluators") or {}).items()}
    found = {
        "model": model_name(manifest),
        "created": manifest.get("created", ""),
        "ended": (manifest.get("ended") or {}).get("how", ""),
        "data.source": data.get("source", ""),
        "data.fingerprint": data.get("fingerprint", ""),
        "data.cases": data.get("cases", ""),
        "root": (manifest.get("digests") or {}).get("root", ""),
        "notes": " ".join(read_facts(manifest).notes),
        **judges,
    }
    return {name: str(value)[:_LONGEST] for name, value in found.items() if str(value)}


def _uri(path: Path) -> str:
    if path.suffix == ".uri":
        if not path.is_file():
            raise UsageError("there is no such file", where=str(path), hint="write the server's address into it")
        return path.read_text("utf-8").strip()
    return path.resolve().as_uri()
