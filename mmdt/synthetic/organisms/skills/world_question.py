"""i2t worlds: answers questions about a picture, with planted kinds of mistakes.

It answers from habit instead of from the picture, accepts a false premise, ignores an imagined change, is distracted by
an aside, or fails to recognise things in a corrupted or painted picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mmdt.core.modality import Modality
from mmdt.core.output import Output
from mmdt.synthetic.organisms.eyesight import eyesight
from mmdt.synthetic.organisms.rates import RateTable
from mmdt.synthetic.organisms.skill import Turn
from mmdt.synthetic.organisms.world_habits import companions, usual_answer
from mmdt.synthetic.organisms.world_view import View, look
from mmdt.synthetic.organisms.world_words import inventory, non_answer, output_share, sentence
from mmdt.synthetic.worlds.language.queries import TASKS, Answer, Query, Task, answer
from mmdt.synthetic.worlds.language.question_reader import ParsedQuestion, claimed_answer, is_inventory, read_question
from mmdt.synthetic.worlds.scene import OPPOSITE

PLAIN = "worlds/i2t/plain"
STYLES = ("gaussian_noise", "zoom_blur", "pixelate", "Van_Gogh", "oil_painting", "watercolour_painting")
COOCCURRENCE = ("high_cooc", "low_cooc", "historical_bias")
_FOUR = TASKS[:4]


class WorldQuestion:
    """Looks at the picture, understands the question and answers correctly or not, at the planted rates."""

    modality: Modality = "i2t"

    def answer(self, turn: Turn) -> Output | None:
        if len(turn.request.images) != 1:
            return None
        if is_inventory(turn.request.prompt):
            return _list(turn)
        parsed = read_question(turn.request.prompt)
        return _reply(turn, parsed, parsed.query) if parsed.query else None

    def truth(self, table: RateTable) -> Mapping[str, Mapping[str, float]]:
        """Accuracy by cell."""
        found = {f"hallucination/i2t/natural/{task}": _plain(table, task) for task in TASKS}
        found |= {f"ood/i2t/original/{task}": _plain(table, task) for task in _FOUR}
        for split in COOCCURRENCE:
            cell = f"hallucination/i2t/cooccurrence_{split}"
            found |= {f"{cell}/{task}": _plain(table, task) for task in TASKS}
        rows = [f"hallucination/i2t/{scenario}/{task}" for scenario in ("misleading", "distraction") for task in TASKS]
        rows += [f"hallucination/i2t/counterfactual/{task}" for task in _FOUR]
        found |= {row: output_share(table.rates(row)) for row in rows}
        found |= {f"ood/i2t/{style}/{task}": _altered(table, style, task) for style in STYLES for task in _FOUR}
        for task in TASKS:  # a premise is true in one of as many cases as there are labels
            accepted = output_share(table.rates(f"hallucination/i2t/misleading/{task}"), "accepts")
            found[f"hallucination/i2t/misleading/{task}"] += accepted / labels_of_premise(task)
        return {cell: {"accuracy": value} for cell, value in found.items()}


def _altered(table: RateTable, style: str, task: Task) -> float:
    """What is planted is said of the things that the organism sees, and it does not see all of them."""
    rates, sight = table.rates(f"ood/i2t/{style}/{task}"), eyesight(style, task)
    return output_share(rates) * sight.right + output_share(rates, "blinded") * sight.wrong


def _plain(table: RateTable, task: str) -> float:
    return output_share(table.rates(f"{PLAIN}/{task}"))


def labels_of_premise(task: Task) -> int:
    """How many labels a premise may suggest, and be true with."""
    from mmdt.synthetic.worlds.suite.misleading import PREMISES

    return len(PREMISES[task])


def _list(turn: Turn) -> Output:
    behaviour = turn.choose(f"{PLAIN}/identification")
    seen = list(dict.fromkeys(thing.kind for thing in look(turn.pictures[0]).things))
    named = seen if behaviour == "right" else companions(set(seen))
    return non_answer(behaviour, turn) or Output.answered(inventory(named, turn.rng))


def _reply(turn: Turn, parsed: ParsedQuestion, query: Query) -> Output:
    view = look(turn.pictures[0])
    behaviour = turn.choose(f"{_row(parsed, view)}/{query.task}")
    quiet = non_answer(behaviour, turn)
    if quiet:
        return quiet
    return Output.answered(sentence(query, _said(behaviour, parsed, query, view, turn), turn.rng))


def _row(parsed: ParsedQuestion, view: View) -> str:
    """The row of planted rates that applies, by what is unusual about the question or the picture."""
    if parsed.claims:
        return "hallucination/i2t/misleading"
    if parsed.query and parsed.query.edits:
        return "hallucination/i2t/counterfactual"
    if parsed.asides or view.altered in ("boxes", "clutter"):
        return "hallucination/i2t/distraction"
    return f"ood/i2t/{view.altered}" if view.altered else PLAIN


def _said(behaviour: str, parsed: ParsedQuestion, query: Query, view: View, turn: Turn) -> Answer:
    truth = answer(query, view.things)
    if truth is None or behaviour == "right":
        return truth
    if behaviour == "accepts":
        return claimed_answer(query, parsed.claims[0]) or truth
    if behaviour == "flips":
        return OPPOSITE[str(truth)]
    if behaviour == "ignores":
        before = answer(replace(query, edits=()), view.things)
        edit = query.edits[0]
        like = next((thing.color for thing in view.things if thing.kind == edit.other), "")
        return before if before != truth else edit.color or like or before
    return usual_answer(query, truth, view.things, turn.rng)


SKILL = WorldQuestion()
