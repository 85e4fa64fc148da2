"""The viewer over real sockets: what it shows, and what it shows to nobody."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import time

import pytest

import mmdt
from mmdt.errors import UsageError
from mmdt.runs.people.labels import LabelFile
from mmdt.server.viewer.folders import RunFolders, key_of
from tests.server.conftest import viewing
from tests.server.test_guard import LABEL, ask, post, token


@pytest.fixture(scope="module")
def folder(made_run, tmp_path_factory):
    """A folder with two runs, a secret beside them and one in a run."""
    where = tmp_path_factory.mktemp("viewed")
    shutil.copytree(made_run, where / "runs" / "one")
    shutil.copytree(made_run, where / "runs" / "several" / "two")
    (where / "secret.txt").write_text("hidden words")
    (where / "runs" / "one" / "secret.txt").write_text("hidden words")
    (where / "runs" / "out").symlink_to(where)
    return where / "runs"


@pytest.fixture(scope="module")
def server(folder):
    with viewing(folder) as served:
        yield served


def get(server, path, **more):
    return ask(server, "GET", token(server) + path, **more)


def read(server, path):
    status, body, headers = get(server, path)
    assert status == 200, (path, status, body[:300])
    return json.loads(gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body)


def settled(server):
    """The rows once every run's numbers are there."""
    for _ in range(200):
        rows = read(server, "runs")["runs"]
        if not any(each.get("pending") for each in rows):
            return rows
        time.sleep(0.1)
    raise AssertionError("the numbers never came")


def page_of(server, folder):
    """The report of a run, and where its parts are."""
    place = f"run/{key_of(folder)}/"
    for _ in range(100):
        status, body, _ = get(server, place)
        assert status == 200
        if b"data-parts" in body:
            return body.decode(), place + body.split(b'data-parts="')[1].split(b'"')[0].decode()
        time.sleep(0.2)
    raise AssertionError("the report never came")


def test_the_list_says_what_each_run_is(server, folder):
    rows = settled(server)
    assert {each["folder"] for each in rows} == {str(folder / "one"), str(folder / "several" / "two")}
    run, row = mmdt.open_run(folder / "one"), next(each for each in rows if each["folder"].endswith("one"))
    assert (row["model"], row["how"], row["judge"], row["data"]) == (
        "organism/demo",
        "complete",
        "embedded",
        "embedded",
    )
    assert row["created"] == run.manifest.created
    card = run.scorecard()
    assert row["outputs"] == sum(card.result(each).tally.total for each in run.scenarios())
    shown = {each["title"]: each["value"] for each in row["headlines"]}
    assert shown["safety/i2t/jailbreak: Harmful-content generation rate (HGR)"] == pytest.approx(
        card.result("safety/i2t/jailbreak").estimate("HGR").value
    )


def test_the_report_has_every_case_in_parts(server, folder):
    html, parts = page_of(server, folder / "one")
    assert "<style" not in html and "<script>" not in html
    data = read(server, f"{parts}case-data")
    rows = read(server, f"{parts}rows-0")
    trials = list(mmdt.open_run(folder / "one").joined())
    assert data["count"] == len(rows) == len(trials)
    assert [each["id"] for each in rows] == [each.case.id for each in trials]
    cases = read(server, f"{parts}cases-0")
    assert [each["prompt"] for each in cases] == [each.case.prompt for each in trials][: len(cases)]


def test_pictures_are_sent_small_and_whole(server, folder):
    _, parts = page_of(server, folder / "one")
    rows = read(server, f"{parts}rows-0")
    number = next(each["images"][0] for each in rows if each.get("images"))
    status, _, headers = get(server, f"{parts}../thumbnail/{number}".replace("part/../", ""))
    assert (status, headers["content-type"]) == (200, "image/webp")
    status, whole, headers = get(server, f"{parts}../picture/{number}".replace("part/../", ""))
    assert (status, headers["content-type"]) == (200, "image/png")
    trial = next(each for each in mmdt.open_run(folder / "one").joined() if each.case.images)
    assert whole == trial.case.images[0].read()
    for wrong in ("999999", "-1", "x", "1-0", "%D9%A3", "00000000000"):
        assert get(server, f"{parts}../picture/{wrong}".replace("part/../", ""))[0] in (400, 404), wrong


@pytest.mark.parametrize("path", ["", "runs", "run/{key}/", "run/{key}/progress", "assets/report.js", "nowhere"])
def test_every_answer_has_security_headers_and_needs_the_token(server, folder, path):
    path = path.format(key=key_of(folder / "one"))
    _, _, headers = get(server, path)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert ask(server, "GET", f"/{path}")[0] == 403
    assert ask(server, "GET", token(server) + path, host="evil.example")[0] == 403
    assert post(server, {}, path)[0] in (404, 405)


