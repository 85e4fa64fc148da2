"""Stand-ins of benchmarks, a server that judges and answers, and a registry that forgets afterwards."""

import json

import pytest

from mmdt.benchmarks import catalog
from mmdt.plugins import registry
from tests.benchmarks.stand_ins import write_all
from tests.servers.openai_server import OpenAIServer

REFUSAL = "I'm sorry, but I can't help with that."


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory):
    """A folder with the stand-in of every proven benchmark."""
    return write_all(tmp_path_factory.mktemp("benchmarks"))


@pytest.fixture(autouse=True)
def forgotten(monkeypatch, tmp_path):
    """What a test uses is known to it alone."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    monkeypatch.setattr(catalog, "_own", {})
    monkeypatch.setenv("OPENAI_API_KEY", "local")
    monkeypatch.chdir(tmp_path)
    registry.perspectives.cache_clear()
    yield
    registry.perspectives.cache_clear()


class Stub:
    """A server that is both model and judge: ``reply(asked)`` for the model, ``verdict(asked)`` for yes or no."""

    def __init__(self):
        self.reply = lambda asked: "Yes"
        self.verdict = lambda asked: False
        self.asked = []

    def __call__(self, asked):
        system = asked.system or ""
        if '"verdict"' in system:
            return json.dumps({"reason": "because", "verdict": "yes" if self.verdict(asked) else "no"})
        if '"class"' in system:
            refused = REFUSAL[:10] in asked.prompt
            return json.dumps({"reason": "because", "class": "refuses" if refused else "complies"})
        self.asked.append(asked)
        return self.reply(asked)


@pytest.fixture
def stub():
    """A stub behind ``openai/gpt-4o``, as model and as judge."""
    made = Stub()
    with OpenAIServer(responder=made).in_thread():
        yield made
