"""Messages between driver and workers arrive unchanged."""

from dataclasses import replace

import pytest

from mmdt.core.message import ImagePart, Message, Text
from mmdt.core.observation import Observation
from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import Item, Request
from mmdt.engine.ray.wire import ImagePacker, Job, JobResult, decode, encode
from mmdt.errors import DataError
from tests.engine.builders import case, picture

FAILED = Output.failed(FailureKind.RATE_LIMIT, "slow down", retryable=True, retry_after=2.5)


def test_jobs_and_results_arrive_complete():
    request = Request.of("what is it?", (picture(),), "be brief", seed=7, schema={"type": "object"})
    item = Item(case(1, images=(picture(),)), Output.answered("a cat"), {"key": ["cat"], "most": 2})
    sent = Job(3, "model:x", (request,), (item,))
    assert decode(encode(sent), Job) == sent
    refused = replace(Output.refused(RefusedBy.FILTER, "no"), usage=Usage(1, 2, 3, 0.5))
    done = JobResult(3, (FAILED, refused), (Observation({"verdict": True}), Observation.failed("?")), "a mistake", True)
    assert decode(encode(done), JobResult) == done


async def test_a_conversation_arrives_with_the_bytes_of_all_its_pictures(tmp_path):
    file = tmp_path / "a.png"
    file.write_bytes(picture().data)
    stored = replace(picture(), data=b"", path=str(file))
    talk = (
        Message.of("user", "a", [stored]),
        Message.of("assistant", "b"),
        Message("user", (Text("c"), ImagePart(stored))),
    )
    asked = replace(case(1), messages=talk, images=(stored, stored))
    (request,) = await ImagePacker().requests([Request(talk, seed=2)])
    (item,) = await ImagePacker().items([Item(asked, Output.answered("d"), {})])
    sent = Job(3, "model:x", (request,), (item,))
    got = decode(encode(sent), Job)
    assert got == sent
    for images in (got.requests[0].images, got.items[0].case.images, got.items[0].case.messages[2].images):
        assert {image.data for image in images} == {file.read_bytes()}


def test_half_a_surrogate_pair_is_encoded():
    found = decode(encode(JobResult(1, (Output.answered("fine \ud83d"),))), JobResult)
    assert found.outputs[0].text == "fine ?"


async def test_without_a_shared_folder_the_bytes_are_sent(tmp_path):
    file = tmp_path / "a.png"
    file.write_bytes(picture().data)
    stored = replace(picture(), data=b"", path=str(file))
    (request,) = await ImagePacker().requests([Request.of("?", (stored,))])
    assert request.images[0].data == file.read_bytes()
    assert request.images[0].path == ""


@pytest.mark.parametrize("where", ["folder", "memory://bucket/pictures"])
async def test_with_a_shared_folder_only_addresses_are_sent(tmp_path, where):
    shared = where if "://" in where else str(tmp_path / where)
    packer = ImagePacker(shared)
    (item,) = await packer.items([Item(case(1, images=(picture(),)), Output.answered("", (picture((1, 2, 3)),)), {})])
    images = (*item.case.images, *item.output.images)
    assert all(not image.data and image.path.startswith(shared) for image in images)
    assert [image.read() for image in images] == [picture().data, picture((1, 2, 3)).data]
    (output,) = await packer.outputs([Output.answered("", (picture((9, 9, 9)),))])
    assert output.images[0].read() == picture((9, 9, 9)).data


async def test_a_lost_picture_is_an_error():
    with pytest.raises(DataError, match="cannot be read"):
        await ImagePacker().requests([Request.of("?", (replace(picture(), data=b"", path="/nowhere.png"),))])
