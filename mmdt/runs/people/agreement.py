"""People's labels against a run's judges and detectors, and among the people."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mmdt.core.estimate import Estimate
from mmdt.engine.store.store import Trial
from mmdt.errors import UsageError
from mmdt.runs.people.choice import labelable, measures, verdict_of
from mmdt.runs.people.labels import LabelFile, Settled, settle
from mmdt.runs.result import Run
from mmdt.stats.people.detection import auc, best_threshold, spearman
from mmdt.stats.people.krippendorff import alpha
from mmdt.stats.people.quality import sensitivity, specificity, weighted_agreement

LESS_IS_ALIKE = ("l2", "distance", "hamming")
"""A measure with such a word in its name is small where two pictures are alike."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One number: ``probe`` is what people labelled, ``who`` was compared with them (``judge``, ``people`` among
    themselves, or a measure such as ``likeness.similarity``); ``note`` says what the number needs."""

    probe: str
    who: str
    estimate: Estimate
    note: str = ""


def agreement(run: Run) -> list[Agreement]:
    """How well judges and detectors agree with the labels of the run, and the annotators with each other.

    For a judge: sensitivity and specificity over all outputs it looked at, kappa and AC1. Among people: Krippendorff's
    alpha. For a continuous measure of the labelled outputs (the similarity to a training picture by CLIP, L2, pHash or
    crops): Spearman's correlation, the area under the ROC curve, and the error of the best threshold. Empty without
    labels.
    """
    labels = LabelFile(run.folder).read()
    found: list[Agreement] = []
    for probe in dict.fromkeys(each.probe for each in labels):
        settled = settle(labels, probe)
        trials = [trial for trial in run.joined() if labelable(trial, probe)]
        found += _judge(trials, settled, probe)
        found += _people(settled, trials, probe)
        found += _measures(trials, settled, probe)
    return found


def _cluster(trial: Trial) -> str:
    return trial.case.group or trial.case.id


def _people_of(trials: list[Trial], settled: dict[tuple[str, int], Settled]) -> np.ndarray:
    said = (settled.get((trial.case.id, trial.repeat)) for trial in trials)
    return np.array([math.nan if each is None or each.verdict is None else float(each.verdict) for each in said])


def _judge(trials: list[Trial], settled: dict[tuple[str, int], Settled], probe: str) -> Iterator[Agreement]:
    verdicts = (verdict_of(trial, probe) for trial in trials)
    judged = np.array([math.nan if each is None else float(each) for each in verdicts])
    if np.isnan(judged).all():
        return
    people, clusters = _people_of(trials, settled), list(map(_cluster, trials))
    for measure in (sensitivity, specificity):
        yield Agreement(probe, "judge", measure(judged, people, clusters))
    for name in ("kappa", "AC1"):
        yield Agreement(probe, "judge", weighted_agreement(name, judged, people, clusters))


def _people(settled: dict[tuple[str, int], Settled], trials: list[Trial], probe: str) -> Iterator[Agreement]:
    if not any(len(each.votes) > 1 for each in settled.values()):
        return
    clusters = {(trial.case.id, trial.repeat): _cluster(trial) for trial in trials}
    known = [(key, each) for key, each in settled.items() if key in clusters]
    votes = [{name: said for name, said in each.votes.items() if said is not None} for _, each in known]
    yield Agreement(probe, "people", alpha(votes, [clusters[key] for key, _ in known]))


def _measures(trials: list[Trial], settled: dict[tuple[str, int], Settled], probe: str) -> Iterator[Agreement]:
    trials = [trial for trial in trials if (trial.case.id, trial.repeat) in settled]
    people, clusters = _people_of(trials, settled), list(map(_cluster, trials))
    by_name = [measures(trial) for trial in trials]
    for name in sorted({name for each in by_name for name in each}):
        less = any(word in name for word in LESS_IS_ALIKE)
        values = np.array([each.get(name, math.nan) for each in by_name]) * (-1 if less else 1)
        note = "less is more alike" if less else ""
        for found in (spearman(values, people, clusters), auc(values, people, clusters)):
            yield Agreement(probe, name, found, note)
        try:
            best = best_threshold(values, people, clusters)
        except UsageError:
            continue
        side, value = ("at most", -best.value) if less else ("at least", best.value)
        yield Agreement(probe, name, best.error, f"best threshold: {side} {value:.4g}")
