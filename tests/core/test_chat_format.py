"""Conversations in OpenAI's style, read and written."""

import pytest
from PIL import Image as Pil

from mmdt.core.chat_format import MAX_IMAGES, read_messages, write_messages
from mmdt.core.image import Image
from mmdt.core.message import ImagePart, Message, Text
from mmdt.errors import DataError

RED, BLUE = (Image.from_pil(Pil.new("RGB", (4, 3), colour)) for colour in ("red", "blue"))
PICTURES = {"red.png": RED, "blue.png": BLUE}


def image(value):
    if value not in PICTURES:
        raise DataError(f"there is no image {value!r}", hint="check the path")
    return PICTURES[value]


def user(content):
    return {"role": "user", "content": content}


def test_strings_and_parts_are_read_in_order():
    talk = [
        {"role": "system", "content": "Be brief."},
        user([{"type": "text", "text": "Look"}, {"type": "image", "image": "red.png"}]),
        {"role": "assistant", "content": [{"type": "text", "text": "I see."}]},
        user("What?"),
    ]
    assert read_messages(talk, image) == (
        Message("system", (Text("Be brief."),)),
        Message("user", (Text("Look"), ImagePart(RED))),
        Message("assistant", (Text("I see."),)),
        Message("user", (Text("What?"),)),
    )


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image", "image": "red.png"},
        {"type": "image", "path": "red.png"},
        {"type": "image", "url": "red.png", "image": None, "text": None},
        {"type": "image_url", "image_url": {"url": "red.png", "detail": "low"}},
        {"type": "image_url", "image_url": "red.png"},
        {"type": "input_image", "image_url": "red.png"},
    ],
)
def test_a_picture_may_be_named_in_the_usual_ways(part):
    (message,) = read_messages([user([part, {"type": "text", "text": "What?"}])], image)
    assert message.images == (RED,)


def test_parts_without_a_picture_take_those_beside_the_messages():
    here = {"type": "image"}
    talk = [user([here, "a"]), {"role": "assistant", "content": "b"}, user(["c", here])]
    read = read_messages(talk, image, [RED, BLUE])
    assert [each.images for each in read] == [(RED,), (), (BLUE,)]
    for listed in ([RED], [RED, BLUE, RED]):
        with pytest.raises(DataError, match="with the messages"):
            read_messages(talk, image, listed)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("text", "expected a list of messages, got a string"),
        ({"role": "user"}, "expected a list of messages, got a JSON object"),
        ([], "there is no message"),
        (["hello"], r"expected a message as a JSON object, got a string \(message 1\)"),
        ([{"content": "a"}], r"the message has no role \(message 1\)"),
        ([{"role": "user"}], r"expected content as a string or a list of parts, got nothing \(message 1\)"),
        ([user(5)], "got a value of type int"),
        ([user([5])], r"expected a part as a JSON object, got a value of type int \(message 1, part 1\)"),
        (
            [user([{"type": "video", "video": "a.mp4"}])],
            r"unknown type of part 'video' \(message 1, part 1\)",
        ),
        ([user([{"type": "text"}])], "expected text as a string, got nothing"),
        ([user(["a", {"type": "image", "image": "no.png"}])], r"there is no image 'no.png' \(message 1, part 2\)"),
        ([user(["a", {"type": "image", "image": "red.png", "url": "red.png"}])], "more than one picture"),
        ([user("a"), {"role": "assistant", "content": "b", "tool_calls": []}, user("c")], "unknown key 'tool_calls'"),
        ([user("a"), user("b")], "expected a message of the assistant"),
        ([user(["a", *[{"type": "image", "image": "red.png"}] * (MAX_IMAGES + 1)])], "too many pictures"),
        ([user("a")] * 1001, "there are 1,001 messages"),
        ([user(["a"] * 1001)], r"the message has 1,001 parts \(message 1\)"),
    ],
)
def test_anything_else_is_an_error_that_says_where(value, what):
    with pytest.raises(DataError, match=what):
        read_messages(value, image)


def test_what_is_written_is_read_again():
    talk = (
        Message("system", (Text("Be brief."),)),
        Message("user", (Text("Look"), ImagePart(RED), Text("well"))),
        Message.of("assistant", "I see."),
        Message.of("user", "And this?", [BLUE]),
    )
    names = {each.digest: name for name, each in PICTURES.items()}
    written = write_messages(talk, lambda each: names[each.digest])
    assert written[0] == {"role": "system", "content": "Be brief."}
    assert read_messages(written, image) == talk
