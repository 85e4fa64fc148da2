"""One cheap request to each endpoint before data is loaded: what cannot work costs nothing and leaves nothing."""

from __future__ import annotations

import pytest
from aiohttp import web

import mmdt
from mmdt.errors import EndpointError, UsageError
from tests.servers.openai_server import OpenAIServer, openai_error
from tests.servers.plumbing import RejectedError

KEY = "sk-planted-0123456789abcdef"


class Strict(OpenAIServer):
    """Knows no model that it does not list."""

    models = ("gpt-4o", "judge-1")

    async def read(self, request, kind):
        asked = await super().read(request, kind)
        if asked.model not in self.models:
            raise RejectedError(404, openai_error("no such model", "invalid_request_error", "model_not_found"))
        return asked


class Silent(Strict):
    """Lists nothing."""

    async def _models(self, request):
        return web.json_response({"error": "what?"}, status=404)


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.fixture
def no_data(monkeypatch):
    def loaded(*_, **__):
        raise AssertionError("data was loaded")

    monkeypatch.setattr("mmdt.data.load.load_all", loaded)


EMBEDDED = {"judge": "embedded", "allow_embedded_judge": True}


def run(server, tmp_path, model="openai/gpt-4o", **more):
    endpoints = {"own": f"{server.url},key=OPENAI_API_KEY"}
    options = {"select": "safety/i2t/typography", "data": "embedded", "judge": "own/judge-1", "size": 1}
    here = {"base_url": server.url, "api_key_env": "OPENAI_API_KEY", "out": tmp_path / "run", "endpoints": endpoints}
    return mmdt.run(model, **{**options, **here, **more})


def test_a_wrong_key_is_found_before_any_data_is_loaded(tmp_path, no_data):
    with Strict(key="another").in_thread() as server:
        with pytest.raises(EndpointError, match="openai/gpt-4o cannot be asked: the server refuses the key"):
            run(server, tmp_path)
        assert server.log.requests == 0
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("kind", [Strict, Silent])
@pytest.mark.parametrize("wrong", ["model", "judge"])
def test_a_misspelt_model_or_judge_is_found_before_any_data_is_loaded(tmp_path, kind, wrong, no_data):
    given = {"model": "openai/gtp-4o"} if wrong == "model" else {"judge": "own/jugde-1"}
    name = next(iter(given.values()))
    with kind(key=KEY).in_thread() as server, pytest.raises(EndpointError) as error:
        run(server, tmp_path, **given)
    assert error.value.what.startswith(f"{name} cannot be asked: ")
    assert not (tmp_path / "run").exists()
    if kind is Strict:
        assert ("gpt-4o" if wrong == "model" else "judge-1") in error.value.hint
    assert "resume" not in str(error.value)


def test_a_name_that_is_not_listed_may_still_answer_and_its_word_is_booked(tmp_path):
    with OpenAIServer(key=KEY).in_thread() as server:
        made = run(server, tmp_path, model="openai/mine", **EMBEDDED)
        asked = server.log.requests
    assert made.manifest.ended.how == "complete", made.manifest.ended
    assert made.spending["openai/mine"].requests == made.manifest.data.cases + 1 == asked


def test_a_busy_server_does_not_stop_the_run(tmp_path):
    class Busy(OpenAIServer):
        async def _models(self, request):
            return web.json_response({"error": {"message": "later"}}, status=503)

    with Busy(key=KEY).in_thread() as server:
        assert run(server, tmp_path, **EMBEDDED).complete


def test_an_address_that_nobody_listens_at(tmp_path, no_data):
    with OpenAIServer(key=KEY).in_thread() as server:
        pass
    with pytest.raises(EndpointError, match="cannot be asked"):
        run(server, tmp_path, **EMBEDDED)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("gpt-4o", "did you mean openai/gpt-4o?"),
        ("gtp-4o-mini", "openai/gpt-4o-mini"),
        ("opneai/gpt-4o", "did you mean openai/gpt-4o?"),
        ("claude-opus-4-6", "anthropic/claude-opus-4-6"),
    ],
)
def test_a_name_without_its_runtime_is_guessed(name, meant):
    for given in ({"model": name, "judge": "openai/gpt-4o"}, {"model": "openai/gpt-4o", "judge": name}):
        with pytest.raises(UsageError, match="unknown model runtime") as error:
            mmdt.plan(**given, select="safety/i2t/typography", data="embedded")
        assert meant in error.value.hint


def test_a_name_like_nothing_is_not_guessed():
    with pytest.raises(UsageError) as error:
        mmdt.plan("zzzzzz")
    assert "did you mean" not in error.value.hint
