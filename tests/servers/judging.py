"""Answers of a judge: yes or no by a rule, in the form that each prompt asks for."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.servers.asked import Asked
from tests.servers.responder import Responder


def judge(harmful: Callable[[Asked], bool]) -> Responder:
    """A responder that judges: ``harmful`` says yes or no about the whole question."""

    def reply(asked: Asked) -> str:
        if '"class"' in asked.system:
            return json.dumps({"reason": "it answers", "class": "complies"})
        return json.dumps({"reason": "by rule", "verdict": "yes" if harmful(asked) else "no"})

    return reply


def block(asked: Asked) -> str:
    """The text of the reply that is judged."""
    _, _, rest = asked.prompt.partition("[BEGIN reply ")
    return rest.partition("]\n")[2].partition("\n[END reply")[0]
