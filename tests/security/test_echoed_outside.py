"""A key that comes back outside of a proper reply: in a web page, broken JSON, an error's text, a header, a
redirect."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mmdt.engine.endpoint.calls import call
from mmdt.plugins import open_model
from mmdt.safe_text.redaction import know
from tests.models.adapters import TEXT, Adapter, ask
from tests.models.conftest import keys as keys_fixture
from tests.security.hostile import Hostile, json_reply
from tests.security.test_planted_key import FORMS, PLANTED, holds_key

keys = keys_fixture
SAID = " ".join(FORMS)
REPLIES = {
    "web page": json_reply(f"<html><body>{SAID}</body></html>".encode()),
    "broken JSON": json_reply(f'{{"choices": "{SAID}'.encode()),
    "text": json_reply(SAID.encode()),
    "another shape": json_reply(json.dumps({PLANTED: {"choices": SAID}}).encode()),
    "error as text": json_reply(SAID.encode(), "500 Oops"),
    "refused as text": json_reply(SAID.encode(), "401 No"),
    "nested error": json_reply(json.dumps({"error": {"message": {"deep": [SAID]}}}).encode(), "400 Bad"),
    "error in an answer": json_reply(json.dumps({"error": {"message": SAID, "code": 502}}).encode()),
    "reason phrase": json_reply(b"{}", f"500 {PLANTED}"),
    "redirect": json_reply(b"{}", "302 Found", f"Location: https://example.org/?k={PLANTED}"),
    "retry": json_reply(b"{}", "429 Slow", f"Retry-After: {PLANTED}"),
    "not HTTP": f"{PLANTED} {PLANTED}\r\n\r\n".encode(),
    "bad header": f"HTTP/1.1 200 OK\r\n{PLANTED} {PLANTED}\r\n\r\n".encode(),
    "encoding": json_reply(b"{}", "200 OK", f"Content-Encoding: {PLANTED}"),
}


@pytest.mark.parametrize("adapter", TEXT, ids=lambda each: each.name)
async def test_no_failure_repeats_the_key(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(adapter.key_env, PLANTED)
    know(PLANTED)
    now = ""

    def reply(_request: bytes) -> Iterator[bytes]:
        yield REPLIES[now]

    with Hostile(reply).running() as server:
        settings = {"base_url": server.url, "api_key_env": adapter.key_env, **adapter.settings, "timeout": 20}
        model = open_model(adapter.text, settings)
        for now in REPLIES:
            (output,) = await call(model, (ask(),), timeout=30)
            assert not holds_key(repr(output).encode()), f"{now}: {output}"
            assert output.failure is None or len(output.failure.message) < 2000, now
        await model.close()
