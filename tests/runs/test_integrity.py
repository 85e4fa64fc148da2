"""A run that was damaged says what is lost or changed, scores nothing by it, and is never complete."""

import json
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from PIL import Image as Pil

import mmdt
from mmdt.cli import main
from mmdt.engine.store.digests import COLUMNS, row_digest
from mmdt.engine.store.store import Store
from mmdt.errors import StoreError

SELECT = ("safety/t2i/vanilla", "privacy/i2t/pii")
TABLES = ("cases", "outputs", "observations")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A complete run with pictures that were given, pictures that were made, and verdicts."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    run = mmdt.run("organism/demo", select=SELECT, size=4, out=folder)
    assert run.complete and mmdt.verify(folder).ok
    return folder


@pytest.fixture
def folder(whole, tmp_path):
    return Path(shutil.copytree(whole, tmp_path / "run"))


@pytest.fixture
def shown(folder, capsys):
    def show(verb="show", *arguments):
        with pytest.raises(SystemExit) as ended:
            main([verb, str(folder), *arguments])
        captured = capsys.readouterr()
        return ended.value.code, captured.out + captured.err

    return show


def pictures(folder):
    return sorted(path for path in (folder / "artifacts").rglob("*") if path.is_file())


def swapped(path):
    Pil.new("RGB", (64, 64), "red").save(path, "PNG")


DAMAGE = {
    "swapped": swapped,
    "zeroed": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "emptied": lambda path: path.write_bytes(b""),
    "one bit": lambda path: path.write_bytes(bytes([*path.read_bytes()[:-1], path.read_bytes()[-1] ^ 1])),
    "deleted": lambda path: path.unlink(),
}


def change(folder, statement, *values):
    with sqlite3.connect(folder / "store.sqlite") as db:
        assert db.execute(statement, values).rowcount > 0
    db.close()


def test_a_copy_of_a_run_is_whole(folder, shown):
    assert mmdt.verify(folder).ok
    assert mmdt.open_run(folder).complete
    code, said = shown("verify")
    assert code == 0 and "OK: 28 cases, 28 outputs" in said


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_picture_is_missing_everywhere(folder, shown, how, tmp_path):
    path = random.Random(how).choice(pictures(folder))
    DAMAGE[how](path)
    run = mmdt.open_run(folder)
    assert not run.complete and not run.scorecard().complete
    code, said = shown("show")
    assert "Incomplete" in said and "damaged: a stored image" in said
    rows = [json.loads(line) for line in run.export(tmp_path / "rows.jsonl").read_text().splitlines()]
    bad = [row for row in rows if any(path.stem in each for each in (*row["input_images"], *row["images"]))]
    missing = [row for row in rows if row["missing"]]
    assert missing and all(row["missing"].startswith("damaged: ") and not row["scores"] for row in missing)
    assert len(missing) >= len(bad)
    assert "damaged: a stored image" in run.report(tmp_path / "report.html").read_text()
    code, said = shown("verify")
    assert code == 1 and path.name in said
    (where,) = {each.where.split(" ")[0] for each in mmdt.verify(folder).findings}
    assert Path(where).name == path.name, "and nothing else is wrong"


