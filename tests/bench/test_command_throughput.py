"""Those that `command_throughput` compares mmdt with do the same work, and the one that is missing is named."""

import json
from dataclasses import replace

import pytest

from bench import command_throughput
from bench.api_throughput import make_pictures
from bench.machine import Took
from bench.peers import evalscope_command, promptfoo_command
from bench.peers.contender import Work
from tests.servers.asked import Asked, Log


@pytest.fixture
def work(tmp_path):
    make_pictures(tmp_path, 3)
    command_throughput.write_cases(tmp_path, 3)
    return Work("http://127.0.0.1:1/v1", tmp_path, 2)


def log_of(asked, answered=None):
    log = Log()
    for each in asked:
        log.saw(each)
    for each in asked if answered is None else answered:
        log.replied(each)
    return log.as_json()


def questions(work, **params):
    return [Asked("text", prompt, (picture.read_bytes(),), params=params) for prompt, picture in work.cases()]


def test_other_settings_are_the_same_work(work):
    command_throughput.check("one", work, log_of(questions(work)))
    command_throughput.check("two", work, log_of(questions(work, seed=7, temperature=0)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda asked: asked[:2], "of 3 cases it asked 2 in 2 requests"),
        (lambda asked: [*asked, asked[0]], "asked 3 in 4 requests"),
        (lambda asked: [*asked[:2], replace(asked[2], images=())], "asked 2 in 3 requests.* 1 other questions"),
        (lambda asked: [*asked[:2], replace(asked[2], prompt="Hello")], "1 other questions"),
    ],
)
def test_other_work_ends_the_benchmark(work, change, message):
    with pytest.raises(SystemExit, match=f"one did other work: .*{message}"):
        command_throughput.check("one", work, log_of(change(questions(work))))


def test_a_question_without_an_answer_ends_the_benchmark(work):
    asked = questions(work)
    with pytest.raises(SystemExit, match="of which 2 were answered"):
        command_throughput.check("one", work, log_of(asked, asked[:2]))


def test_a_peer_that_is_missing_is_named_with_the_way_to_install_it(tmp_path, monkeypatch, capsys):
    peers = [replace(each, version=lambda: "") for each in command_throughput.CONTENDERS[2:]]
    monkeypatch.setattr(command_throughput, "CONTENDERS", (*command_throughput.CONTENDERS[:2], *peers))
    assert [each.name for each in command_throughput.installed()] == ["bare", "mmdt"]
    said = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in said] == ["inspect_ai", "evalscope", "promptfoo"]
    assert all("not installed here; `" in line for line in said)
    assert evalscope_command.version(tmp_path) == promptfoo_command.version(tmp_path) == ""


def test_the_installed_version_is_read_without_starting_the_peer(tmp_path):
    (tmp_path / "lib/python3.11/site-packages/evalscope-1.14.1.dist-info").mkdir(parents=True)
    (tmp_path / "node_modules/promptfoo").mkdir(parents=True)
    (tmp_path / "node_modules/promptfoo/package.json").write_text('{"version": "0.123.1"}')
    assert (evalscope_command.version(tmp_path), promptfoo_command.version(tmp_path)) == ("1.14.1", "0.123.1")


def test_each_peer_is_given_every_prompt_and_picture_and_the_same_number_in_flight(work):
    for contender in command_throughput.CONTENDERS:
        contender.prepare(work)
        assert contender.command(work).count("2"), contender.name
    lines = [json.loads(line) for line in (work.folder / "evalscope/general_vqa.jsonl").read_text().splitlines()]
    sent = [[each["messages"][0]["content"][place] for place in (1, 0)] for each in lines]
    config = json.loads((work.folder / "promptfoo.json").read_text())
    for (prompt, picture), (text, image), test in zip(work.cases(), sent, config["tests"], strict=True):
        assert (text["text"], image["image_url"]["url"]) == (prompt, str(picture))
        assert test["vars"] == {"prompt": prompt, "image": f"file://{picture}"}
    assert config["providers"][0]["config"]["apiBaseUrl"] == work.url


@pytest.mark.parametrize("fails", ["inspect_ai", "mmdt"])
def test_a_peer_that_fails_has_no_figure_and_ends_nothing(monkeypatch, tmp_path, capsys, fails):
    def one(contender, work, latency):
        if contender.name == fails:
            raise SystemExit("it ended with 1")
        return command_throughput.Round(Took(2.0, 1.0), 64)

    monkeypatch.setattr(command_throughput, "one", one)
    contenders, work = command_throughput.CONTENDERS[:3], Work("", tmp_path, 64)
    if fails == "mmdt":
        with pytest.raises(SystemExit):
            command_throughput.compare(contenders, work, 0.5, 2)
        return
    found = command_throughput.compare(contenders, work, 0.5, 2)
    assert found["mmdt_ratio"] == 1.0 and "inspect_ai_s" not in found
    assert "inspect_ai has no figure in this round: it ended with 1" in capsys.readouterr().err
