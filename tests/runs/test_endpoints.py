"""Servers under a name of their own: as model and as judge, labelled as what they are."""

import json
import os
import subprocess
import sys

import pytest

import mmdt
from mmdt.core.protocols import Request
from mmdt.errors import UsageError
from mmdt.models.openai.model import open_openai
from mmdt.plugins import open_model, registry
from mmdt.runs.endpoints import endpoint_settings, parse
from tests.servers.openai_server import OpenAIServer

KEY = "sk-local-0123456789abcdef"
CASES = [{"prompt": "good morning"}, {"prompt": "good night"}]


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOCAL_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai-must-stay-here-0123")
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    yield
    registry.perspectives.cache_clear()


def judge_or_echo(asked):
    return json.dumps({"reason": "fine", "verdict": "yes"}) if "{" in asked.system else f"You said {asked.prompt}"


@pytest.fixture
def server():
    server = OpenAIServer(key=KEY, responder=judge_or_echo)
    server.models = ("llava", "judge-7b")
    with server.in_thread():
        yield server


@pytest.fixture
def scenario():
    @mmdt.scenario(
        "own/i2t/judged",
        cases=CASES,
        probes=[
            mmdt.Probe("fine", "judge", lambda case, output: mmdt.judge_question("yes-no-image", question="Fine?"))
        ],
    )
    def judged(case, output, seen):
        return seen["fine"].value["verdict"]


@pytest.mark.usefixtures("scenario")
def test_model_and_judge_of_a_named_endpoint_are_labelled_truly(server, tmp_path):
    run = mmdt.run(
        "local/llava",
        select="own/**",
        data="embedded",
        judge="local/judge-7b",
        endpoints={"local": f"{server.url},key=LOCAL_KEY"},
        out=tmp_path / "run",
    )
    assert run.complete, run.manifest.ended
    assert dict(run.estimates())["own/i2t/judged"].value == 1.0
    assert run.manifest.model["name"] == "local/llava"
    assert run.manifest.model["settings"]["base_url"] == server.url
    assert run.manifest.evaluators["judge"].name == "chat/local/judge-7b"
    assert set(run.spending) == {"local/llava", "local/judge-7b"}
    assert KEY not in (tmp_path / "run" / "manifest.json").read_text()
    resumed = mmdt.resume(tmp_path / "run", endpoints={"local": {"url": server.url, "key": "LOCAL_KEY"}})
    assert resumed.complete


def test_the_command_line_and_a_file_say_the_same(server, tmp_path):
    (tmp_path / "mine.py").write_text(
        "import mmdt\n@mmdt.scenario('own/i2t/said', cases=[{'prompt': 'one'}])\n"
        "def said(case, output):\n    return case.prompt in output.text\n"
    )
    (tmp_path / "run.toml").write_text(f'[endpoints.local]\nurl = "{server.url}"\nkey = "LOCAL_KEY"\n')
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def command(*arguments):
        found = [sys.executable, "-m", "mmdt", *map(str, arguments)]
        return subprocess.run(found, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100)

    endpoint = f"local={server.url},key=LOCAL_KEY"
    rest = ("-s", "own/**", "--data", "embedded", "--plugin", "mine.py")
    for number, how in enumerate((("--endpoint", endpoint), ("--config", "run.toml"))):
        done = command("run", "local/llava", *rest, *how, "--out", f"run-{number}")
        assert done.returncode == 0, done.stderr
        assert "local/llava" in done.stdout
    checked = command("doctor", "local/llava", "--endpoint", endpoint)
    assert "llava is one of its 2 models" in checked.stdout, checked.stdout


async def test_the_key_of_another_service_is_never_sent(server, monkeypatch):
    monkeypatch.delenv("LOCAL_KEY")
    server.key = ""
    model = open_model("local/llava", endpoint_settings("local/llava", {"local": server.url}))
    await model.generate([Request.of("hello")])
    await model.close()
    assert "must-stay-here" not in str(server.log.last.headers)


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("openai", "http://127.0.0.1:1/v1", "model runtime already"),
        ("a b", "http://127.0.0.1:1/v1", "not a name"),
        ("local", "", "no URL"),
        ("local", "127.0.0.1:8000", "not a valid base URL"),
        ("local", "http://me:secret@127.0.0.1/v1", "credentials"),
        ("local", "http://127.0.0.1/v1,token=X", "no 'token'"),
        ("local", "http://127.0.0.1/v1,X", "cannot be read"),
        ("local", {"url": "http://127.0.0.1/v1", "runtime": "nothing"}, "unknown model runtime 'nothing'"),
    ],
)
def test_what_is_no_endpoint_is_refused(name, given, message):
    with pytest.raises(UsageError, match=message):
        parse(name, given)


@pytest.mark.parametrize("key", ["sk-abc-123", "hf_abcdefgh0123456789"])
def test_a_key_written_out_is_refused_and_not_repeated(key):
    with pytest.raises(UsageError, match="name of an environment variable") as caught:
        mmdt.plan("local/x", endpoints={"local": f"http://127.0.0.1/v1,key={key}"})
    assert key not in str(caught.value)


def test_without_the_endpoint_the_name_is_unknown():
    with pytest.raises(UsageError, match="unknown model runtime 'local'"):
        mmdt.plan("local/x", select="safety/t2i/vanilla")


def test_a_provider_wrapped_in_three_lines_keeps_its_own_label(server):
    @mmdt.model("my-gateway")
    def my_gateway(rest, settings):
        return open_openai(rest, {"base_url": server.url, "api_key_env": "LOCAL_KEY", **settings})

    model = open_model("my-gateway/llava", {"temperature": 0.5})
    assert model.info.name == "my-gateway/llava"
    assert (model.info.settings["base_url"], model.info.settings["temperature"]) == (server.url, 0.5)
    assert model.priced is False
    assert model.batches is not None
    assert "mmdt.models.http.web" in model.imports


async def test_a_wrapped_provider_is_still_asked_and_checked(server):
    @mmdt.model("my-gateway")
    def my_gateway(rest, settings):
        return open_openai(rest, {"base_url": server.url, "api_key_env": "LOCAL_KEY", **settings})

    model = open_model("my-gateway/llava")
    (output,) = await model.generate([Request.of("hello")])
    assert output.text == "You said hello"
    assert any("llava is one of" in finding.what for finding in await model.check())
    await model.close()
