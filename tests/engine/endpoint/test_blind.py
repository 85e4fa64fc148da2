"""Answers to questions with pictures for which a provider counted no more tokens than the text has."""

from __future__ import annotations

import pytest

from mmdt.core.image import Image
from mmdt.core.output import Output, Usage
from mmdt.core.protocols import Request
from mmdt.engine.endpoint.blind import looks_blind
from tests.servers.responder import picture

SHOWN = (Image.from_bytes(picture("shown")),)
# A token for each word and mark, with one more for every seventh word, and 7 for the frame of the chat format.
TEXTS = {
    "What is in the picture?": 6 + 7,
    "Is there a dog in the image? Please answer this question with yes or no, and nothing else.": 23 + 7,
    "Describe the scene in the photograph in detail: who is there, what are they doing, and which objects do you see on"
    " the table, on the shelf and in the background? Name the colour of each, and count those that occur twice.": 46
    + 7,
    "Was ist auf dem Bild zu sehen, und welche Gegenstände liegen auf dem Tisch?": 19 + 7,
    "图片里有什么?请用一句话回答。": 13 + 7,
}
LONG = " ".join(["The report on the harbour was read out before the council, which then put it to the vote."] * 30)


def answered(tokens: int) -> Output:
    return Output.answered("A dog.", usage=Usage(tokens, 3))


@pytest.mark.parametrize("text", TEXTS)
def test_an_answer_for_the_text_alone_is_blind(text: str) -> None:
    assert looks_blind(Request.of(text, SHOWN), answered(TEXTS[text]))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("cost", [64, 85, 258, 576])
def test_an_answer_for_text_and_picture_is_not(text: str, cost: int) -> None:
    assert not looks_blind(Request.of(text, SHOWN), answered(TEXTS[text] + cost))


def test_a_long_text_does_not_hide_a_picture() -> None:
    tokens = 30 * 19  # a token for each word and for each mark
    assert not looks_blind(Request.of(LONG, SHOWN), answered(tokens + 258))


def test_without_a_picture_a_count_or_an_answer_there_is_nothing_to_flag() -> None:
    text = "What is in the picture?"
    assert not looks_blind(Request.of(text), answered(13))
    assert not looks_blind(Request.of(text, SHOWN), answered(0))
    assert not looks_blind(Request.of(text, SHOWN), Output.answered("A dog."))
