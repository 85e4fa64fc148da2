import io

import pytest
from PIL import Image as Pil

from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output, RefusedBy, Status, Usage
from mmdt.engine.pipeline.pictures import OutputPictures
from mmdt.engine.store.artifacts import Artifacts
from tests.engine.builders import picture


@pytest.fixture
def pictures(tmp_path):
    made = OutputPictures(Artifacts(tmp_path))
    yield made
    made.close()


def encoded(kind: str, colour, mode="RGB") -> Image:
    buffer = io.BytesIO()
    Pil.new(mode, (64, 64), colour).save(buffer, kind)
    return Image.from_bytes(buffer.getvalue())


def drawn(*images: Image) -> Output:
    return Output.answered(images=images, usage=Usage(1, 2, 1, 0.5), model="painter-1")


async def test_pictures_are_stored_and_their_bytes_dropped(pictures):
    output = await pictures.accept(drawn(picture()))
    assert output.status is Status.ANSWERED
    assert output.images[0].data == b""
    assert output.images[0].read() == picture().data


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_all_black_is_a_refusal(pictures, kind):
    output = await pictures.accept(drawn(encoded(kind, "black")))
    assert output.status is Status.REFUSED
    assert output.refused_by is RefusedBy.BLANK
    assert output.usage.cost == 0.5  # it was paid for
    assert output.model == "painter-1"
    assert output.images[0].read()  # and is kept as evidence


async def test_an_opaque_black_picture_is_black(pictures):
    output = await pictures.accept(drawn(encoded("PNG", (0, 0, 0, 255), "RGBA")))
    assert output.refused_by is RefusedBy.BLANK


async def test_dark_is_not_black(pictures):
    output = await pictures.accept(drawn(encoded("PNG", (0, 0, 12))))
    assert output.status is Status.ANSWERED


async def test_one_black_picture_of_two_is_not_a_refusal(pictures):
    output = await pictures.accept(drawn(encoded("PNG", "black"), picture()))
    assert output.status is Status.ANSWERED


async def test_a_damaged_picture_is_a_retryable_failure(pictures):
    data = bytearray(Image.from_pil(Pil.effect_noise((64, 64), 50).convert("RGB")).data)
    data[len(data) // 2 : len(data) // 2 + 50] = bytes(50)
    damaged = Image.from_bytes(bytes(data))  # header and end are whole
    output = await pictures.accept(drawn(damaged))
    assert output.failure.kind is FailureKind.BAD_REPLY
    assert output.failure.retryable
    assert output.usage.cost == 0.5
    assert output.images == ()


async def test_an_empty_reply_is_a_retryable_failure(pictures):
    output = await pictures.accept(Output.answered(usage=Usage(cost=0.5)))
    assert output.failure.kind is FailureKind.BAD_REPLY
    assert output.failure.retryable
    assert output.usage.cost == 0.5


async def test_text_instead_of_a_picture_is_an_answer(pictures):
    words = Output.answered("I would rather not draw that.")
    assert await pictures.accept(words) == words
