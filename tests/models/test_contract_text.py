"""The contract of every runtime for text models: answers, refusals and filters."""

from __future__ import annotations

import hashlib

import pytest

from mmdt.core.image import Image
from mmdt.core.output import FailureKind, RefusedBy, Status
from mmdt.core.protocols import Request
from tests.models.adapters import KEY, TEXT, Adapter, ask, conversation, draw, sample
from tests.servers.asked import Asked
from tests.servers.behaviour import script
from tests.servers.responder import huge_picture

pytestmark = pytest.mark.parametrize("adapter", TEXT, ids=lambda adapter: adapter.name)


def seen(data: bytes) -> str:
    return f"[image {hashlib.sha256(data).hexdigest()[:8]}]"


async def test_text_alone_is_answered(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask("How many?")])
        await model.close()
    assert output.status is Status.ANSWERED
    assert (output.text, output.finish) == ("You said: How many?", "stop")
    assert output.model


async def test_one_image_arrives_byte_for_byte(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask("What is it?", sample())])
        await model.close()
    assert output.text == f"You said: What is it? {seen(sample())}"


async def test_many_images_keep_their_order(adapter: Adapter) -> None:
    pictures = [sample(number) for number in range(4)]
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask("Which?", *pictures)])
        await model.close()
    assert output.text == "You said: Which? " + " ".join(seen(data) for data in pictures)


async def test_a_bitmap_is_sent_as_a_type_the_provider_takes(adapter: Adapter) -> None:
    bitmap = Image.from_pil(Image.from_bytes(sample()).pil(), "BMP")
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([Request.of("What is it?", (bitmap,))])
        await model.close()
        assert server.log.last is not None
        (sent,) = server.log.last.images
    assert output.status is Status.ANSWERED
    assert sent.startswith(b"\x89PNG")
    assert Image.from_bytes(sent).pil().tobytes() == bitmap.pil().tobytes()


async def test_system_prompt_and_unicode_survive(adapter: Adapter) -> None:
    prompt = 'Ünï "quoted" \\ \u2028 漢字 \U0001f600\n\ttab'
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask(prompt, system="Ты \U0001f600 помощник")])
        await model.close()
        assert server.log.last is not None
        assert server.log.last.system == "Ты \U0001f600 помощник"
    assert output.text == f"You said: {prompt}"


async def test_every_turn_of_a_conversation_arrives_with_its_role_and_its_parts_in_order(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([conversation(sample(1), sample(2))])
        await model.close()
        assert server.log.last is not None
        asked = server.log.last
    assert output.text == f"You said: What did you see? {seen(sample(1))} {seen(sample(2))}"
    assert asked.system == "Be brief."
    assert asked.turns == (
        ("user", ("Look at", sample(1), sample(2), "and remember it.")),
        ("assistant", ("I will.",)),
        ("user", ("What did you see?",)),
    )


async def test_a_conversation_of_text_alone_arrives_as_well(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([conversation()])
        await model.close()
        assert server.log.last is not None
        roles = [role for role, _ in server.log.last.turns]
    assert output.status is Status.ANSWERED
    assert roles == ["user", "assistant", "user"]


async def test_a_text_model_says_that_it_does_not_draw(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([draw()])
        await model.close()
        assert server.log.requests == 0
    assert output.failure is not None
    assert output.failure.message.startswith(f"{model.info.name} supports only i2t")


async def test_several_requests_are_answered_in_order(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        outputs = await model.generate([ask(f"Number {number}") for number in range(8)])
        await model.close()
        assert server.log.requests == 8
    assert [output.text for output in outputs] == [f"You said: Number {number}" for number in range(8)]


async def test_a_refusal_in_the_providers_field_is_an_answer_in_words(adapter: Adapter) -> None:
    if "refusal" in adapter.skips:
        pytest.skip("this protocol has no field for a refusal")
    async with adapter.server(key=KEY, behaviour=script("refusal")) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask()])
        await model.close()
    assert output.status is Status.ANSWERED
    assert "sorry" in output.text
    assert output.finish == "refusal"


@pytest.mark.parametrize("fault", ["filter", "filter_finish"])
async def test_the_providers_filter_is_a_refusal(adapter: Adapter, fault: str) -> None:
    if fault in adapter.skips:
        pytest.skip("this protocol has no such filter")
    async with adapter.server(key=KEY, behaviour=script(fault)) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask()])
        await model.close()
    assert output.status is Status.REFUSED
    assert output.refused_by is RefusedBy.FILTER
    assert output.reason


async def test_an_empty_answer_is_no_answer(adapter: Adapter) -> None:
    async with adapter.server(key=KEY, behaviour=script("empty")) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask()])
        await model.close()
    assert output.failure is not None
    assert output.failure.kind is FailureKind.EMPTY
    assert output.failure.retryable


