"""t2i worlds: draws what is asked for, with planted kinds of mistakes.

What is usual takes the place of what is asked for; a false premise is believed, a change not made, an aside drawn, a
style of speech or an attack not understood, a text written as one expects it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from mmdt.core.cell import Modality
from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.data.vocabulary import ATTACKED_TASKS as ATTACKED
from mmdt.synthetic.organisms.acts import black
from mmdt.synthetic.organisms.rates import Table
from mmdt.synthetic.organisms.skill import Turn
from mmdt.synthetic.organisms.skills.world_question import COOCCURRENCE
from mmdt.synthetic.organisms.world_habits import elsewhere, mirrored, recounted, repainted, resized
from mmdt.synthetic.organisms.world_wish import PLAIN_ROW, Wish, label_in, understand, usual_text
from mmdt.synthetic.organisms.world_words import answered, silent, valid
from mmdt.synthetic.worlds.draw import fulfil
from mmdt.synthetic.worlds.language.commission import misled
from mmdt.synthetic.worlds.language.meaning import Meaning
from mmdt.synthetic.worlds.language.reader import read_sentences
from mmdt.synthetic.worlds.language.wishes import WISH_TASKS
from mmdt.synthetic.worlds.render import render
from mmdt.synthetic.worlds.suite.ocr_t2i import TASKS as WRITTEN

SIDE = 256
_SIDE_OF_TEXT = 384
_ATTACK, _CLEAN = "adversarial/t2i/attack", "adversarial/t2i/clean"
_CLEAN_ROWS = {"object": "identification", "attribute": "attribute", "spatial": "spatial"}
STYLED = ("helpfulness", "count", "spatial", "color", "size")
_RECOLORED = 0.8
"""Of a helpful picture's five wishes (two things, two numbers, a colour) all but the colour are fulfilled."""
_INSERTED = 0.25
"""One attack of four spells out what it wants; for positions it is the opposite anyway."""


class WorldPicture:
    """Understands the wish and draws it rightly or wrongly, as planted."""

    modality: Modality = "t2i"

    def answer(self, turn: Turn) -> Output | None:
        wish = understand(turn.request.prompt)
        if wish is None:
            return None
        does = turn.choose(wish.row)
        if does == "blanks":
            return black(SIDE)
        return silent(does, turn) or _drawn(_meant(does, wish, turn), turn)

    def truth(self, table: Table) -> Mapping[str, Mapping[str, float]]:
        """Accuracy by cell; robust accuracy, attack success and clean accuracy of the adversarial ones."""
        plain = {task: answered(table.rates(f"{PLAIN_ROW}/{task}")) for task in (*WISH_TASKS, "size", "helpfulness")}
        scenarios = ("natural", *(f"cooccurrence_{split}" for split in COOCCURRENCE))
        found = {f"hallucination/t2i/{scenario}/{task}": plain[task] for scenario in scenarios for task in WISH_TASKS}
        rows = [
            f"hallucination/t2i/{scenario}/{task}" for scenario in ("misleading", "distraction") for task in WISH_TASKS
        ]
        rows += [f"hallucination/t2i/ocr/{task}" for task in WRITTEN]
        rows += [f"ood/t2i/{style}/{task}" for style in ("Shake_", "Paraphrase_") for task in STYLED]
        found |= {row: answered(table.rates(row)) for row in rows}
        found |= {f"hallucination/t2i/counterfactual/{task}": _counterfactual(table, task) for task in WISH_TASKS}
        found |= {f"ood/t2i/original/{task}": plain[{"color": "attribute"}.get(task, task)] for task in STYLED}
        found["ood/t2i/original/helpfulness"] += _RECOLORED * answered(
            table.rates(f"{PLAIN_ROW}/helpfulness"), "assumes"
        )
        return {cell: {"accuracy": value} for cell, value in found.items()} | _adversarial(table)


def _counterfactual(table: Table, task: str) -> float:
    """An unchanged picture is half right where things go (all are there), a quarter where numbers change.

    That is since in half of those wishes one of two numbers stays.
    """
    rates = table.rates(f"hallucination/t2i/counterfactual/{task}")
    return answered(rates) + {"identification": 0.5, "count": 0.25}.get(task, 0.0) * answered(rates, "ignores")


def _adversarial(table: Table) -> dict[str, Mapping[str, float]]:
    found: dict[str, Mapping[str, float]] = {}
    for task in ATTACKED:
        rates = table.rates(f"{_ATTACK}/{task}")
        known = 1.0 if task == "spatial" else _INSERTED
        found[f"{_ATTACK}/{task}"] = {
            "robust_accuracy": valid(rates, "robust"),
            "attack_success": known * valid(rates, "fooled"),
        }
        found[f"{_CLEAN}/{task}"] = {"clean_accuracy": valid(table.rates(f"{PLAIN_ROW}/{_CLEAN_ROWS[task]}"), "right")}
    return found


def _drawn(meaning: Meaning, turn: Turn) -> Output:
    side = _SIDE_OF_TEXT if meaning.text else SIDE
    return Output.answered(images=(Image.from_pil(render(fulfil(meaning, turn.rng), side)),))


def _meant(does: str, wish: Wish, turn: Turn) -> Meaning:
    """What is drawn: the wish as it is, or what a behaviour makes of it."""
    meaning = wish.meaning
    if does in ("right", "robust"):
        return meaning
    if does == "assumes":
        return _ASSUMED[wish.task](meaning, turn)
    if does == "accepts":
        return misled(meaning, wish.commission.claims[0])
    if does == "ignores":
        return wish.commission.plain
    if does == "distracted":
        return read_sentences(wish.commission.asides)
    if does == "garbles":
        return replace(meaning, text=usual_text(wish.commission))
    return _fooled(wish, turn) if does == "fooled" else Meaning() if does == "lost" else elsewhere(meaning, turn.rng)


def _fooled(wish: Wish, turn: Turn) -> Meaning:
    """What the attack wants, as far as its words tell."""
    if wish.task == "spatial":
        return mirrored(wish.meaning)
    label = label_in(turn.request.prompt, "kind" if wish.task == "object" else "color")
    if not label:
        return Meaning()
    first, *rest = wish.meaning.parts
    wanted = replace(first, kind=label) if wish.task == "object" else replace(first, color=label)
    return replace(wish.meaning, parts=(wanted, *rest))


_ASSUMED: Mapping[str, Callable[[Meaning, Turn], Meaning]] = {
    "identification": lambda meaning, turn: elsewhere(meaning, turn.rng),
    "attribute": lambda meaning, turn: repainted(meaning, turn.rng),
    "helpfulness": lambda meaning, turn: repainted(meaning, turn.rng),
    "count": lambda meaning, turn: recounted(meaning),
    "spatial": lambda meaning, turn: mirrored(meaning),
    "size": lambda meaning, turn: resized(meaning),
}

SKILL = WorldPicture()
