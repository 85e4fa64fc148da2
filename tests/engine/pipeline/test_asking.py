import io

import pytest
from PIL import Image as Pil

from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output, RefusedBy, Status, Usage
from mmdt.core.protocols import ModelInfo
from mmdt.engine.pipeline.asking import Pictures, request_for, seed_for, unaskable
from mmdt.engine.store.artifacts import Artifacts
from tests.engine.builders import I2T, T2I, case, picture

INFO = ModelInfo("test/x", frozenset({"i2t"}), max_images=1)


@pytest.fixture
def pictures(tmp_path):
    made = Pictures(Artifacts(tmp_path))
    yield made
    made.close()


def encoded(kind: str, colour, mode="RGB") -> Image:
    buffer = io.BytesIO()
    Pil.new(mode, (64, 64), colour).save(buffer, kind)
    return Image.from_bytes(buffer.getvalue())


def drawn(*images: Image) -> Output:
    return Output.answered(images=images, usage=Usage(1, 2, 1, 0.5), model="painter-1")


class TestSeeds:
    def test_known_values(self):
        """The seeds are part of a run's identity: another release must give the same ones."""
        assert seed_for(0, "abc", 0) == 318756129
        assert seed_for(0, "abc", 1) != seed_for(0, "abc", 0) != seed_for(1, "abc", 0)

    def test_thirty_one_bits(self):
        seeds = [seed_for(7, str(number), 0) for number in range(2000)]
        assert len(set(seeds)) == 2000
        assert min(seeds) >= 0
        assert 2**30 < max(seeds) < 2**31


def test_a_request_carries_what_the_case_says():
    one = case(1, images=(picture(),))
    request = request_for(one, 0, seed=3)
    assert (request.modality, request.prompt, request.images) == ("i2t", one.prompt, one.images)
    assert request.seed == seed_for(3, one.id, 0)


def test_reference_pictures_of_a_t2i_case_stay_with_its_evaluators():
    assert request_for(case(1, T2I, images=(picture(),)), 0, seed=1).images == ()


def test_what_can_be_asked():
    assert unaskable(case(1, images=(picture(),)), INFO) is None
    refused = unaskable(case(1, I2T, images=(picture(), picture())), INFO)
    assert refused.failure.kind is FailureKind.CASE
    assert "2 images" in refused.failure.message
    painter = ModelInfo("test/painter", frozenset({"t2i"}), max_images=0)
    assert unaskable(case(1, T2I, images=(picture(), picture())), painter) is None
    assert unaskable(case(1, T2I), INFO).failure.kind is FailureKind.CASE


class TestPictures:
    async def test_stored_and_taken_out_of_memory(self, pictures):
        output = await pictures.accept(drawn(picture()))
        assert output.status is Status.ANSWERED
        assert output.images[0].data == b""
        assert output.images[0].read() == picture().data

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    async def test_all_black_is_a_refusal(self, pictures, kind):
        output = await pictures.accept(drawn(encoded(kind, "black")))
        assert output.status is Status.REFUSED
        assert output.refused_by is RefusedBy.BLANK
        assert output.usage.cost == 0.5  # it was paid for
        assert output.model == "painter-1"
        assert output.images[0].read()  # and is kept as evidence

    async def test_black_with_full_opacity_too(self, pictures):
        output = await pictures.accept(drawn(encoded("PNG", (0, 0, 0, 255), "RGBA")))
        assert output.refused_by is RefusedBy.BLANK

    async def test_dark_is_not_black(self, pictures):
        output = await pictures.accept(drawn(encoded("PNG", (0, 0, 12))))
        assert output.status is Status.ANSWERED

    async def test_one_black_picture_of_two_is_no_refusal(self, pictures):
        output = await pictures.accept(drawn(encoded("PNG", "black"), picture()))
        assert output.status is Status.ANSWERED

    async def test_damage_in_the_middle_is_worth_another_attempt(self, pictures):
        data = bytearray(Image.from_pil(Pil.effect_noise((64, 64), 50).convert("RGB")).data)
        data[len(data) // 2 : len(data) // 2 + 50] = bytes(50)
        damaged = Image.from_bytes(bytes(data))  # header and end are whole
        output = await pictures.accept(drawn(damaged))
        assert output.failure.kind is FailureKind.BAD_REPLY
        assert output.failure.retryable
        assert output.usage.cost == 0.5
        assert output.images == ()

    async def test_a_reply_without_a_picture(self, pictures):
        output = await pictures.accept(Output.answered(usage=Usage(cost=0.5)))
        assert output.failure.kind is FailureKind.BAD_REPLY
        assert output.failure.retryable
        assert output.usage.cost == 0.5

    async def test_words_instead_of_a_picture_are_an_answer(self, pictures):
        words = Output.answered("I would rather not draw that.")
        assert await pictures.accept(words) == words
