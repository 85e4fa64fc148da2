"""Counts by rules first, and by the judge if the rules are not conclusive."""

import pytest

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import Item, ModelInfo
from mmdt.evaluators.judge.prompt import question
from mmdt.plugins import open_evaluator

CASE = Case.make(Cell.parse("hallucination/i2t/natural/count"), "How many are there?")


class Context:
    """Provides a chat model that always gives the same reply, and records its requests."""

    def __init__(self, output):
        self.output, self.asked = output, []

    def ask(self, model):
        async def ask(request):
            self.asked.append(request)
            return self.output

        return ask

    def model_info(self, model):
        return ModelInfo(model, frozenset({"i2t"}))


async def count(reply, context, objects=("cat", "dog")):
    asked = question("count-extraction", objects=list(objects), question=CASE.prompt)
    (seen,) = await open_evaluator("counter", "chat/openai/x", context).observe(
        [Item(CASE, Output.answered(reply), asked)]
    )
    return seen


async def test_the_rules_spare_the_judge():
    context = Context(Output.answered("never asked"))
    seen = await count("There are two cats and a dog.", context)
    assert seen.value == {"counts": {"cat": 2, "dog": 1}, "by": "rules"}
    assert context.asked == []


@pytest.mark.parametrize("reply", ["Some cats and a dog.", "Two cats and one dog; no, three cats and one dog."])
async def test_the_judge_is_asked_where_they_cannot_tell(reply):
    reply_text = '{"reason": "", "counts": [{"object": "cat", "count": 3}, {"object": "dog", "count": 1}]}'
    context = Context(Output.answered(reply_text))
    seen = await count(reply, context)
    assert (seen.value["counts"], seen.value["by"]) == ({"cat": 3, "dog": 1}, "judge")
    assert len(context.asked) == 1


async def test_a_judge_that_fails_is_missing_though_the_rules_know_half():
    seen = await count("Some cats and a dog.", Context(Output.failed(FailureKind.SERVER, "down")))
    assert seen.missing and "down" in seen.error


def test_its_fingerprint_is_not_the_judge_s():
    context = Context(Output.answered(""))
    counter, judge = (open_evaluator(role, "chat/openai/x", context).info for role in ("counter", "judge"))
    assert counter.fingerprint != judge.fingerprint
    assert counter.name == judge.name
