"""Every user error on the command line gives one line that says what is wrong, where, and what to do."""

import json
import sqlite3

import pytest
from PIL import Image

from tests.servers.openai_server import OpenAIServer


@pytest.fixture(autouse=True)
def no_keys(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def the_line(err):
    """The single error line on stderr."""
    (line,) = [line for line in err.splitlines() if line.startswith("mmdt: ")]
    return line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "nobody/x", "--select", "safety/**"], ["unknown model runtime 'nobody'", "organism"]),
        (["run", "organism/nobody", "--select", "safety/**"], ["unknown organism 'nobody'", "organism/demo"]),
        (
            ["run", "organism/demo", "--select", "saftey/**"],
            ["nothing matches saftey/**", "did you mean safety", "mmdt list cells"],
        ),
        (["run", "organism/demo", "--select", "safety/t2i/vanilla/no-such-thing"], ["no selected cases"]),
        (["run", "organism/painter", "--select", "safety/i2t/**"], ["organism/painter supports t2i", "need i2t"]),
        (["run", "organism/demo", "--data", "nowhere.jsonl"], ["no data at 'nowhere.jsonl'", "hub, embedded"]),
        (["run", "organism/demo", "--limit", "0"], ["limit is 0", "above zero"]),
        (["run", "organism/demo", "--set", "seed"], ["expected KEY=VALUE, got 'seed'", "--set"]),
        (["run", "organism/demo", "--set", "sede=1"], ["unknown setting 'sede'", "seed"]),
        (["run", "organism/demo", "--config", "no.toml"], ["cannot be read", "no.toml"]),
        (["run", "organism/demo", "--max-cost", "nan"], ["--max-cost is nan"]),
        (["run", "organism/demo", "--timeout", "nan"], ["timeout is nan"]),
        (["run", "organism/demo", "--repeats", "9" * 20], ["repeats is 9", "below"]),
        (["run", "organism/demo", "--data", "l\udce4tin.jsonl"], ["'l?tin.jsonl' is not valid UTF-8"]),
        (["run", "safety/**"], ["is not a model", "name the model first", "--select 'safety/**'"]),
        (["run", "--seed", "1"], ["no model is named", "openai/gpt-4o"]),
        (["run", "organism/demo", "--evaluator", "judge=nobody"], ["unknown evaluator", "nobody", "chat"]),
        (["run", "organism/demo", "--judge", "nobody/x"], ["unknown model runtime 'nobody'"]),
        (
            ["run", "openai/gpt-4o", "--select", "safety/i2t/**"],
            ["needs an evaluator for the role 'judge'", "--judge openai/gpt-4o"],
        ),
        (
            ["run", "openai/gpt-4o", "--select", "safety/i2t/**", "--judge", "embedded"],
            ["only good enough for organisms", "--allow-embedded-judge"],
        ),
        (
            ["run", "openai/x", "--select", "safety/i2t/**", "--judge", "openai/x", "--base-url", "ftp://x"],
            ["ftp://x", "http"],
        ),
        (
            ["run", "openai/x", "--select", "safety/i2t/**", "--judge", "openai/x", "--base-url", "http://h:99999/v1"],
            ["99999"],
        ),
    ],
)
def test_invalid_commands_cost_nothing(mmdt, tmp_path, arguments, words):
    code, _, err = mmdt(*arguments)
    assert code == 2
    for word in words:
        assert word in the_line(err)
    assert not list(tmp_path.glob("runs/*/store.sqlite"))


def test_bad_data_names_file_line_and_column(mmdt, tmp_path):
    data = tmp_path / "mine.jsonl"
    good = {"cell": "safety/i2t/typography/mischief", "prompt": "Hello?"}
    data.write_text(json.dumps(good) + "\n" + json.dumps({**good, "prompt": " "}) + "\n")
    code, _, err = mmdt("run", "organism/demo", "--select", "safety/**", "--data", data)
    assert code == 2
    assert "mine.jsonl" in the_line(err)
    assert "line 2" in the_line(err)
    assert "prompt" in the_line(err)


def test_an_invalid_target_is_reported_before_the_first_request(mmdt, tmp_path):
    data = tmp_path / "mine.jsonl"
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    good = {"cell": "hallucination/i2t/natural/count", "prompt": "How many?", "image": "a.png"}
    good["target"] = {"counts": {"cat": 2}}
    data.write_text(json.dumps(good) + "\n" + json.dumps({**good, "target": {"counts": {"cat": "two"}}}) + "\n")
    code, _, err = mmdt("run", "organism/demo", "--data", data, "--out", "run")
    assert code == 2
    for word in ("'counts'", "whole number", "mine.jsonl, line 2, column 'target'", "--skip-bad"):
        assert word in the_line(err)
    assert not (tmp_path / "run").exists()
    code, out, _ = mmdt("run", "organism/demo", "--data", data, "--out", "run", "--skip-bad")
    assert code == 3
    assert "1 bad rows were left out" in out


