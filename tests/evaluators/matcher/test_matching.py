import pytest

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.output import Output
from mmdt.core.protocols import Item
from mmdt.plugins import open_evaluator

CASE = Case.make(Cell("hallucination", "i2t", "natural", "action"), "What is she doing?")


async def observe(role, reply, question):
    evaluator = open_evaluator(role, "rules", None)
    (seen,) = await evaluator.observe([Item(CASE, Output.answered(reply), question)])
    return seen.value


@pytest.mark.parametrize(
    ("reply", "reference", "verdict"),
    [
        ("She is reading a red book.", "reading a book", True),
        ("She reads.", "reading a book", False),
        ("It's not an apple.", "an apple", False),
        ("Two apples.", "apple", True),
        ("", "apple", False),
        ("anything", "", False),
    ],
)
async def test_the_matcher_by_hand(reply, reference, verdict):
    assert await observe("matcher", reply, {"reference": reference}) == {"verdict": verdict}


async def test_the_counter_by_hand():
    question = {"objects": ["cat", "dog", "cup"]}
    assert await observe("counter", "Two cats and 1 dog", question) == {
        "counts": {"cat": 2, "dog": 1, "cup": None},
        "unclear": ["cup"],
    }
