"""The desk where people label: the outputs in their order, who has labelled which, and what they disagree about.

Nothing here says which model answered or what the judge said: a label that follows either measures nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.engine.store.store import Trial
from mmdt.errors import MmdtError, UsageError
from mmdt.evaluators.judge.prompt import load
from mmdt.runs.people.choice import Task
from mmdt.runs.people.exchange import name_of
from mmdt.runs.people.labels import MAX_NOTE, VERDICTS, Label, LabelFile, settle
from mmdt.runs.result import Run

MAX_SHOWN = 100_000
"""Most characters of a text on the page."""
_FIELD = re.compile(r"\{\{.*?\}\}")


@dataclass
class Desk:
    """The outputs to label of one probe of a run. ``adjudicating``: only those that annotators disagree about."""

    run: Run
    probe: str
    tasks: Sequence[Task]
    _trials: dict[tuple[str, int], Trial] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wanted = {task.key for task in self.tasks}
        for trial in self.run.joined():
            if (trial.case.id, trial.repeat) in wanted:
                self._trials[trial.case.id, trial.repeat] = trial
        self.tasks = [task for task in self.tasks if task.key in self._trials]

    @property
    def labels(self) -> LabelFile:
        return LabelFile(self.run.folder)

    def state(self, annotator: str) -> dict[str, Any]:
        """Which outputs the annotator has labelled, and what everybody disagrees about."""
        labels = self.labels.read()
        place = {task.key: number for number, task in enumerate(self.tasks)}
        mine = {
            place[each.output]: each.verdict
            for each in labels
            if each.probe == self.probe
            and each.annotator == annotator
            and not each.adjudicated
            and each.output in place
        }
        settled = settle(labels, self.probe)
        return {
            "total": len(self.tasks),
            "mine": mine,
            "disputed": [place[key] for key, each in settled.items() if each.disputed and key in place],
            "annotators": sorted({each.annotator for each in labels if each.probe == self.probe}),
        }

    def item(self, number: int) -> dict[str, Any]:
        """What an annotator sees of one output."""
        trial, output = self._answer(number)
        probe = next(each for each in self._scenario(trial).probes if each.name == self.probe)
        question = probe.question(trial.case, output) or {}
        asked, guide = _in_words(question)
        return {
            "number": number,
            "question": asked,
            "guide": guide,
            "about": {key: _text(value) for key, value in question.items() if key not in ("prompt", "edition")},
            "prompt": trial.case.asked[:MAX_SHOWN],
            "reply": output.text[:MAX_SHOWN],
            "cut": len(output.text) > MAX_SHOWN,
            "asked_pictures": len(trial.case.images) if trial.case.cell.flow.sends_images else 0,
            "made_pictures": len(output.images),
        }

    def votes(self, number: int) -> dict[str, str]:
        """What each annotator said: shown only to somebody who adjudicates."""
        found = settle(self.labels.read(), self.probe).get(self._task(number).key)
        words = {True: "yes", False: "no", None: "unsure"}
        return {name: words[said] for name, said in found.votes.items()} if found else {}

    def picture(self, number: int, kind: str, place: int) -> Image:
        """A picture of the question (``asked``) or of the answer (``made``). Raises UsageError."""
        trial, output = self._answer(number)
        images = {"asked": trial.case.images, "made": output.images}.get(kind, ())
        if not 0 <= place < len(images):
            raise UsageError("there is no such picture")
        return images[place]

    def label(self, given: Mapping[str, Any]) -> None:
        """Store what an annotator said. Raises UsageError for what cannot be a label, StoreError if it is not kept."""
        number, verdict = given.get("number"), given.get("verdict")
        if not isinstance(number, int) or isinstance(number, bool):
            raise UsageError("there is no such output")
        if verdict not in VERDICTS:
            raise UsageError(f"a verdict is one of: {', '.join(VERDICTS)}")
        task = self._task(number)
        note = given.get("note", "")
        label = Label(
            *task.key,
            self.probe,
            name_of(str(given.get("annotator", ""))),
            verdict,
            given.get("adjudicated") is True,
            task.probability,
            note[:MAX_NOTE] if isinstance(note, str) else "",
        )
        self.labels.add([label])

    def _answer(self, number: int) -> tuple[Trial, Output]:
        trial = self._trials[self._task(number).key]
        if trial.output is None:
            raise UsageError("this output is gone")
        return trial, trial.output

    def _task(self, number: int) -> Task:
        if not 0 <= number < len(self.tasks):
            raise UsageError("there is no such output")
        return self.tasks[number]

    def _scenario(self, trial: Trial) -> Any:
        return self.run.scenarios()[trial.case.cell.parent]


def _in_words(question: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The judge's question and its rules for yes and no, from the prompt that the judge had."""
    try:
        template = load(str(question["prompt"]))
    except (MmdtError, KeyError):
        return "Yes or no?", []
    last = [line for line in template.question.splitlines() if line.strip() and not _FIELD.search(line)]
    guide = [line for line in template.system.splitlines() if line.startswith(("Say ", "Judge "))]
    own = question.get("question")
    return (last[-1] if last else _text(own) if own else "Yes or no?"), guide


def _text(value: Any) -> str:
    return (", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))[:MAX_SHOWN]
