"""Messages, the requests made of them, and which conversations are refused."""

import pytest
from PIL import Image as Pil

from mmdt.core.image import Image
from mmdt.core.message import MAX_MESSAGES, ImagePart, Message, Text, check_messages, simple, transcript
from mmdt.core.protocols import Request
from mmdt.errors import DataError

RED, BLUE = (Image.from_pil(Pil.new("RGB", (4, 3), colour)) for colour in ("red", "blue"))
SYSTEM = Message("system", (Text("Be brief."),))
HELLO, REPLY = Message.of("user", "Look", [RED]), Message.of("assistant", "I see.")
QUESTION = Message("user", (Text("Is this"), ImagePart(BLUE), Text("the same?")))
TALK = (SYSTEM, HELLO, REPLY, QUESTION)


def test_a_part_says_what_medium_it_is():
    assert (Text("a").medium, Text("a").media_type) == ("text", "text/plain")
    assert (ImagePart(RED).medium, ImagePart(RED).media_type) == ("image", "image/png")


def test_a_simple_request_has_one_message_with_pictures_first():
    request = Request.of("What?", [RED], "Be brief.", seed=3)
    assert request.messages == (SYSTEM, Message("user", (ImagePart(RED), Text("What?"))))
    assert (request.prompt, request.images, request.system, request.seed) == ("What?", (RED,), "Be brief.", 3)
    assert request.simple is not None
    assert request.modality == "i2t"


def test_a_request_knows_what_goes_in_and_out():
    assert Request.of("a").modality == "t2t"
    assert Request.of("a", wants="image").modality == "t2i"
    assert Request.of("a", [RED], wants="image").modality == "it2i"


def test_a_conversation_is_summed_up():
    request = Request(TALK)
    assert request.prompt == "Is this\nthe same?"
    assert request.images == (RED, BLUE)
    assert request.system == "Be brief."
    assert request.turns == TALK[1:]
    assert request.simple is None


def test_text_before_a_picture_is_not_simple():
    assert simple((Message("user", (Text("What is"), ImagePart(RED))),)) is None
    assert simple((Message("user", (ImagePart(RED), Text("What?"))),)) is not None
    assert simple((Message("user", (Text("a"), Text("b"))),)) is None


def test_another_prompt_leaves_all_else():
    asked = Request((HELLO, REPLY, Message.of("user", "Why?", [BLUE])), seed=1).with_prompt("Why not?")
    assert asked.messages == (HELLO, REPLY, Message.of("user", "Why not?", [BLUE]))
    assert asked.seed == 1


def test_another_text_keeps_the_order_of_parts_where_it_can():
    before = Message("user", (Text("What is"), ImagePart(RED)))
    assert before.with_content("Who is", [BLUE]).parts == (Text("Who is"), ImagePart(BLUE))
    assert QUESTION.with_content("Same?", [RED]) == Message.of("user", "Same?", [RED])


def test_pictures_are_replaced_wherever_they_are():
    changed = Request(TALK).map_images(lambda image: BLUE)
    assert changed.images == (BLUE, BLUE)
    assert [each.text for each in changed.messages] == [each.text for each in TALK]


def test_a_transcript_names_pictures_by_number():
    assert transcript(TALK) == (
        "System: Be brief.\n\nUser: [picture 1] Look\n\nAssistant: I see.\n\nUser: Is this [picture 2] the same?"
    )


def test_conversations_that_every_model_takes():
    for messages in (TALK, TALK[1:], (HELLO,), (SYSTEM, HELLO), (Message("user", (ImagePart(RED),)), REPLY, QUESTION)):
        check_messages(messages)


@pytest.mark.parametrize(
    ("messages", "what"),
    [
        ((), "no message"),
        ((SYSTEM,), "the last message is not the user's"),
        ((HELLO, REPLY), "the last message is not the user's"),
        ((REPLY, HELLO), r"expected a message of the user, got one of the assistant \(message 1\)"),
        ((SYSTEM, HELLO, QUESTION), r"expected a message of the assistant, got one of the user \(message 3\)"),
        ((HELLO, SYSTEM, QUESTION), r"the system message is not the first \(message 2\)"),
        ((HELLO, Message("tool", (Text("x"),)), QUESTION), r"unknown role 'tool' \(message 2\)"),
        ((HELLO, Message.of("assistant", "See", [RED]), QUESTION), r"a picture is in a message of the assistant"),
        ((HELLO, Message.of("assistant", " "), QUESTION), r"the message has no text \(message 2\)"),
        ((HELLO, REPLY, Message("user", (ImagePart(RED),))), r"the message has no text \(message 3\)"),
        ((Message("user", (Text("a"), Text(""))),), r"a text of the message is empty \(message 1\)"),
        ((HELLO, REPLY) * MAX_MESSAGES + (HELLO,), "there are 401 messages"),
        ((Message("user", (Text("a"),) * 201),), r"has 201 parts \(message 1\)"),
    ],
)
def test_other_conversations_are_refused_and_say_where(messages, what):
    with pytest.raises(DataError, match=what):
        check_messages(messages)
