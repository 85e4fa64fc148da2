"""What an evaluator was asked about an output, word for word where it is a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mmdt.core.image import Image
from mmdt.core.protocols import Item
from mmdt.core.scenario import Probe, Scenario
from mmdt.engine.store.codec import question_hash
from mmdt.evaluators.judge.asked import asked_in_words
from mmdt.stats.scoring import Trial


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """``fields``: the question as the probe puts it. ``words``: what a judge read, by title; empty for an evaluator
    that is no model. ``pictures``: what it was shown. ``changed``: the scenario asks something else by now, so what
    was asked then cannot be shown."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[tuple[str, str], ...] = ()
    pictures: tuple[Image, ...] = ()
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Questions:
    """``evaluators``: the name of each role's evaluator. ``prompts``: the templates that the run's judges had, by
    ``id@edition``."""

    evaluators: Mapping[str, str] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Questions:
        """From a manifest's JSON values."""
        used = manifest.get("evaluators") or {}
        return cls({role: str(each.get("name", "")) for role, each in used.items()}, manifest.get("prompts") or {})

    def about(self, trial: Trial, scenario: Scenario | None, probe: str) -> AskedAbout:
        """What the evaluator of a probe was asked; empty where that is not known."""
        declared = next((each for each in scenario.probes if each.name == probe), None) if scenario else None
        if declared is None or trial.output is None:
            return AskedAbout()
        question = _question(declared, trial)
        if question is None:
            return AskedAbout()
        kept = getattr(trial, "questions", {}).get(probe)
        if kept and kept != question_hash(question):
            return AskedAbout(changed=True)
        item = Item(trial.case, trial.output, question)
        seen = trial.observations[probe]
        asked = asked_in_words(self.evaluators.get(declared.role, ""), declared.role, item, seen, self.prompts)
        if asked is None:
            return AskedAbout(question)
        return AskedAbout(question, asked.words, asked.pictures)


def _question(probe: Probe, trial: Trial) -> Mapping[str, Any] | None:
    """None where nothing is asked, or where the probe fails: its message is then that of the observation."""
    try:
        return probe.question(trial.case, trial.output) if trial.output is not None else None
    except Exception:
        return None
