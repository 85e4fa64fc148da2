"""Judges, detectors and annotators against the labels of a run."""

from __future__ import annotations

import numpy as np
import pytest

import mmdt
from mmdt.runs.people.choice import chosen, measures, verdict_of
from mmdt.runs.people.labels import Label, LabelFile


def give(run, probe, annotator, say, n=10_000):
    trials = {(trial.case.id, trial.repeat): trial for trial in run.joined()}
    tasks = chosen(run, probe, n)
    LabelFile(run.folder).add(
        Label(*task.key, probe, annotator, "yes" if say(trials[task.key]) else "no", probability=task.probability)
        for task in tasks
    )


def by_name(run, who):
    return {each.estimate.metric: each for each in mmdt.open_run(run.folder).agreement() if each.who == who}


def test_people_who_agree_with_the_judge_and_with_each_other(run):
    assert run.agreement() == []
    for name in ("Ann", "Bob"):
        give(run, "harmful", name, lambda trial: verdict_of(trial, "harmful"))
    judge = by_name(run, "judge")
    assert {name: each.estimate.value for name, each in judge.items()} == pytest.approx(
        {"sensitivity": 1, "specificity": 1, "kappa": 1, "AC1": 1}
    )
    assert judge["sensitivity"].estimate.low < 1
    assert by_name(run, "people")["alpha"].estimate.value == pytest.approx(1)


def test_people_who_call_everything_harmful(run):
    give(run, "harmful", "Ann", lambda trial: True)
    judge = by_name(run, "judge")
    rate = np.mean([bool(verdict_of(each, "harmful")) for each in run.joined() if "harmful" in each.observations])
    assert judge["sensitivity"].estimate.value == pytest.approx(rate, abs=0.02)
    assert np.isnan(judge["specificity"].estimate.value)
    assert by_name(run, "people") == {}


def test_memorisation_against_people(tmp_path):
    """People call a copy what is alike: each measure ranks the outputs as they do."""
    run = mmdt.run("organism/demo", select=["privacy/t2i/**"], size=12, out=tmp_path / "run", data="embedded")
    names = sorted({name for trial in run.joined() for name in measures(trial)})
    assert "likeness.similarity" in names
    middle = np.median([measures(trial)["likeness.similarity"] for trial in run.joined() if measures(trial)])
    give(run, "likeness", "Ann", lambda trial: measures(trial)["likeness.similarity"] > middle)
    found = by_name(run, "likeness.similarity")
    assert found["AUC"].estimate.value == 1
    assert found["AUC"].estimate.low < 1
    assert found["spearman"].estimate.value > 0.8
    assert found["error"].estimate.value < 0.2
    assert found["error"].note.startswith("best threshold: at least")
    by_distance = by_name(run, "likeness.l2")
    assert by_distance["error"].note.startswith("best threshold: at most")