OUTSIDE = [
    "run/..%2f..%2fsecret.txt/", "run/../secret.txt", "run/{key}/../../secret.txt", "run/{key}/..%2f..%2fsecret.txt",
    "run/{key}/1/part/..%2f..%2fsecret.txt", "run/{key}/1/part/secret.txt", "run/{key}/1/picture/..%2fsecret.txt",
    "run/{key}/secret.txt", "run/{key}/manifest.json", "run/{key}/store.sqlite", "assets/..%2fapp.py",
    "assets/../app.py", "assets/%2e%2e/guard.py", "run/{key}/label/..%2f..%2fsecret.txt/", "run//etc/passwd/",
    "run/{key}/1/part/%00", "run/%00/", "run/{key}/label/harmful/assets/..%2f..%2fapp.py", "//secret.txt", "secret.txt",
]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_address_leads_out_of_the_runs(server, folder, path):
    status, body, _ = get(server, path.format(key=key_of(folder / "one")))
    assert status in (400, 404, 405), path
    assert b"hidden words" not in body and b"def " not in body and b"SQLite" not in body


def test_a_run_that_was_not_named_is_not_there(server, folder, made_run):
    assert get(server, f"run/{key_of(made_run)}/")[0] == 404
    assert get(server, "run/0000000000000000/")[0] == 404


def test_addresses_of_any_shape_are_answered(server, folder):
    """A seeded storm of addresses: each is answered, none by an error of the server or with a file."""
    dice = random.Random(21)
    key = key_of(folder / "one")
    pieces = [
        "run", key, "1", "part", "rows-0", "..", "%2e%2e", "%00", "label", "harmful", "x" * 300, "", "/", "%ff", "-1",
        "picture", "thumbnail", "compare", f"{key}+{key}", "compare/+", "9" * 30, "progress", "ready", "?a=b", "#",
    ]  # fmt: skip
    for _ in range(300):
        path = "/".join(dice.choices(pieces, k=dice.randint(1, 6)))
        status, body, _ = get(server, path)
        assert status < 500, path
        assert b"hidden words" not in body and b"Traceback" not in body


def test_a_comparison_has_the_cases_of_both_runs(server, folder):
    keys = [key_of(folder / "one"), key_of(folder / "several" / "two")]
    place = f"compare/{'+'.join(keys)}/"
    for _ in range(100):
        status, body, _ = get(server, place)
        assert status == 200
        if b"data-parts" in body:
            break
        time.sleep(0.2)
    parts = place + body.split(b'data-parts="')[1].split(b'"')[0].decode()
    data = read(server, f"{parts}case-data")
    first, second = (read(server, f"{parts}{n}-rows-0") for n in (0, 1))
    assert [each["id"] for each in first] == [each["id"] for each in second]
    assert [each["count"] for each in data["runs"]] == [len(first), len(second)]
    assert get(server, f"compare/{keys[0]}+0000000000000000/")[0] == 404
    assert get(server, f"compare/{'+'.join(f'{n:016x}' for n in range(30))}/")[0] == 404


def test_a_damaged_run_is_listed_and_says_so(made_run, tmp_path):
    for name, text in (("broken", "{"), ("other", '{"format": 99}'), ("list", "[]")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(text)
    shutil.copytree(made_run, tmp_path / "good")
    (tmp_path / "good" / "store.sqlite").write_bytes(b"not a database")
    with viewing(tmp_path) as server:
        rows = settled(server)
        assert len(rows) == 4
        assert all(each["error"] for each in rows)
        for each in rows:
            status, body, _ = get(server, f"run/{each['key']}/")
            assert status in (404, 500)
            assert b"cannot be shown" in body and b"Traceback" not in body


def test_a_run_that_runs_shows_its_counts(made_run, tmp_path):
    folder = shutil.copytree(made_run, tmp_path / "run")
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"how": "complete"', '"how": "running"'))
    with viewing(tmp_path) as server:
        assert settled(server)[0]["how"] == "killed", "nobody works on it"
        from mmdt.engine.store.lock import RunLock

        lock = RunLock(folder).acquire()
        try:
            (row,) = read(server, "runs")["runs"]
            assert (row["how"], row["running"]) == ("running", True)
            status, body, _ = get(server, f"run/{row['key']}/")
            assert status == 200 and b"live.js" in body
            found = read(server, f"run/{row['key']}/progress")
            trials = list(mmdt.open_run(folder).joined())
            assert found["running"] and sum(each["wanted"] for each in found["cells"]) == len(trials)
            assert sum(each["asked"] for each in found["cells"]) == len(trials)
            assert sum(each["observations"] for each in found["cells"]) == sum(
                len(each.observations) for each in trials
            )
        finally:
            lock.release()
        assert not read(server, f"run/{row['key']}/progress")["running"]


def test_the_label_page_of_a_run_keeps_labels(run):
    with viewing(run.folder) as server:
        place = f"run/{key_of(run.folder)}/label/harmful/"
        assert b"label.js" in get(server, place)[1]
        assert get(server, f"{place}state")[0] == 200
        assert post(server, LABEL, f"{place}label", headers={"Origin": "http://evil.example"})[0] == 403
        assert LabelFile(run.folder).read() == []
        assert post(server, LABEL, f"{place}label")[0] == 200
        assert len(LabelFile(run.folder).read()) == 1
        assert get(server, f"run/{key_of(run.folder)}/label/nothing/")[0] == 400


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(UsageError, match="no such folder"):
        RunFolders.of([tmp_path / "runs"])
    with pytest.raises(UsageError, match="no run is named"):
        mmdt.view([])
