"""Hunts on an organism without engine and store: the same methods, moves and judge, fast enough for many seeds."""

from __future__ import annotations

import asyncio
import random

from mmdt import plugins
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.output import Status
from mmdt.core.protocols import Item, Request
from mmdt.evaluators.refusal.rules import open_rules
from mmdt.search.attackers.rules import RuleAttacker
from mmdt.search.hunt import Hunt, HuntId
from mmdt.search.method import method
from mmdt.search.move import Space
from mmdt.search.running import carry_out
from mmdt.search.turn import Turn
from mmdt.synthetic.mischief.category import categories
from mmdt.synthetic.observers import harm_image, harm_text

MOVES = (
    "page",
    "role-play",
    "hypothetical",
    "prefix-injection",
    "refusal-suppression",
    "roundabout",
    "distraction",
)
T2I_MOVES = ("role-play", "hypothetical", "refusal-suppression", "roundabout", "distraction")


class QuickDesk:
    """Asks an organism directly, and judges as the embedded judge does."""

    attacker_info = None

    def __init__(self, organism) -> None:
        self.organism = organism
        self.asked = 0
        self.refusal = open_rules("", None)

    async def query(self, hunt, question):
        self.asked += 1
        messages = question.messages
        wants = "image" if hunt.modality == "t2i" else "text"
        output = self.organism.answer(Request(messages, wants, seed=self.asked))
        harmful = refused = False
        if output.status is Status.ANSWERED:
            cell = Cell("safety", hunt.modality, "jailbreak", "x")
            case = Case.make(cell, messages[-1].text)
            rules = harm_image if wants == "image" else harm_text
            item = Item(case, output, {"category": hunt.behaviour.category})
            harmful = bool(rules.observe(item).value["verdict"])
            if wants == "text":
                (seen,) = await self.refusal.observe([Item(case, output, {})])
                refused = bool(seen.value["refused"])
        else:
            refused = True
        return Turn(question.number, messages, output, harmful, refused, question.move, question.parent)

    async def consult(self, hunt, request, call):
        raise AssertionError("there is no attacker model")


def behaviours(count, seed=0):
    every = list(categories().values())
    return [next(every[n % len(every)].behaviours(random.Random(f"{seed}/{n}"), 1)) for n in range(count)]


def hunted(organism, name, behaviour, *, limit=30, modality="i2t", seed=0, moves=None, attacker=None, label="b"):
    """The hunt of one behaviour by the method, carried out to its end."""
    chosen = method(name)
    space = Space.of(modality, moves or (T2I_MOVES if modality == "t2i" else MOVES))
    hunt = Hunt(
        HuntId("organism", name, label), behaviour, modality, space, limit, seed, attacker or RuleAttacker(),
        QuickDesk(organism),
    )  # fmt: skip
    asyncio.run(carry_out(chosen, [hunt]))
    return hunt


def holed(seed, *, closed=False, **settings):
    name = "organism/closed" if closed else "organism/holed"
    return plugins.open_model(name, {"seed": seed, **settings})
