"""mmdt: how far can a multimodal foundation model be trusted?

>>> import mmdt
>>> run = mmdt.run("organism/demo", select="safety/**")  # doctest: +SKIP
>>> run.estimates()  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmdt.core import (
        Attack,
        Attempt,
        Case,
        Cell,
        Estimate,
        Evaluator,
        EvaluatorInfo,
        FailureKind,
        Image,
        ImagePart,
        Item,
        Message,
        Metric,
        Model,
        ModelInfo,
        Observation,
        Output,
        Probe,
        Request,
        Scenario,
        Score,
        Text,
        Usage,
    )
    from mmdt.core.boxes import Box
    from mmdt.data.splits.apply import apply_attacks
    from mmdt.data.splits.make import make_split
    from mmdt.data.splits.proof import reveal as reveal_case
    from mmdt.data.splits.seal import seal as seal_split
    from mmdt.errors import MmdtError
    from mmdt.evaluators.detector.own import detector
    from mmdt.evaluators.judge.own_prompt import judge_prompt
    from mmdt.evaluators.judge.prompt import question as judge_question
    from mmdt.perspectives.own_scenario import scenario
    from mmdt.plugins import register
    from mmdt.plugins.decorators import attack, evaluator, model
    from mmdt.plugins.files import load as load_plugin
    from mmdt.report.export.formats import export_format
    from mmdt.runs.catalog import (
        list_attacks,
        list_benchmarks,
        list_cells,
        list_data,
        list_evaluators,
        list_exports,
        list_frameworks,
        list_judge_prompts,
        list_models,
        list_references,
        list_searches,
    )
    from mmdt.runs.collection import Collection
    from mmdt.runs.comparison import compare
    from mmdt.runs.gate import gate
    from mmdt.runs.integrity.verify import verify
    from mmdt.runs.meaning.explain import explain
    from mmdt.runs.result import Run
    from mmdt.runs.stored.verb import import_run
    from mmdt.runs.verbs import batches, open_run, plan, resume, run, score
    from mmdt.search.method import SearchMethod
    from mmdt.search.result import Search, open_search
    from mmdt.search.sealing import verify_search
    from mmdt.search.verbs import find_attacks, resume_search
    from mmdt.server.label import label
    from mmdt.server.view import view
    from mmdt.stats.metrics import mean_of
    from mmdt.synthetic.worlds.export import make_worlds
    from mmdt.validate.benchmark import check_benchmark
    from mmdt.validate.doctor import doctor
    from mmdt.validate.evaluators.check import check_evaluators
    from mmdt.validate.evaluators.labels.check import check_labels
    from mmdt.validate.judges.compare import compare_judges
    from mmdt.validate.judges.stability import judge_stability
    from mmdt.validate.ruler import check as check_intervals
    from mmdt.validate.vectors.agreement import check_vectors

    __version__: str

_HOMES = {
    "mmdt.runs.verbs": ("run", "resume", "score", "plan", "batches", "open_run"),
    "mmdt.runs.collection": ("Collection",),
    "mmdt.runs.comparison": ("compare",),
    "mmdt.runs.meaning.explain": ("explain",),
    "mmdt.runs.gate": ("gate",),
    "mmdt.runs.result": ("Run",),
    "mmdt.runs.integrity.verify": ("verify",),
    "mmdt.server.label": ("label",),
    "mmdt.server.view": ("view",),
    "mmdt.runs.stored.verb": ("import_run",),
    "mmdt.runs.catalog": (
        "list_attacks",
        "list_benchmarks",
        "list_cells",
        "list_models",
        "list_evaluators",
        "list_data",
        "list_exports",
        "list_frameworks",
        "list_judge_prompts",
        "list_references",
        "list_searches",
    ),
    "mmdt.search.verbs": ("find_attacks", "resume_search"),
    "mmdt.search.result": ("Search", "open_search"),
    "mmdt.search.method": ("SearchMethod",),
    "mmdt.search.sealing": ("verify_search",),
    "mmdt.validate.doctor": ("doctor",),
    "mmdt.validate.benchmark": ("check_benchmark",),
    "mmdt.validate.evaluators.check": ("check_evaluators",),
    "mmdt.validate.evaluators.labels.check": ("check_labels",),
    "mmdt.validate.judges.compare": ("compare_judges",),
    "mmdt.validate.judges.stability": ("judge_stability",),
    "mmdt.validate.vectors.agreement": ("check_vectors",),
    "mmdt.synthetic.worlds.export": ("make_worlds",),
    "mmdt.data.splits.apply": ("apply_attacks",),
    "mmdt.data.splits.make": ("make_split",),
    "mmdt.plugins": ("register",),
    "mmdt.evaluators.detector.own": ("detector",),
    "mmdt.evaluators.judge.own_prompt": ("judge_prompt",),
    "mmdt.report.export.formats": ("export_format",),
    "mmdt.core.boxes": ("Box",),
    "mmdt.plugins.decorators": ("attack", "model", "evaluator"),
    "mmdt.perspectives.own_scenario": ("scenario",),
    "mmdt.stats.metrics": ("mean_of",),
    "mmdt.errors": ("MmdtError",),
    "mmdt.core": (
        "Attack",
        "Attempt",
        "Case",
        "Cell",
        "Estimate",
        "Evaluator",
        "EvaluatorInfo",
        "FailureKind",
        "Image",
        "ImagePart",
        "Item",
        "Message",
        "Metric",
        "Model",
        "ModelInfo",
        "Observation",
        "Output",
        "Probe",
        "Request",
        "Scenario",
        "Score",
        "Text",
        "Usage",
    ),
}
"""The public surface: module -> names. Each is imported when it is first used, so that `mmdt --help` stays fast."""

_HOME = {name: module for module, names in _HOMES.items() for name in names}
_RENAMED = {
    "check_intervals": ("mmdt.validate.ruler", "check"),
    "reveal_case": ("mmdt.data.splits.proof", "reveal"),
    "seal_split": ("mmdt.data.splits.seal", "seal"),
    "load_plugin": ("mmdt.plugins.files", "load"),
    "judge_question": ("mmdt.evaluators.judge.prompt", "question"),
}

__all__ = [
    "Attack",
    "Attempt",
    "Box",
    "Case",
    "Cell",
    "Collection",
    "Estimate",
    "Evaluator",
    "EvaluatorInfo",
    "FailureKind",
    "Image",
    "ImagePart",
    "Item",
    "Message",
    "Metric",
    "MmdtError",
    "Model",
    "ModelInfo",
    "Observation",
    "Output",
    "Probe",
    "Request",
    "Run",
    "Scenario",
    "Score",
    "Search",
    "SearchMethod",
    "Text",
    "Usage",
    "__version__",
    "apply_attacks",
    "attack",
    "batches",
    "check_benchmark",
    "check_evaluators",
    "check_intervals",
    "check_labels",
    "check_vectors",
    "compare",
    "compare_judges",
    "detector",
    "doctor",
    "evaluator",
    "explain",
    "export_format",
    "find_attacks",
    "gate",
    "import_run",
    "judge_prompt",
    "judge_question",
    "judge_stability",
    "label",
    "list_attacks",
    "list_benchmarks",
    "list_cells",
    "list_data",
    "list_evaluators",
    "list_exports",
    "list_frameworks",
    "list_judge_prompts",
    "list_models",
    "list_references",
    "list_searches",
    "load_plugin",
    "make_split",
    "make_worlds",
    "mean_of",
    "model",
    "open_run",
    "open_search",
    "plan",
    "register",
    "resume",
    "resume_search",
    "reveal_case",
    "run",
    "scenario",
    "score",
    "seal_split",
    "verify",
    "verify_search",
    "view",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("mmdt")
    if name in _RENAMED:
        module, attribute = _RENAMED[name]
        return getattr(importlib.import_module(module), attribute)
    if name not in _HOME:
        raise AttributeError(f"module 'mmdt' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