async def test_an_answer_cut_short_says_so(adapter: Adapter) -> None:
    async with adapter.server(key=KEY, behaviour=script("cut_short")) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask("Go on")])
        await model.close()
    assert (output.text, output.finish) == ("You said: Go on", "length")


async def test_tokens_are_counted_and_priced(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server, prices={"input": 1000, "output": 2000})
        (output,) = await model.generate([ask("one two three", sample())])
        await model.close()
    usage = output.usage
    assert (usage.input_tokens, usage.output_tokens) == (3 + 85, 7)
    assert usage.cost == pytest.approx((88 * 1000 + 7 * 2000) / 1e6)


async def test_without_a_price_the_cost_is_unknown_and_not_zero(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask()])
        await model.close()
    assert output.usage.cost is None


async def test_the_same_seed_brings_the_same_answer_where_promised(adapter: Adapter) -> None:
    def respond(asked: Asked) -> str:
        return f"{asked.prompt} by seed {asked.seed}"

    async with adapter.server(key=KEY, responder=respond) as server:
        model = adapter.open(server)
        if not model.info.seeds:
            pytest.skip("this runtime promises no determinism")
        outputs = await model.generate([ask("Say", seed=seed) for seed in (7, 7, 8)])
        await model.close()
    assert [output.text for output in outputs] == ["Say by seed 7", "Say by seed 7", "Say by seed 8"]


SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"type": "boolean"}},
    "required": ["verdict"],
    "additionalProperties": False,
}


async def test_a_schema_reaches_the_server(adapter: Adapter) -> None:
    def respond(asked: Asked) -> str:
        return '{"verdict": true}' if '"verdict"' in str(asked.params).replace("'", '"') else "no schema came"

    async with adapter.server(key=KEY, responder=respond) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask("Is it?", schema=SCHEMA)])
        await model.close()
    assert output.text == '{"verdict": true}'


async def test_too_many_images_are_refused_before_anything_is_sent(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server, max_images=1)
        (output,) = await model.generate([ask("Which?", sample(0), sample(1))])
        await model.close()
        assert server.log.requests == 0
    assert output.failure is not None
    assert output.failure.kind is FailureKind.CASE
    assert "2 images" in output.failure.message


async def test_a_huge_picture_arrives_complete_or_its_case_fails(adapter: Adapter) -> None:
    """Nothing is scaled down behind the user's back."""
    huge = huge_picture()
    assert len(huge) > 40_000_000
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask("What is it?", huge)])
        await model.close()
        assert server.log.requests == (1 if adapter.image_bytes is None else 0)
    if adapter.image_bytes is None:
        assert output.text == f"You said: What is it? {seen(huge)}"
        return
    assert output.failure is not None
    assert output.failure.kind is FailureKind.CASE
    for told in (f"{len(huge):,}", f"{adapter.image_bytes:,}", "scale it down", "max_image_bytes"):
        assert told in output.failure.message


async def test_the_largest_picture_is_a_setting(adapter: Adapter) -> None:
    bitmap = Image.from_pil(Image.from_bytes(sample()).pil(), "BMP")  # what counts is the PNG that would be sent
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server, max_image_bytes=len(sample()))
        fits, not_this = await model.generate([ask("What?", sample()), Request.of("What?", (bitmap,))])
        await model.close()
        assert server.log.requests == 1
    assert fits.status is Status.ANSWERED
    assert not_this.failure is not None
    assert not_this.failure.kind is FailureKind.CASE


async def test_a_picture_instead_of_text_is_not_an_answer(adapter: Adapter) -> None:
    if "picture" in adapter.skips:
        pytest.skip("this protocol has no place for a picture in a reply")
    async with adapter.server(key=KEY, behaviour=script("picture")) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask()])
        await model.close()
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (FailureKind.BAD_REPLY, True)
    assert "picture" in output.failure.message
    assert output.usage.input_tokens > 0, "it is paid for all the same"


async def test_a_missing_image_fails_only_its_case(adapter: Adapter, tmp_path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(sample())
    kept = Image.from_path(path)
    lost = Image(kept.digest, kept.media_type, kept.width, kept.height, path=str(tmp_path / "lost.png"))
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        outputs = await model.generate([Request.of("What?", (image,)) for image in (lost, kept)])
        await model.close()
    assert outputs[0].failure is not None
    assert outputs[0].failure.kind is FailureKind.CASE
    assert "lost.png" in outputs[0].failure.message
    assert outputs[1].status is Status.ANSWERED


async def test_an_empty_prompt_is_a_problem_of_the_case(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        (output,) = await model.generate([ask("  ")])
        await model.close()
        assert server.log.requests == 0
    assert output.failure is not None
    assert output.failure.kind is FailureKind.CASE
