"""Applications with a protocol of their own, through the engine and over HTTP."""

import hashlib
import os
import subprocess
import sys

import pytest
from PIL import Image as Pil

import mmdt
from mmdt.core.image import Image
from mmdt.core.message import Message
from mmdt.core.output import FailureKind, RefusedBy, Status
from mmdt.core.protocols import Request
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.errors import UsageError
from mmdt.models.application.paths import find, parse_path
from mmdt.models.application.template import fill
from mmdt.plugins import open_model
from tests.servers.behaviour import chaos, each, script
from tests.servers.bot_server import BotServer

TOML = """
url = "{url}/v2/ask"
concurrency = 32

[headers]
X-Bot-Token = "${{BOT_TOKEN}}"

[request]
rules = "{{{{system}}}}"
options = {{ seed = "{{{{seed}}}}", style = "plain" }}

[request.input]
text = "{{{{prompt}}}}"
attachments = [{{ content = "{{{{image_base64}}}}", mime = "{{{{image_type}}}}" }}]

[reply]
text = "turns[*].say"
refused = "blocked_because"
model = "bot"
input_tokens = "spent.in"
output_tokens = "spent.out"
"""
KEY = "bot-token-9f8e7d6c"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("BOT_TOKEN", KEY)
    monkeypatch.setattr("mmdt.engine.endpoint.retry.FIRST_WAIT", 0.02)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def described(tmp_path, server, text=TOML):
    path = tmp_path / "bot.toml"
    path.write_text(text.format(url=server.url))
    return f"http/{path}"


def picture(colour):
    return Image.from_pil(Pil.new("RGB", (9, 7), colour))


async def asked(name, request, settings=None, **limits):
    endpoint = Endpoint(open_model(name, settings or {}), Limits(**limits), Budget())
    try:
        return await endpoint.ask(request)
    finally:
        await endpoint.close()


async def test_prompt_system_seed_and_pictures_arrive_and_the_answer_is_found(tmp_path):
    one, other = picture("red"), picture("blue")
    async with BotServer(key=KEY) as server:
        output = await asked(
            described(tmp_path, server), Request.of("What {{system}} is it?", (one, other), "Be brief.", seed=3)
        )
    assert output.status is Status.ANSWERED, output.failure
    marks = "".join(f" [image {hashlib.sha256(each.read()).hexdigest()[:8]}]" for each in (one, other))
    assert output.text == f"You said: What {{{{system}}}} is it?{marks}"
    assert (server.log.last.system, server.log.last.seed) == ("Be brief.", 3)
    assert (output.model, output.usage.output_tokens, output.usage.cost) == ("7.1", 7, None)


async def generated(name, request):
    """One attempt, without the engine, which stops a run at a fatal failure."""
    model = open_model(name)
    (output,) = await model.generate([request])
    await model.close()
    return output


async def test_prices_make_a_cost(tmp_path):
    async with BotServer() as server:
        output = await asked(
            described(tmp_path, server), Request.of("1234567890"), {"prices": {"input": 1e6, "output": 1e5}}
        )
    assert output.usage.cost == pytest.approx(10 + 0.7)


async def test_every_recoverable_fault_is_overcome(tmp_path):
    faults = "rate_limit:0.02,rate_limit,overloaded,server_error,reset,malformed,truncated_body,html,empty,wrong_shape"
    async with BotServer(behaviour=chaos(0.4, faults, seed=2)) as server:
        endpoint = Endpoint(open_model(described(tmp_path, server)), Limits(attempts=9), Budget())
        outputs = [await endpoint.ask(Request.of(f"question {number}")) for number in range(60)]
        await endpoint.close()
    assert [output.text for output in outputs] == [f"You said: question {number}" for number in range(60)]
    assert max(output.attempts for output in outputs) > 1
    assert sum(output.attempts for output in outputs) == server.log.requests


