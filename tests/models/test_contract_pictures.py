"""The contract of every runtime for image models."""

from __future__ import annotations

import asyncio

import pytest

from mmdt.core.image import Image
from mmdt.core.message import Message
from mmdt.core.output import FailureKind, RefusedBy, Status
from mmdt.core.protocols import Request
from tests.models.adapters import KEY, PAINTERS, Adapter, ask, draw, sample
from tests.servers.asked import Asked
from tests.servers.behaviour import Fault, script
from tests.servers.responder import huge_picture, picture
from tests.waiting import until_async

pytestmark = pytest.mark.parametrize("adapter", PAINTERS, ids=lambda adapter: adapter.name)


async def test_a_description_brings_a_picture(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server, "painter")
        (output,) = await model.generate([draw("a red square", seed=3)])
        await model.close()
        assert server.log.last is not None
        seed = server.log.last.seed
    assert output.status is Status.ANSWERED
    assert seed == 3 or not model.info.seeds
    (image,) = output.images
    assert image.read() == picture("a red square", seed)
    assert (image.width, image.height, image.media_type) == (32, 32, "image/png")
    assert output.usage.images == 1


async def test_pictures_come_back_in_order(adapter: Adapter) -> None:
    prompts = [f"{number} squares" for number in range(5)]
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server, "painter")
        outputs = await model.generate([draw(prompt, seed=3) for prompt in prompts])
        await model.close()
        assert server.log.last is not None
        seed = server.log.last.seed
    assert [output.images[0].read() for output in outputs] == [picture(prompt, seed) for prompt in prompts]


async def test_the_same_seed_brings_the_same_picture_where_promised(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server, "painter")
        if not model.info.seeds:
            pytest.skip("this runtime promises no determinism")
        outputs = await model.generate([draw(seed=seed) for seed in (7, 7, 8)])
        await model.close()
    first, again, other = (output.images[0].digest for output in outputs)
    assert first == again != other


async def test_a_picture_to_change_is_sent_or_is_a_problem_of_the_case(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server, "painter")
        shown = Image.from_bytes(sample())
        (output,) = await model.generate([Request.of("Make it blue", [shown], wants="image")])
        await model.close()
        asked = server.log.last
    if "it2i" in model.info.modalities:
        assert asked is not None
        assert asked.turns == (("user", (sample(), "Make it blue")),)
        assert output.images
        return
    assert asked is None
    assert output.failure is not None
    assert output.failure.kind is FailureKind.CASE
    what = f"{model.info.name} makes pictures from text alone, and the case has 1 image"
    assert output.failure.message == what


async def test_a_conversation_is_drawn_whole_or_not_at_all(adapter: Adapter) -> None:
    turns = Message.of("user", "A dog"), Message.of("assistant", "On grass?"), Message.of("user", "Yes, on grass")
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server, "painter")
        (output,) = await model.generate([Request(turns, "image")])
        await model.close()
        asked = server.log.last
    if asked is not None:
        assert [role for role, _ in asked.turns] == ["user", "assistant", "user"]
        assert output.images
    else:
        assert output.failure is not None
        assert output.failure.kind is FailureKind.CASE
        assert "draws from one description, and the case has 3 turns" in output.failure.message


async def test_the_filter_is_a_refusal(adapter: Adapter) -> None:
    async with adapter.server(key=KEY, behaviour=script("filter")) as server:
        model = adapter.open(server, "painter")
        (output,) = await model.generate([draw()])
        await model.close()
    assert (output.status, output.refused_by) == (Status.REFUSED, RefusedBy.FILTER)
    assert output.reason


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("truncated_image", FailureKind.BAD_REPLY),
        ("wrong_media", FailureKind.BAD_REPLY),
        ("malformed", FailureKind.BAD_REPLY),
        ("empty", FailureKind.EMPTY),
        ("truncated_body", FailureKind.NETWORK),
        ("rate_limit:2", FailureKind.RATE_LIMIT),
        ("server_error", FailureKind.SERVER),
    ],
)
async def test_a_broken_picture_is_a_failure_that_can_be_retried(
    adapter: Adapter, fault: str, kind: FailureKind
) -> None:
    async with adapter.server(key=KEY, behaviour=script(fault)) as server:
        model = adapter.open(server, "painter")
        (output,) = await model.generate([draw()])
        await model.close()
        assert server.log.requests == 1
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (kind, True), output.failure


async def test_a_huge_picture_is_accepted_completely(adapter: Adapter) -> None:
    async with adapter.server(key=KEY, responder=lambda _asked: huge_picture()) as server:
        model = adapter.open(server, "painter")
        (output,) = await model.generate([draw()])
        await model.close()
    assert output.status is Status.ANSWERED
    assert output.images[0].read() == huge_picture()


async def test_unicode_survives(adapter: Adapter) -> None:
    prompt = 'Ünï "quoted" \\ \u2028 漢字 \U0001f600\n\ttab'
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server, "painter")
        (output,) = await model.generate([draw(prompt)])
        await model.close()
        assert server.log.last is not None
        assert server.log.last.prompt == prompt
    assert output.status is Status.ANSWERED


async def test_a_picture_that_takes_too_long_is_a_timeout(adapter: Adapter) -> None:
    async with adapter.server(key=KEY, behaviour=script("hang")) as server:
        model = adapter.open(server, "painter", timeout=0.4)
        (output,) = await model.generate([draw()])
        await model.close()
    assert output.failure is not None
    assert (output.failure.kind, output.failure.retryable) == (FailureKind.TIMEOUT, True)


async def test_cancelling_closes_the_connection_though_the_server_never_replies(adapter: Adapter) -> None:
    arrived = asyncio.Event()

    def behave(_asked: Asked, _nth: int) -> Fault:
        arrived.set()
        return Fault("hang")

    async with adapter.server(key=KEY, behaviour=behave) as server:
        model = adapter.open(server, "painter")
        task = asyncio.ensure_future(model.generate([draw()]))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until_async(lambda: not server.log.in_flight)  # the server sees that nobody listens any more
        await model.close()
        assert (server.log.requests, server.log.answered) == (1, 0)


async def test_a_picture_has_its_price(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server, "painter", prices={"image": 0.04})
        (output,) = await model.generate([draw()])
        await model.close()
    assert output.usage.cost == pytest.approx(0.04)


async def test_an_image_model_answers_no_questions(adapter: Adapter) -> None:
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server, "painter")
        (output,) = await model.generate([ask("What is it?", sample())])
        await model.close()
        assert server.log.requests == 0
    assert output.failure is not None
    assert output.failure.kind is FailureKind.CASE
