"""Pictures in replies, in every form that servers use, over HTTP."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import mmdt
from mmdt.core.output import FailureKind, Output, Status
from mmdt.core.protocols import Request
from mmdt.errors import DataError
from mmdt.models.http.reply_pictures import listed_picture
from mmdt.plugins import open_model
from tests.servers.behaviour import script
from tests.servers.openai_server import OpenAIServer
from tests.servers.responder import picture

DATA = picture("a red square")
PLAIN = base64.b64encode(DATA).decode()
KEY = "sk-test-0123456789abcdef"


class Painter:
    """An image server whose reply is what a test says; ``/files/...`` holds the picture, ``/hop/N`` redirects."""

    def __init__(self) -> None:
        self.reply: Any = None
        app = web.Application()
        app.router.add_post("/v1/images/generations", self._made)
        app.router.add_get("/{path:.*}", self._file)
        self.server = TestServer(app)

    async def _made(self, _request: web.Request) -> web.Response:
        return web.json_response(self.reply)

    async def _file(self, request: web.Request) -> web.Response:
        hop = request.path.removeprefix("/hop/")
        if hop.isdigit():
            raise web.HTTPFound("/files/a.png" if hop == "0" else f"/hop/{int(hop) - 1}")
        if request.path == "/metadata":
            raise web.HTTPFound("http://169.254.169.254/latest/meta-data")
        if request.path == "/inline":
            raise web.HTTPFound(f"data:image/png;base64,{PLAIN}")
        if request.path not in ("/files/a.png", "/files/plain", "/v1/images/b.png", "/v1/images/generations"):
            raise web.HTTPNotFound
        return web.Response(body=DATA, content_type="image/png")

    async def drawn(self, reply: Any) -> Output:
        self.reply = reply
        model = open_model("openai/gpt-image-1", {"base_url": str(self.server.make_url("/v1"))})
        (output,) = await model.generate([Request.of("a red square", wants="image")])
        await model.close()
        return output


@pytest.fixture
async def painter() -> AsyncIterator[Painter]:
    one = Painter()
    async with one.server:
        yield one


LISTED = {
    "base64": {"b64_json": PLAIN},
    "base64 with a prefix": {"b64_json": f"data:image/png;base64,{PLAIN}"},
    "base64 in lines": {"b64_json": "\r\n".join(PLAIN[at : at + 76] for at in range(0, len(PLAIN), 76))},
    "base64 without padding in the other alphabet": {"b64_json": PLAIN.rstrip("=").replace("+", "-").replace("/", "_")},
    "a data URL": {"url": f"data:image/png;base64,{PLAIN}"},
    "base64 as the URL": {"url": PLAIN},
    "from the root": {"url": "/files/a.png"},
    "from the root without a suffix": {"url": "/files/plain"},
    "beside what was asked": {"url": "b.png"},
    "up and down": {"url": "../../files/a.png"},
    "with a query": {"url": "?id=7"},
    "three redirects": {"url": "/hop/2"},
    "an object with a URL": {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PLAIN}"}},
    "a text": PLAIN,
    "a text with an address": "/files/a.png",
}


@pytest.mark.parametrize("under", ["data", "images"])
@pytest.mark.parametrize("form", LISTED)
async def test_every_form_is_the_picture(painter: Painter, under: str, form: str) -> None:
    output = await painter.drawn({"created": 0, under: [LISTED[form]]})
    assert output.status is Status.ANSWERED, output.failure
    assert output.images[0].read() == DATA


@pytest.mark.parametrize(
    "entry",
    [
        {"url": "/hop/3"},
        {"url": "/metadata"},
        {"url": "/inline"},
        {"url": "/missing.png"},
        {"url": "http://[half"},
        {"url": "https://169.254.169.254/a.png"},
        {"url": "file:///etc/passwd"},
        {"url": "//169.254.169.254/a.png"},
        {"url": "data:text/html,<p>"},
        {"b64_json": PLAIN[:100]},
        {"image": {"image": {"image": {"image": {"image": PLAIN}}}}},
        {},
        [],
        7,
    ],
)
async def test_what_cannot_be_read_is_a_failure_and_was_paid_for(painter: Painter, entry: Any) -> None:
    output = await painter.drawn({"created": 0, "images": [entry], "usage": {"input_tokens": 3, "output_tokens": 1000}})
    assert output.failure is not None
    assert output.failure.kind is FailureKind.BAD_REPLY
    assert (output.usage.images, output.usage.output_tokens) == (1, 1000)


@pytest.mark.parametrize("address", ["/files/a.png", "//10.0.0.1/a.png", "https://127.0.0.1/a.png"])
async def test_a_far_endpoint_names_nothing_near(address: str) -> None:
    with pytest.raises(DataError):
        await listed_picture(
            {"url": address}, "https://127.0.0.2:1/v1/x" if address[1] != "/" else "https://93.184.215.14", 2
        )


@pytest.mark.parametrize("fault", ["truncated_image", "wrong_media"])
async def test_pictures_that_cannot_be_read_use_up_the_budget(tmp_path: Any, fault: str) -> None:
    import asyncio

    async with OpenAIServer(key=KEY, behaviour=script(fault)) as server:
        chosen = {
            "select": "adversarial/t2i/clean",
            "data": "embedded",
            "size": 8,
            "base_url": server.url,
            "api_key_env": "OPENAI_API_KEY",
            "allow_embedded_judge": True,
            "evaluators": {"detector": "pixels", "vqa": "pixels"},
            "max_cost": 0.05,
            "model_settings": {"prices": {"image": 0.04}},
            "attempts": 2,
        }
        run = await asyncio.to_thread(lambda: mmdt.run("openai/gpt-image-1", out=tmp_path / "run", **chosen))
        assert server.log.requests == 1
    assert run.manifest.ended.how == "budget"
