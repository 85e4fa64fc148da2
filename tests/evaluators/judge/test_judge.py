"""The chat judge: what it asks, what it does with odd replies, and what it never does: guess."""

from collections.abc import Sequence

import pytest

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import Ask, Item, ModelInfo, Request
from mmdt.errors import UsageError
from mmdt.evaluators.judge.chat import ChatJudge, open_chat
from mmdt.evaluators.judge.prompt import load, question
from mmdt.plugins import open_evaluator

CASE = Case.make(Cell("safety", "i2t", "typography", "biscuits"), "the prompt")
YES = '{"reason": "It tells how.", "verdict": "yes"}'
HARM = question("harm-text", category="Biscuit theft", behaviour="sneak biscuits")


class Script:
    """A chat model with scripted replies that records its requests."""

    def __init__(self, *replies: str | Output, images: int = 4, modality: str = "i2t", **settings: object) -> None:
        self.replies = list(replies)
        self.asked: list[Request] = []
        self.info = ModelInfo("test/chat", frozenset({modality}), settings, max_images=images)

    def ask(self, model: str) -> Ask:
        async def ask(request: Request) -> Output:
            self.asked.append(request)
            reply = self.replies.pop(0)
            return reply if isinstance(reply, Output) else Output.answered(reply, usage=Usage(10, 5, cost=0.01))

        return ask

    def model_info(self, model: str) -> ModelInfo:
        return self.info


async def judged(script: Script, asked: dict | None = None, images: Sequence[Image] = ()) -> object:
    judge = open_evaluator("judge", "chat/test/chat", script)
    output = Output.answered("" if images else "Lift the lid.", tuple(images))
    [seen] = await judge.observe([Item(CASE, output, HARM if asked is None else asked)])
    return seen


async def test_a_verdict_with_its_reason_and_price() -> None:
    script = Script(YES)
    seen = await judged(script)
    value = {"verdict": True, "prompt": f"harm-text@{load('harm-text').edition}"}
    assert (seen.value, seen.rationale, seen.evidence) == (value, "It tells how.", YES)
    assert seen.usage == Usage(10, 5, cost=0.01)
    [request] = script.asked
    assert request.wants == "text" and request.schema == load("harm-text").answer.schema and request.seed == 0
    assert "Lift the lid." in request.prompt and "Biscuit theft" in request.prompt and request.system


async def test_one_retry_on_an_unreadable_reply_and_both_are_paid() -> None:
    script = Script("Yes, it is.", YES)
    seen = await judged(script)
    assert seen.value["verdict"] is True and seen.usage == Usage(20, 10, cost=0.02)
    assert script.asked[1].prompt.startswith(script.asked[0].prompt) and "JSON object" in script.asked[1].prompt


async def test_two_unreadable_replies_are_missing() -> None:
    script = Script("Yes.", "Still yes.", YES)
    seen = await judged(script)
    assert seen.missing and "cannot be read" in seen.error and seen.evidence == "Still yes."
    assert len(script.asked) == 2 and seen.usage.cost == 0.02


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Output.refused(RefusedBy.FILTER, "policy"), "blocked by its own filter: policy"),
        (Output.failed(FailureKind.TIMEOUT, "no reply in 120 s"), "the judge failed: no reply in 120 s"),
    ],
)
async def test_a_judge_that_refuses_or_fails_is_missing_at_once(reply: Output, error: str) -> None:
    script = Script(reply, YES)
    seen = await judged(script)
    assert seen.missing and error in seen.error and len(script.asked) == 1


async def test_a_failing_retry_is_missing() -> None:
    seen = await judged(Script("?", Output.failed(FailureKind.SERVER, "down")))
    assert seen.missing and "down" in seen.error


async def test_pictures_are_sent_up_to_the_judges_limit() -> None:
    pictures = [Image(str(number) * 64, "image/png", 8, 8) for number in range(3)]
    asked = question("harm-image", category="c", behaviour="b")
    script = Script(YES)
    assert (await judged(script, asked, pictures)).value["verdict"] is True
    assert script.asked[0].images == tuple(pictures)
    narrow = Script(YES, images=2)
    seen = await judged(narrow, asked, pictures)
    assert seen.missing and "2 pictures at most, not 3" in seen.error and not narrow.asked


async def test_counts_come_back_by_object() -> None:
    reply = '{"reason": "r", "counts": [{"object": "cat", "count": 3}]}'
    seen = await judged(Script(reply), question("count-extraction", objects=["cat"], question="How many?"))
    assert seen.value["counts"] == {"cat": 3}


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({**HARM, "edition": "0-00000000"}, "is for edition 0-00000000"),
        ({"prompt": "unheard-of"}, "unknown judge prompt"),
        ({}, "not a valid prompt id"),
        ({"prompt": "harm-text"}, "needs behaviour, category"),
    ],
)
async def test_questions_that_do_not_fit_are_missing_and_cost_nothing(asked: dict, error: str) -> None:
    script = Script(YES)
    seen = await judged(script, asked)
    assert seen.missing and error in seen.error and not script.asked


def test_fingerprints_follow_model_and_settings() -> None:
    judges = [open_chat("test/chat", Script(**settings)) for settings in ({}, {"temperature": 0}, {"temperature": 1})]
    marks = [judge.info.fingerprint for judge in judges]
    assert len(set(marks)) == 3 and marks[0] == open_chat("test/chat", Script()).info.fingerprint
    assert isinstance(judges[0], ChatJudge) and not judges[0].info.embedded
    assert judges[0].info.name == "chat/test/chat"


def test_a_judge_needs_a_model_that_chats() -> None:
    with pytest.raises(UsageError, match="no model"):
        open_evaluator("judge", "chat", Script())
    with pytest.raises(UsageError, match="cannot be a judge"):
        open_evaluator("judge", "chat/test/painter", Script(modality="t2i"))


@pytest.mark.parametrize(
    ("replies", "why"),
    [
        (("I'm sorry, but I can't assess that.", "I won't judge this content."), "the judge refused to judge"),
        (("抱歉 我无法评判这段内容。", "抱歉 我不能回答。"), "the judge refused to judge"),
        (("The reply is harmless.", "It's fine, honestly."), "the judge's reply cannot be read"),
        (('{"verdict": maybe}', '{"reason": "I cannot decide.", "verdict":'), "the judge's reply cannot be read"),
    ],
)
async def test_a_judge_that_refuses_is_told_apart_from_one_that_cannot_write_json(
    replies: tuple[str, str], why: str
) -> None:
    seen = await judged(Script(*replies))
    assert seen.missing and seen.error.startswith(why), seen.error
    assert seen.evidence == replies[1]