EDITS = {
    "a verdict": (
        "observations",
        """UPDATE observations SET body = CASE WHEN instr(body, 'true') THEN replace(body, 'true', 'false')
        ELSE replace(body, 'false', 'true') END WHERE rowid = (SELECT min(rowid) FROM observations)""",
    ),
    "an answer": ("outputs", """UPDATE outputs SET body = replace(body, '"text":"', '"text":"no ') WHERE n = 27"""),
    "a status": ("outputs", "UPDATE outputs SET key = 'other' WHERE n = 3"),
    "a truth": ("cases", """UPDATE cases SET body = replace(body, '"target":{', '"target":{"x":1,') WHERE n = 27"""),
    "a cell": ("cases", "UPDATE cases SET cell = (SELECT cell FROM cases WHERE n = 1) WHERE n = 24"),
    "whose verdict it is": (
        "observations",
        "UPDATE observations SET n = 99 WHERE rowid = (SELECT min(rowid) FROM observations)",
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_in_the_store_is_noticed(folder, shown, edit, tmp_path):
    table, statement = EDITS[edit]
    change(folder, statement)
    found = mmdt.verify(folder)
    assert [each.part for each in found.findings if each.where] == [table]
    assert shown("verify")[0] == 1
    run = mmdt.open_run(folder)
    assert not run.complete
    said = shown("show")[1]
    assert "Complete:" not in said
    if edit != "whose verdict it is":
        page = run.report(tmp_path / "report.html").read_text()
        for text in (said, page):
            assert "changed after they were stored" in " ".join(text.split())
    for verb in ("resume", "score"):
        code, said = shown(verb)
        assert code == 1 and "the run is damaged: " in said


CHANGED = {
    "cases": lambda body: body.replace('"prompt":"', '"prompt":"Never '),
    "outputs": lambda body: body.replace('"latency":', '"latency":1'),
    "observations": lambda body: body.replace('"rationale":"', '"rationale":"Not '),
}


@pytest.mark.parametrize("table", TABLES)
def test_an_edit_whose_row_digest_was_made_again_is_noticed_by_the_root(folder, shown, table):
    columns = COLUMNS[table]
    with sqlite3.connect(folder / "store.sqlite") as db:
        row = list(db.execute(f"SELECT {', '.join(columns)} FROM {table} LIMIT 1").fetchone())  # noqa: S608
        row[-1] = CHANGED[table](row[-1])
        query = f"UPDATE {table} SET body = ?, digest = ? WHERE rowid = (SELECT min(rowid) FROM {table})"  # noqa: S608
        db.execute(query, (row[-1], row_digest(table, row)))
    db.close()
    code, said = shown("verify")
    assert code == 1 and f"{table}" in said and "the manifest has" in said
    said = shown("show")[1]
    assert "Complete:" not in said and "The run's folder is damaged" in said
    assert shown("resume")[0] == 1


@pytest.mark.parametrize("table", TABLES)
def test_deleted_rows_are_counted(folder, shown, table):
    change(folder, f"DELETE FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table} WHERE n > 2)")  # noqa: S608
    code, said = shown("verify")
    assert code == 1 and " gone" in said
    said = shown("show")[1]
    assert "Complete:" not in said and " gone" in said
    code, said = shown("resume")
    assert code == 1 and "the run is damaged: 1 of " in said and f"{table} are gone" in said


def test_a_row_that_cannot_be_read_is_named(folder, shown):
    change(folder, "UPDATE outputs SET body = substr(body, 1, 20) WHERE n = 5")
    code, said = shown("verify")
    assert code == 1 and "outputs: case " in said and "it was changed" in said
    assert shown("show")[0] == 1


def test_an_edit_of_the_manifest_is_noticed(folder, shown):
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace("organism/demo", "organism/other"))
    assert "manifest.json: it was changed" in shown("verify")[1]
    assert "the manifest was changed after the run ended" in shown("show")[1]


def test_the_root_is_in_the_foot_of_the_report(folder):
    root = mmdt.verify(folder).root
    assert len(root) == 64
    assert root in mmdt.open_run(folder).report().read_text().partition("<footer")[2]


def test_two_runs_of_the_same_kind_have_different_roots(folder, tmp_path):
    other = mmdt.run("organism/demo", select=SELECT, size=4, seed=8, out=tmp_path / "other")
    assert mmdt.verify(other.folder).root != mmdt.verify(folder).root


def test_scoring_again_seals_again(folder, shown):
    before = mmdt.verify(folder).root
    assert shown("score")[0] == 0
    found = mmdt.verify(folder)
    assert found.ok and found.root != before, "the manifest says when it ended"


def test_an_early_run_without_digests_opens_with_a_note(folder, shown):
    with sqlite3.connect(folder / "store.sqlite") as db:
        for table in TABLES:
            db.execute(f"ALTER TABLE {table} DROP COLUMN digest")
        db.execute("DELETE FROM meta WHERE key = 'commits'")
    db.close()
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["digests"], manifest["prompts"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "store.kept").unlink()
    (folder / "store.sent").unlink()
    assert mmdt.open_run(folder).complete
    code, said = shown("show")
    assert code == 0 and "Complete:" in said and "cannot be verified" in " ".join(said.split())
    code, said = shown("verify")
    assert code == 3 and "cannot be verified" in said
    assert shown("score")[0] == 0, "and a new part seals it"
    assert mmdt.verify(folder).ok


def killed(folder):
    """As the folder of a run whose process was killed after all was stored, its log not yet copied."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["digests"]
    manifest["ended"] = {"how": "running", "reason": "", "at": ""}
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("lost", [1, 20, 28])
def test_cases_that_vanished_are_never_passed_over(folder, shown, lost):
    killed(folder)
    with sqlite3.connect(folder / "store.sqlite") as db:
        for table in TABLES:
            db.execute(f"DELETE FROM {table} WHERE n > ?", (28 - lost,))  # noqa: S608
    db.close()
    for verb in ("resume", "score"):
        code, said = shown(verb)
        assert code == 1 and f"{lost} of 28 cases are gone" in said and "--reuse" in said
    code, said = shown("show")
    assert f"{lost} of 28 cases are gone" in said and "Complete:" not in said
    assert not mmdt.open_run(folder).complete


def test_a_store_that_is_gone_is_no_empty_run(folder, shown):
    for path in folder.glob("store.sqlite*"):
        path.unlink()
    for verb in ("show", "resume", "score", "verify"):
        code, said = shown(verb)
        assert code == 1 and "28 cases, is gone" in said


@pytest.mark.parametrize("what", ["an answer", "a picture"])
def test_a_damaged_run_can_be_reused_for_what_is_whole(folder, tmp_path, what):
    before = outputs(folder)
    if what == "an answer":
        change(folder, """UPDATE outputs SET body = replace(body, '"text":"', '"text":"no ') WHERE n = 27""")
        with pytest.raises(StoreError, match="damaged"):
            mmdt.resume(folder)
    else:
        with Store.open(folder) as store:
            made = next(row.output.images[0].path for row in store.trials() if row.output.images)
        DAMAGE["zeroed"](Path(made))
    again = mmdt.run("organism/demo", select=SELECT, size=4, reuse=[str(folder)], out=tmp_path / "again")
    assert again.complete and outputs(again.folder) == before
    (taken,) = again.manifest.reused.values()
    assert taken == 27, "what was damaged was asked again"


def outputs(folder):
    with Store.open(folder) as store:
        return [(row.case.id, row.output.text, [each.digest for each in row.output.images]) for row in store.trials()]
