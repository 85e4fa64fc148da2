"""Crescendo: a conversation that begins harmlessly and comes closer with every turn; a turn that is declined is taken
back and put otherwise.

Russinovich et al., "Great, Now Write an Article About That: The Crescendo Multi-Turn LLM Jailbreak Attack", arXiv
2404.01833. A model that draws has no conversation: there the prompts alone come closer.
"""

from __future__ import annotations

from mmdt.core.message import Messages
from mmdt.search.hunt import Hunt
from mmdt.search.method import SearchMethod
from mmdt.search.turn import Turn


async def search(hunt: Hunt, turns: int, backtracks: int) -> None:
    """Conversations of ``turns`` turns, in each of which up to ``backtracks`` declined turns are taken back; then a new
    conversation, until no query is left."""
    while hunt.left:
        talk: list[Turn] = []
        sent: Messages = ()
        declined: Turn | None = None
        back = 0
        while len(talk) < turns and back <= backtracks and hunt.left:
            move = await hunt.attacker.escalate(hunt, talk, len(talk) + 1, turns, declined)
            turn = await hunt.ask(move, talk=sent, parent=talk[-1].number if talk else 0)
            last = len(talk) + 1 == turns
            if turn.grade > 0 and not last:
                talk.append(turn)
                sent, declined = (*turn.messages, turn.reply), None
            else:  # the last step was declined or evaded: it is put otherwise, after the same conversation
                declined, back = turn, back + 1
        hunt.notes["backtracks"] = int(str(hunt.notes.get("backtracks", 0))) + back


CRESCENDO = SearchMethod(
    "crescendo",
    search,
    "a conversation that comes closer with every turn, and takes back what is declined",
    parameters={"turns": 4, "backtracks": 10},
    attacker=True,
    source="arXiv 2404.01833",
)