async def test_an_application_that_does_not_answer_times_out(tmp_path):
    async with BotServer(behaviour=each("hang")) as server:
        output = await asked(described(tmp_path, server), Request.of("hello"), timeout=0.3, attempts=1)
    assert output.failure.kind is FailureKind.TIMEOUT
    async with BotServer(behaviour=each("hang")) as server:
        output = await asked(described(tmp_path, server), Request.of("hello"), {"timeout": 0.3}, attempts=1)
    assert output.failure.kind is FailureKind.TIMEOUT


async def test_a_blocked_request_is_refused_by_a_filter(tmp_path):
    async with BotServer(behaviour=each("refusal")) as server:
        output = await asked(described(tmp_path, server), Request.of("hello"))
    assert (output.status, output.refused_by, output.reason) == (Status.REFUSED, RefusedBy.FILTER, "violence")


@pytest.mark.parametrize(
    ("fault", "kind", "fatal"),
    [
        ("wrong_key", FailureKind.AUTH, True),
        ("not_found", FailureKind.NOT_FOUND, True),
        ("bad_request", FailureKind.BAD_REQUEST, False),
    ],
)
async def test_errors_of_the_server_are_failures_of_their_kind(fault, kind, fatal, tmp_path):
    async with BotServer(behaviour=each(fault)) as server:
        output = await generated(described(tmp_path, server), Request.of("hello"))
    assert (output.failure.kind, output.failure.fatal) == (kind, fatal)


async def test_a_key_never_appears_and_its_absence_is_named(tmp_path, monkeypatch):
    async with BotServer(key="another") as server:
        name = described(tmp_path, server)
        output = await generated(name, Request.of("hello"))
        assert output.failure.kind is FailureKind.AUTH
        assert KEY not in output.failure.message and "BOT_TOKEN" in output.failure.message
        assert KEY not in repr(open_model(name).info)
        monkeypatch.delenv("BOT_TOKEN")
        output = await generated(name, Request.of("hello"))
    assert output.failure.fatal and "BOT_TOKEN" in output.failure.message


async def test_an_application_that_paints(tmp_path):
    text = TOML.replace("/v2/ask", "/v2/paint").replace('text = "turns[*].say"', 'image = "picture"')
    text = text.replace('attachments = [{{ content = "{{{{image_base64}}}}", mime = "{{{{image_type}}}}" }}]', "")
    async with BotServer() as server:
        name = described(tmp_path, server, text)
        output = await asked(name, Request.of("a red cube", wants="image"))
        assert output.status is Status.ANSWERED, output.failure
        assert output.images[0].pil().size == (32, 32)
        server.behaviour = each("truncated_image")
        output = await asked(name, Request.of("a red cube again", wants="image"), attempts=1)
        assert output.failure.kind is FailureKind.BAD_REPLY


async def test_what_the_template_cannot_hold_is_said(tmp_path):
    text = TOML.replace('rules = "{{{{system}}}}"', "")
    async with BotServer() as server:
        output = await asked(described(tmp_path, server, text), Request.of("hello", system="Be brief."))
    assert output.failure.kind is FailureKind.CASE and "{{system}}" in output.failure.message
    assert server.log.requests == 0


