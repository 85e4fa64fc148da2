"""Rows as people have them: tables of pandas, empty fields, words in any script, several files at once."""

import base64
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mmdt
from mmdt.core.cell import Cell, Selection, slug
from mmdt.data.load import BadRows, DataOptions, data_fingerprint, load_all, offered
from mmdt.errors import DataError, UsageError
from tests.data.cases import scenario
from tests.data.test_files import good, jsonl, png
from tests.servers.openai_server import OpenAIServer

COUNT = scenario("hallucination/i2t/natural", ("count", "spatial"))
HARM = scenario("safety/i2t/typography")
URL = base64.b64encode(png()).decode()


def load(*paths, **options):
    return list(load_all([COUNT, HARM], Selection(), DataOptions(tuple(map(str, paths)), **options)))


def one(tmp_path, **changes):
    (case,) = load(jsonl(tmp_path, good(**changes)))
    return case


@pytest.mark.parametrize("number", [2, 2.0, "2", " 2 "])
def test_counts_in_any_form(tmp_path, number):
    assert one(tmp_path, target={"counts": {"cat": number}}).target == {"counts": {"cat": 2}}


@pytest.mark.parametrize("number", [2.5, "two cats", -1, None, True])
def test_what_is_no_count_stays_for_the_check(tmp_path, number):
    kept = one(tmp_path, target={"counts": {"cat": number}}).target["counts"]["cat"]
    assert kept == number and type(kept) is type(number)


@pytest.mark.parametrize("empty", ["", "  ", None, [], [""], {"bytes": None, "path": None}])
def test_an_empty_picture_is_none(tmp_path, empty):
    assert one(tmp_path, image=empty).images == ()


@pytest.mark.parametrize("start", ["data:image/png;charset=utf-8;base64,", "data:image/png;name=a.png;base64,"])
def test_data_urls_with_parameters(tmp_path, start):
    assert len(one(tmp_path, image=start + URL).images) == 1


def test_tables_of_pandas_have_nan_and_floats(tmp_path):
    rows = [
        {
            "cell": "hallucination/i2t/natural/count",
            "prompt": "How many?",
            "image": None,
            "group": float("nan"),
            "id": 7.0,
        },
        {
            "cell": "hallucination/i2t/natural/count",
            "prompt": "And now?",
            "image": None,
            "group": float("nan"),
            "id": 8.0,
        },
    ]
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    assert [(case.name, case.group) for case in load(path)] == [("7", ""), ("8", "")]


def test_own_ids_are_kept_and_are_no_part_of_the_case(tmp_path):
    first = one(tmp_path, id="row-1")
    second = one(tmp_path, id=["no", "text"])
    assert (first.name, second.name) == ("row-1", "['no', 'text']")
    assert first.id == second.id == one(tmp_path).id


@pytest.mark.parametrize(
    ("task", "address", "category"),
    [
        ("Illegal Activity", "illegal-activity", "Illegal Activity"),
        ("незаконное", "незаконное", None),
        ("हिंसा और नफ़रत", slug("हिंसा और नफ़रत"), "हिंसा और नफ़रत"),
        ("暴力", "暴力", None),
        ("Fraud, scams & more", "fraud-scams-more", "Fraud, scams & more"),
    ],
)
def test_categories_in_any_script(tmp_path, task, address, category):
    address_of = {"perspective": "safety", "modality": "i2t", "scenario": "typography", "task": task}
    (case,) = load(jsonl(tmp_path, {**address_of, "prompt": "Do it."}))
    assert case.cell.task == address
    assert case.target.get("category") == category
    assert Cell.parse(str(case.cell)) == case.cell
    assert Selection.of(f"safety/i2t/typography/{address}").matches(case.cell)


def test_vowel_signs_stay_with_their_letters():
    assert slug("हिंसा") == "हिंसा"


@pytest.mark.parametrize("bad", ["a/b", "", "../x", "a b", "*a", "-a", "a\u202eb"])
def test_what_is_no_part_of_an_address(bad):
    with pytest.raises(UsageError):
        Cell("safety", "i2t", "typography", bad)