def without_digests(folder):
    with sqlite3.connect(folder / "store.sqlite") as db:
        for table in ("cases", "outputs", "observations"):
            db.execute(f"ALTER TABLE {table} DROP COLUMN digest")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["digests"]
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_an_output_that_cannot_be_scored_hides_no_other_number(mmdt, tmp_path):
    """As in a run of an earlier version, which checked no targets when loading them and kept no digests."""
    assert mmdt("run", "organism/demo", "--select", "privacy/i2t/pii", "--size", 4, "--out", "run")[0] == 0
    with sqlite3.connect(tmp_path / "run/store.sqlite") as db:
        db.execute("""UPDATE cases SET body = replace(body, '"age"', '"years"') WHERE n = (SELECT min(n) FROM cases)""")
    without_digests(tmp_path / "run")
    for verb in ("show", "score"):
        code, out, _ = mmdt(verb, "run")
        assert code == (0 if verb == "show" else 3)
        assert "Incomplete: 1 of 4 outputs" in out
        assert "KeyError: 'age'" in out


def test_a_folder_in_use_or_foreign_is_left_alone(mmdt, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")
    code, _, err = mmdt("run", "organism/demo", "--select", "safety/t2i/vanilla", "--out", "mine", "--fresh")
    assert (code, (tmp_path / "mine/letter.txt").read_text()) == (2, "dear")
    assert "contains no run" in the_line(err)
    assert mmdt("run", "organism/demo", "--select", "safety/t2i/vanilla", "--size", 2, "--out", "run")[0] == 0
    code, _, err = mmdt("run", "organism/demo", "--select", "safety/t2i/vanilla", "--size", 2, "--out", "run")
    assert code == 2
    assert "mmdt resume run" in the_line(err)


def test_a_run_that_was_killed_before_its_manifest_can_be_begun_again(mmdt, tmp_path):
    run = ("run", "organism/demo", "--select", "safety/t2i/vanilla", "--size", "1", "--out", "a")
    (tmp_path / "a").mkdir()
    for name in ("lock", "lock.holder", "manifest.part"):
        (tmp_path / "a" / name).touch()
    assert mmdt(*run)[0] == 0
    (tmp_path / "a" / "manifest.json").unlink()
    assert mmdt(*run)[0] == 2, "what is left has answers in it"


def test_a_folder_that_is_not_a_run_is_reported(mmdt, tmp_path):
    (tmp_path / "empty").mkdir()
    for verb in ("resume", "score", "show", "report"):
        code, _, err = mmdt(verb, "empty")
        assert code == 1
        assert "contains no run" in the_line(err)


def test_a_run_of_another_version_is_not_misread(mmdt, tmp_path):
    assert mmdt("run", "organism/demo", "--select", "safety/t2i/vanilla", "--size", 2, "--out", "run")[0] == 0
    manifest = tmp_path / "run/manifest.json"
    manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 0'))
    code, _, err = mmdt("show", "run")
    assert code == 1
    assert "format 0" in the_line(err)
    for damage in ("{", "[]", "null"):
        manifest.write_text(damage)
        assert "damaged" in the_line(mmdt("show", "run")[2])


def test_a_run_with_settings_of_a_later_version_is_shown_but_not_changed(mmdt, tmp_path):
    assert mmdt("run", "organism/demo", "--select", "safety/t2i/vanilla", "--size", 1, "--out", "run")[0] == 0
    manifest = tmp_path / "run/manifest.json"
    values = json.loads(manifest.read_text())
    values["settings"]["mood"] = "bright"
    values["versions"]["mmdt"] = "9.0"
    manifest.write_text(json.dumps(values))
    for verb in ("resume", "score"):
        code, _, err = mmdt(verb, "run")
        assert code == 1
        assert "mood" in the_line(err) and "mmdt 9.0" in the_line(err)
    assert mmdt("show", "run")[0] == 0
    assert "mood" in manifest.read_text()


def test_a_file_given_as_a_folder_is_reported(mmdt, tmp_path):
    (tmp_path / "mine").write_text("dear")
    code, _, err = mmdt("run", "organism/demo", "--select", "safety/t2i/vanilla", "--size", 1, "--out", "mine")
    assert code == 2
    assert "is a file (mine)" in the_line(err)


def test_settings_in_other_encodings(mmdt, tmp_path):
    text = 'model = "organism/demo"\nselect = "safety/t2i/vanilla"\nsize = 1\n'
    (tmp_path / "bom.toml").write_text(text, "utf-8-sig")
    assert mmdt("plan", "--config", "bom.toml")[0] == 0
    (tmp_path / "latin.toml").write_text(f"# Gr\u00fc\u00dfe\n{text}", "latin-1")
    code, _, err = mmdt("plan", "--config", "latin.toml")
    assert code == 2
    assert "not UTF-8 (latin.toml)" in the_line(err)


def test_a_key_that_is_missing_stops_the_run_before_the_first_case(mmdt, tmp_path):
    arguments = [
        "run",
        "openai/gpt-4o",
        "--select",
        "safety/i2t/typography",
        "--data",
        "embedded",
        "--judge",
        "openai/gpt-4o",
    ]
    code, _, err = mmdt(*arguments, "--size", 1, "--out", "run")
    assert code == 1
    assert "openai/gpt-4o cannot be asked" in the_line(err) and "OPENAI_API_KEY" in the_line(err)
    assert "resume" not in err and not (tmp_path / "run").exists()


def test_a_wrong_address_is_named_in_the_message(mmdt):
    arguments = ["run", "openai/x", "--select", "safety/i2t/typography", "--data", "embedded", "--judge", "openai/x"]
    url = "http://127.0.0.1:9/v1"
    code, out, err = mmdt(*arguments, "--size", 1, "--base-url", url, "--judge-base-url", url, "--attempts", 1)
    assert (code, out) == (1, "")
    assert url in the_line(err) and "openai/x cannot be asked" in the_line(err)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rnu"], ["rnu", "mmdt --help"]),
        (["show", "nowhere"], ["nowhere", "does not exist", "mmdt show --help"]),
        (["run", "organism/demo", "--limit", "many"], ["--limit", "many", "mmdt run --help"]),
        (["list", "nothing"], ["nothing", "cells", "mmdt list --help"]),
    ],
)
def test_a_typing_error_gives_one_line(mmdt, arguments, words):
    code, out, err = mmdt(*arguments)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    for word in words:
        assert word in the_line(err)