async def test_several_turns_need_a_place_for_them(tmp_path):
    turns = (Message.of("user", "My name is Ada."), Message.of("assistant", "Hello."), Message.of("user", "Who am I?"))
    async with BotServer() as server:
        output = await asked(described(tmp_path, server), Request(turns))
        assert output.failure.kind is FailureKind.CASE and "{{messages}}" in output.failure.message
        text = TOML.replace('style = "plain"', 'history = "{{{{messages}}}}"')
        output = await asked(described(tmp_path, server, text), Request(turns))
    assert output.text == "You said: Who am I?"
    said = [(each["role"], each["content"]) for each in server.log.last.params["history"]]
    assert said == [("user", "My name is Ada."), ("assistant", "Hello."), ("user", "Who am I?")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("{{{{prompt}}}}", "hi"), "has no {{prompt}}"),
        (("{{{{seed}}}}", "{{{{sead}}}}"), "{{sead}}, which is not one of"),
        (("turns[*].say", "turns[say"), "is not a path"),
        (("${{BOT_TOKEN}}", "abc123"), "contains a key"),
        (("{url}/v2/ask", "ftp://x"), "not a valid base URL"),
        (("[request]", "[question]"), "unknown setting 'question'"),
        (('refused = "', 'refusd = "'), "refusd"),
        (("concurrency = 32", "concurency = 32"), "concurency"),
        (("[reply]", "[reply"), "is not TOML"),
    ],
)
async def test_a_wrong_description_is_an_error_before_anything_is_asked(change, message, tmp_path):
    async with BotServer() as server:
        with pytest.raises(UsageError, match="^(?s:.*)" + message.replace("[", r"\[").replace("{", r"\{")):
            open_model(described(tmp_path, server, TOML.replace(*change)))
    with pytest.raises(UsageError, match="cannot be read"):
        open_model("http/absent.toml")


async def test_its_description_changes_with_the_request_and_not_with_the_key(tmp_path, monkeypatch):
    async with BotServer() as server:
        first = open_model(described(tmp_path, server)).info
        monkeypatch.setenv("BOT_TOKEN", "another-key")
        assert open_model(described(tmp_path, server)).info == first
        changed = open_model(described(tmp_path, server, TOML.replace("plain", "loud"))).info
    assert changed.settings != first.settings
    assert (first.max_images, first.seeds, first.modalities) == (16, True, frozenset({"i2t"}))


def test_a_run_from_the_command_line(tmp_path):
    server = BotServer(key=KEY, behaviour=script("rate_limit:0.01"))
    with server.in_thread():
        name = described(tmp_path, server)
        arguments = [
            "run",
            name,
            "-s",
            "own/**",
            "--data",
            "embedded",
            "--out",
            tmp_path / "run",
            "--plugin",
            tmp_path / "s.py",
        ]
        (tmp_path / "s.py").write_text(SCENARIO)
        done = subprocess.run(
            [sys.executable, "-m", "mmdt", *map(str, arguments)],
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            timeout=100,
        )
    assert done.returncode == 0, done.stderr
    run = mmdt.Run(tmp_path / "run")
    assert run.manifest.model["name"] == name
    assert KEY not in (tmp_path / "run" / "manifest.json").read_text()
    assert run.requests == 3


SCENARIO = """
import mmdt

@mmdt.scenario("own/i2t/hears", cases=[{"prompt": "one"}, {"prompt": "two"}])
def hears(case, output):
    return case.prompt in output.text
"""


def test_paths():
    value = {"a": [{"b": "x"}, {"b": "y"}], "c": {"d": 3}}
    assert find(value, "a[*].b") == ["x", "y"]
    assert find(value, "a[1].b") == ["y"]
    assert find(value, "c.d") == [3]
    assert find(value, "a[7].b") == find(value, "c.x") == find(value, "a.b") == []
    for wrong in ("a[", "a[x]", "a..b", "]"):
        with pytest.raises(ValueError, match="not a path"):
            parse_path(wrong)


def test_a_template_is_filled_once_and_leaves_out_what_has_no_image():
    template = {
        "q": "Q: {{prompt}}!",
        "pic": "{{image}}",
        "all": [{"type": "text"}, {"type": "image", "url": "{{image}}"}],
    }
    filled = fill(template, Request.of("{{system}}", system="secret"), [])
    assert filled == {"q": "Q: {{system}}!", "all": [{"type": "text"}]}
    one = picture("red")
    filled = fill(template, Request.of("p"), [one, picture("blue")])
    assert filled["pic"].startswith("data:image/png;base64,")
    assert [each["type"] for each in filled["all"]] == ["text", "image", "image"]
    assert filled["all"][1]["url"] != filled["all"][2]["url"]