def test_text_that_begins_with_a_bracket_stays_text(tmp_path):
    values = {"target.label": "[sic] 12", "target.note": "{not json", "target.list": "[1, 2]", "target.word": '"7"'}
    assert one(tmp_path, **values).target == {"label": "[sic] 12", "note": "{not json", "list": [1, 2], "word": "7"}


@pytest.mark.parametrize("shape", ["list", "columns", "lines"])
def test_json_files(tmp_path, shape):
    rows = [good(id=1), good(prompt="How many dogs?", id=2)]
    path = tmp_path / "rows.json"
    text = {
        "list": json.dumps(rows),
        "columns": json.dumps({key: [row[key] for row in rows] for key in rows[0]}),
        "lines": "\n".join(map(json.dumps, rows)),
    }[shape]
    path.write_text(text)
    assert [case.name for case in load(path)] == ["1", "2"]


def test_the_first_five_bad_rows_are_named(tmp_path):
    rows = [good(), *(good(prompt="", id=n) for n in range(7)), good(prompt="Last?")]
    path = jsonl(tmp_path, *rows)
    with pytest.raises(DataError) as caught:
        load(path)
    said = str(caught.value)
    assert all(f"line {n}" in said for n in range(2, 7)) and "line 7" not in said
    bad = BadRows()
    assert len(list(load_all([COUNT], Selection(), DataOptions(str(path), skip_bad=True), bad=bad))) == 2
    assert bad.count == 7


def test_several_places_are_read_together(tmp_path):
    first = jsonl(tmp_path, good(), name="a.jsonl")
    second = jsonl(tmp_path, {"cell": "safety/i2t/typography/fraud", "prompt": "Do it."}, name="b.jsonl")
    assert [str(case.cell) for case in load(first, second)] == [
        "hallucination/i2t/natural/count",
        "safety/i2t/typography/fraud",
    ]
    assert offered([str(first), str(second)], [COUNT, HARM]) == {COUNT.address, HARM.address}
    mark = data_fingerprint([COUNT, HARM], DataOptions((str(first), str(second))))
    assert "a.jsonl@" in mark and "b.jsonl@" in mark
    with pytest.raises(DataError, match="unknown cell"):
        load(first, jsonl(tmp_path, good(cell="safety/i2t/typografy/x"), name="c.jsonl"))
    assert len(load(first, first)) == 1


def test_a_limit_is_over_all_places(tmp_path):
    paths = [jsonl(tmp_path, *(good(prompt=f"{name} {n}?") for n in range(5)), name=f"{name}.jsonl") for name in "ab"]
    chosen = load(*paths, limit=4)
    assert len(chosen) == 4
    assert {case.id for case in chosen} == {case.id for case in load(*reversed(paths), limit=4)}


def test_auto_is_not_combined(tmp_path):
    with pytest.raises(UsageError, match="auto cannot be combined"):
        mmdt.plan("organism/demo", data=["auto", "embedded"])


def test_count_rows_need_no_judge(tmp_path, monkeypatch):
    """A judge would compare free answers; rows that ask for numbers alone have none."""
    monkeypatch.setenv("OPENAI_API_KEY", "local")
    (tmp_path / "a.png").write_bytes(png())
    path = jsonl(tmp_path, good(image="a.png", target={"counts": {"cat": 2.0}}, id="mine"))
    with OpenAIServer(responder=lambda asked: "There are two cats.").in_thread():
        run = mmdt.run("openai/gpt-4o", data=str(path), out=tmp_path / "run")
    assert run.manifest.ended.how == "complete", run.manifest.ended.reason
    assert run.scorecard().result("hallucination/i2t/natural/count").estimate().value == 1.0
    assert [row["source_id"] for row in run.rows()] == ["mine"]
    free = jsonl(tmp_path, {"cell": "hallucination/i2t/natural/attribute", "prompt": "Colour?", "image": "a.png",
                            "target": {"answer": "red"}}, name="free.jsonl")  # fmt: skip
    with pytest.raises(UsageError, match="needs an evaluator for the role 'matcher'"):
        mmdt.plan("openai/gpt-4o", data=str(free))