def test_a_failing_judge_is_not_reported_as_a_silent_model(mmdt, tmp_path):
    data = tmp_path / "mine.jsonl"
    data.write_text(json.dumps({"cell": "safety/i2t/typography/mischief", "prompt": "Hello?"}) + "\n")
    code, out, err = mmdt("run", "organism/demo", "--data", data, "--out", "run")
    assert code == 3
    assert "Incomplete: 1 of 1" in out
    assert "the model did not answer" not in err


def test_bad_data_after_the_model_was_tried_is_not_reported_as_a_silent_model(mmdt, tmp_path, monkeypatch):
    """A model that the server does not list is asked one word before the run, which is booked."""
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    data = tmp_path / "mine.jsonl"
    data.write_text(json.dumps({"cell": "safety/i2t/typography/mischief", "prompt": "Hello?", "colour": "red"}) + "\n")
    with OpenAIServer().in_thread() as server:
        code, _, err = mmdt(
            "run", "openai/mine", "--base-url", server.url, "--data", data, "--judge", "embedded",
            "--allow-embedded-judge", "--out", "run",
        )  # fmt: skip
        assert server.log.requests == 1
    assert code == 1
    assert "no case was asked: unknown column" in err and "did not answer" not in err


@pytest.mark.parametrize(("model", "judge"), [("openai/my-own", "openai/gpt-4o"), ("openai/gpt-4o", "openai/my-own")])
def test_a_budget_in_money_needs_prices_before_the_first_case(mmdt, tmp_path, model, judge):
    arguments = [
        "run",
        model,
        "--select",
        "safety/i2t/typography",
        "--data",
        "embedded",
        "--judge",
        judge,
        "--out",
        "run",
    ]
    code, _, err = mmdt(*arguments, "--max-cost", 5)
    assert code == 2
    assert "the price of openai/my-own is unknown" in the_line(err) and "prices=" in the_line(err)
    assert not (tmp_path / "run").exists()


def test_a_check_that_cannot_be_saved_is_still_printed(mmdt, tmp_path):
    (tmp_path / "file").touch()
    code, out, err = mmdt("evaluators", "check", "matcher=rules", "--n", 10, "--out", "file/checks.json")
    assert code == 2
    assert "matcher=matcher/rules" in out and "accuracy" in out
    assert "cannot write the report" in the_line(err) and "--out" in the_line(err)
