"""Requests that an earlier run has answered are not sent again; all others are."""

import shutil
from pathlib import Path

import pytest

import mmdt
from mmdt.cli import main
from mmdt.engine.store.store import Store
from mmdt.errors import StoreError, UsageError
from tests.servers.behaviour import script
from tests.servers.openai_server import OpenAIServer

TEXT = "safety/i2t/typography"
PICTURES = "safety/t2i/vanilla"


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def server():
    with OpenAIServer().in_thread() as server:
        yield server


def run(server, out, select=TEXT, **settings):
    model = "openai/gpt-image-1.5" if select == PICTURES else "openai/gpt-4o"
    usual = {"data": "embedded", "size": 2, "judge": "embedded", "allow_embedded_judge": True, "attempts": 1}
    return mmdt.run(model, select=select, base_url=server.url, out=out, **{**usual, **settings})


def test_nothing_is_asked_that_an_earlier_run_answered(server):
    first = run(server, "first")
    asked = server.log.requests
    assert asked == len(first.to_pandas("outputs")) > 0
    again = run(server, "again", reuse=("first",))
    assert server.log.requests == asked
    assert again.manifest.reused == {"first": asked}
    assert again.complete
    assert repr(again.scorecard()) == repr(first.scorecard())
    with Store.open(again.folder) as store:
        assert not store.spent()  # the earlier run has paid


def test_pictures_are_copied_and_outlive_the_earlier_run(server):
    first = run(server, "first", PICTURES)
    asked = server.log.requests
    again = run(server, "again", PICTURES, reuse=("first",))
    shutil.rmtree(first.folder)
    assert server.log.requests == asked
    pictures = [image for row in again.joined() for image in row.output.images]
    assert len(pictures) == asked
    assert all(image.path.startswith(str(again.folder.absolute())) and image.pil() for image in pictures)


def test_a_damaged_picture_is_generated_again(server):
    first = run(server, "first", PICTURES)
    asked = server.log.requests
    paths = [image.path for row in first.joined() for image in row.output.images]
    spoilt = Path(paths[0])
    spoilt.write_bytes(spoilt.read_bytes()[:-20])
    again = run(server, "again", PICTURES, reuse=("first",))
    assert server.log.requests == asked + paths.count(paths[0])
    assert again.complete


def test_failures_are_asked_again(server):
    server.behaviour = script("bad_request*3")
    first = run(server, "first")
    failed = first.to_pandas("outputs")["status"].value_counts()["failed"]
    assert failed == 3
    asked = server.log.requests
    again = run(server, "again", reuse=("first",))
    assert server.log.requests == asked + failed
    assert again.complete
    assert again.manifest.reused == {"first": asked - failed}


def test_only_the_same_model_settings_and_seed_count(server):
    run(server, "first")
    asked = server.log.requests
    other = run(server, "other", reuse=("first",), model_settings={"temperature": 0.7})
    assert server.log.requests == 2 * asked
    assert other.manifest.reused == {"first": 0}


def test_the_first_run_that_has_an_answer_gives_it(server):
    small = run(server, "small", size=1)
    run(server, "large", size=2)
    asked = server.log.requests
    both = run(server, "both", reuse=("small", "large"))
    assert server.log.requests == asked
    given = both.manifest.reused
    assert given["small"] == len(small.to_pandas("outputs")) and given["large"] > 0


def test_the_scorecard_says_what_was_reused(server, capsys):
    run(server, "first", size=1)
    number = len(mmdt.open_run("first").to_pandas("outputs"))
    options = ["--base-url", server.url, "--data", "embedded", "--size", "1", "--judge", "embedded"]
    command = [
        "run",
        "openai/gpt-4o",
        "--select",
        TEXT,
        "--out",
        "again",
        "--reuse",
        "first",
        "--allow-embedded-judge",
        *options,
    ]
    with pytest.raises(SystemExit) as ended:
        main(command)
    assert ended.value.code == 0
    assert f"{number} outputs were reused from the run in first" in capsys.readouterr().out


def test_a_folder_without_a_run_is_reported_before_anything_is_asked(server, tmp_path):
    with pytest.raises(StoreError, match="no run in this folder"):
        run(server, "again", reuse=("nowhere",))
    assert server.log.requests == 0
    assert not (tmp_path / "again").exists()


def test_a_run_cannot_be_replaced_and_reused(server):
    run(server, "first", size=1)
    with pytest.raises(UsageError, match="replaced and reused"):
        run(server, "first", fresh=True, reuse=("first",))
    assert mmdt.open_run("first").complete
