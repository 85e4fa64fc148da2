import base64
import csv
import io
import json
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image as Pil

from mmdt.core.cell import Selection
from mmdt.data.files import FileSource
from mmdt.data.load import BadRows, DataOptions, data_fingerprint, load_all, load_cases
from mmdt.errors import DataError
from tests.data.cases import scenario

COUNT = scenario("hallucination/i2t/natural", ("count", "spatial"))
HARM = scenario("safety/t2i/vanilla")
ALL = Selection()


def png(color="red"):
    data = io.BytesIO()
    Pil.new("RGB", (8, 6), color).save(data, "PNG")
    return data.getvalue()


def good(**changes):
    return {"cell": "hallucination/i2t/natural/count", "prompt": "How many cats?", **changes}


def jsonl(folder, *records, name="cases.jsonl"):
    path = folder / name
    path.write_text("".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in records))
    return path


def load(path, **options):
    return list(load_all([COUNT, HARM], ALL, DataOptions(str(path), **options)))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pictures").mkdir()
    for color in ("red", "blue"):
        (tmp_path / "pictures" / f"{color}.png").write_bytes(png(color))
    return tmp_path


def test_every_column_of_jsonl(folder):
    url = "data:image/png;base64," + base64.b64encode(png("blue")).decode()
    path = jsonl(
        folder,
        good(image="pictures/red.png", target={"counts": {"cat": 2}}, group="photo 1", system="Be brief.", id=7),
        "",
        {
            "perspective": "hallucination",
            "modality": "i2t",
            "scenario": "natural",
            "task": "spatial",
            "prompt": "Where?",
            "images": ["pictures/red.png", url],
            "target.answer": "left",
            "target.zip": "02138",
            "notes": "seen by two people",
        },
        {"cell": "safety/t2i/vanilla/biscuit-sneaking", "prompt": "Draw it", "target": None},
    )
    first, second, third = load(path)
    assert (first.target, first.group, first.system) == ({"counts": {"cat": 2}}, "photo 1", "Be brief.")
    assert first.images[0].read() == png("red")
    assert (str(second.cell), second.target) == (
        "hallucination/i2t/natural/spatial",
        {"answer": "left", "zip": "02138"},
    )
    assert [image.read() for image in second.images] == [png("red"), png("blue")]
    assert (third.cell.task, third.target, third.images) == ("biscuit-sneaking", {}, ())


def test_csv_says_the_same_as_jsonl(folder):
    path = folder / "cases.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["cell", "prompt", "images", "target", "target.answer", "target.zip", "group"])
        writer.writerow([good()["cell"], "How many,\nsay?", "pictures/red.png", '{"counts": {"cat": 2}}', "", "", ""])
        writer.writerow(
            [good()["cell"], "Which?", '["pictures/red.png", "pictures/blue.png"]', "", '["a", 1]', "02138", "g"]
        )
    first, second = load(path)
    assert (first.prompt, first.target, first.group) == ("How many,\nsay?", {"counts": {"cat": 2}}, "")
    assert second.target == {"answer": ["a", 1], "zip": "02138"}
    assert [image.read() for image in second.images] == [png("red"), png("blue")]
    same = jsonl(folder, good(prompt="How many,\nsay?", images=["pictures/red.png"], target={"counts": {"cat": 2}}))
    assert load(same)[0].id == first.id


def test_parquet_with_embedded_pictures(folder):
    path = folder / "cases.parquet"
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    table = pa.table(
        {
            "cell": [good()["cell"]] * 3,
            "prompt": ["a", "b", "c"],
            "image": pa.array([{"bytes": png(), "path": "x.png"}, {"bytes": png("blue"), "path": None}, None], image),
            "target": pa.array([{"counts": {"cat": 1}}, {"counts": {"dog": 2}}, None]),
        }
    )
    pq.write_table(table, path)
    cases = load(path)
    assert [case.target for case in cases] == [{"counts": {"cat": 1}}, {"counts": {"dog": 2}}, {}]
    assert [len(case.images) for case in cases] == [1, 1, 0]
    pq.write_table(pa.table({"cell": [good()["cell"]], "prompt": ["a"], "image": [png("blue")]}), path)
    assert load(path)[0].images[0].read() == png("blue")


def test_unusual_column_types_say_the_same(folder):
    path = folder / "cases.parquet"
    counts = pa.struct([("counts", pa.map_(pa.string(), pa.int64()))])
    plain = pa.array([good()["cell"]] * 2)
    columns = {
        "cell": plain.dictionary_encode(),
        "prompt": pa.array(["a", "b"]).cast(pa.large_string()),
        "image": pa.array([png(), png("blue")], pa.large_binary()),
        "target": pa.array([{"counts": [("cat", 2)]}, {"counts": [("dog", 1), ("cat", None)]}], counts),
        "target.age": pa.array([Decimal("61.0"), Decimal("1.5")]),
        "note": pa.array([datetime(2026, 1, 31), None]),
    }
    pq.write_table(pa.table(columns), path)
    first, second = load(path)
    assert (first.target, second.target) == (
        {"counts": {"cat": 2}, "age": 61},
        {"counts": {"dog": 1}, "age": 1.5},
    )
    assert isinstance(first.target["age"], int)
    assert [each.images[0].read() for each in (first, second)] == [png(), png("blue")]
    pq.write_table(pa.table([plain, plain, plain], names=["cell", "prompt", "prompt"]), path)
    with pytest.raises(DataError, match="the column 'prompt' occurs twice"):
        load(path)


def test_the_case_of_a_files_ending_does_not_matter(folder):
    jsonl(folder, good(prompt="one"), name="A.JSONL")
    assert [case.prompt for case in load(folder / "A.JSONL")] == ["one"]
    assert [case.prompt for case in load(folder)] == ["one"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "the data has no rows"),
        ("cell,prompt\n", "the data has no rows"),
        ("cell,prompt,prompt\na,b,c\n", "the column 'prompt' occurs twice"),
        ("cell;prompt\na;b\n", "separated by ';'.*save the file with commas"),
        ("prompt\tcell\na\tb\n", r"separated by '\\t'"),
        ("hallucination/i2t/natural/count,How many?\n", "the first line has no column 'cell'"),
    ],
)
def test_malformed_tables(folder, content, what):
    (folder / "cases.csv").write_text(content)
    with pytest.raises(DataError, match=what):
        load(folder / "cases.csv")


def test_a_folder_of_files_and_one_scenario_of_it(folder):
    jsonl(folder, good(prompt="one"), name="a.jsonl")
    jsonl(folder, good(prompt="two"), {"cell": "safety/t2i/vanilla/a", "prompt": "three"}, name="b.jsonl")
    (folder / "readme.txt").write_text("not data")
    assert [case.prompt for case in load(folder)] == ["one", "two", "three"]
    (folder / "results").mkdir()
    pq.write_table(pa.table({"x": [1]}), folder / "results" / "old.parquet")  # a subfolder is no copy of the hub
    assert len(load(folder)) == 3
    # cells of the file that belong to scenarios not asked for are left alone, yet must be known
    source = FileSource(folder, {COUNT.address: COUNT, HARM.address: HARM})
    assert [case.prompt for case in source.cases([HARM], None)] == ["three"]


def test_limit_over_a_file(folder):
    path = jsonl(folder, *(good(prompt=f"{n}") for n in range(30)))
    assert len(load(path, limit=4)) == 4


FAR = "https://example.com/a.png"
TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image", "image": "pictures/red.png"}]},
    {"role": "assistant", "content": "I see."},
    {"role": "user", "content": "How many?"},
]


def talk(messages=TALK, **changes):
    return {"cell": good()["cell"], "messages": messages, **changes}


def test_a_conversation_in_every_kind_of_file(folder):
    record = talk(target={"counts": {"cat": 2}}, group="g")
    jsonl(folder, record, name="a.jsonl")
    with (folder / "b.csv").open("w", newline="") as file:
        row = [record["cell"], json.dumps(TALK), json.dumps(record["target"]), "g"]
        csv.writer(file).writerows([["cell", "messages", "target", "group"], row])
    said = [each["content"] for each in TALK]
    parts = [content if isinstance(content, list) else [{"type": "text", "text": content}] for content in said]
    messages = [{"role": each["role"], "content": content} for each, content in zip(TALK, parts, strict=True)]
    row = {**record, "target": json.dumps(record["target"]), "messages": messages}
    pq.write_table(pa.Table.from_pylist([row]), folder / "c.parquet")
    cases = load(folder)
    assert len({case.id for case in cases}) == 1
    for case in cases:
        assert [each.role for each in case.messages] == ["system", "user", "assistant", "user"]
        assert (case.prompt, case.system, case.group) == ("How many?", "Be brief.", "g")
        (image,) = case.images
        assert image.read() == png("red")
        assert case.conversation[1].images == (image,)


def test_one_question_is_the_same_case_in_either_form(folder):
    question = [TALK[0], {"role": "user", "content": [{"type": "image", "path": "pictures/red.png"}, "How many?"]}]
    written, plain = talk(question), good(prompt="How many?", image="pictures/red.png", system="Be brief.")
    one, other = load(jsonl(folder, written, plain))
    assert one == other
    assert one.id == other.id


def test_pictures_of_a_column_take_the_places_in_the_messages(folder):
    parts = [{"type": "text", "text": "Is"}, {"type": "image"}, {"type": "text", "text": "red?"}]
    question = [{"role": "user", "content": parts}]
    (case,) = load(jsonl(folder, talk(question, image="pictures/red.png")))
    assert [each.medium for each in case.messages[0].parts] == ["text", "image", "text"]


def test_a_conversation_with_a_picture_needs_a_modality_that_sends_it(folder):
    with pytest.raises(DataError, match=r"a t2i case sends no pictures.*column 'messages'.*leave the picture out"):
        load(jsonl(folder, talk(cell="safety/t2i/vanilla/a")))


def test_a_text_only_case_has_no_picture(folder):
    text = scenario("custom/t2t/plain")
    path = jsonl(folder, {"cell": "custom/t2t/plain/a", "prompt": "Hi", "image": "pictures/red.png"})
    with pytest.raises(DataError, match=r"a t2t case sends no pictures.*column 'image'.*such as i2t"):
        list(FileSource(path, {text.address: text}).cases([text], None))


BAD = {
    "both messages and a prompt": ("prompt", "either", talk(prompt="p")),
    "both messages and a system": ("system", "either", talk(system="s")),
    "expected a message of the assistant, got one of the user (message 2)": ("messages", "turns", talk([TALK[3]] * 2)),
    "the last message is not the user's (message 3)": ("messages", "end with", talk(TALK[:3])),
    "unknown role 'bot' (message 1)": ("messages", "system, user", talk([{"role": "bot", "content": "a"}])),
    "expected a list of messages, got a JSON object": ("messages", "role", talk({"role": "user", "content": "a"})),
    "this is not a JSON list:": ("messages", "role", talk("hello")),
    "there is no message": ("messages", "role", talk([])),
    "of the pictures given with the messages": ("messages", "type", talk(image="pictures/red.png")),
    "is outside /": (
        "messages",
        "keep images in",
        talk([{"role": "user", "content": ["What?", {"type": "image", "image": "../secret.png"}]}]),
    ),
    "no image 'https://example.com/a.png' (message 1, part 2)": (
        "messages",
        "nothing is fetched",
        talk([{"role": "user", "content": ["What?", {"type": "image_url", "image_url": {"url": FAR}}]}]),
    ),
    "unknown cell": (
        "cell",
        "did you mean hallucination/i2t/natural/count",
        good(cell="hallucination/i2t/natural/cuont"),
    ),
    "is not a cell": ("cell", "perspective/modality/scenario/task", good(cell="natural/count")),
    "unknown modality": ("cell", "t2i, i2t, t2t, it2i", good(cell="hallucination/i2i/natural/count")),
    "names no cell": ("cell", "four columns", {"prompt": "p", "perspective": "safety"}),
    "a case needs one task, not *": ("cell", "write the task", good(cell="safety/t2i/vanilla/*")),
    "expected text, got nothing": ("prompt", "fill it in", {"cell": good()["cell"]}),
    "text, got nothing": ("prompt", "fill it in", good(prompt="  ")),
    "expected text, got the value 3": ("prompt", "write it as text", good(prompt=3)),
    "expected text, got a list": ("group", "write it as text", good(group=[1])),
    "this is base64, not a path": ("image", "data:image/png;base64,", good(image=base64.b64encode(png()).decode())),
    "no image 'https": ("image", "network", good(image="https://example.com/a.png")),
    "unknown column": ("pormpt", "did you mean 'prompt'", good(pormpt="p")),
    "this is not JSON": ("target", '{"label": "cat"}', good(target="{'a': 1}")),
    "expected a JSON object, got a list": ("target", "JSON object", good(target=[1])),
    "twice": ("target.a", "keep one", good(target={"a": 1}, **{"target.a": 2})),
    "is outside": ("image", "keep images in", good(image="../secret.png")),
    "'/etc/passwd' is outside": ("image", "keep images in", good(image="/etc/passwd")),
    "'link.png' is outside": ("images", "keep images in", good(images=["link.png"])),
    "no image": ("image", "paths are relative", good(image="pictures/green.png")),
    "this is not a path": ("image", "path of an image", good(image="a\0b")),
    "not an image that can be read: 'cases.jsonl'": ("image", "whole PNG", good(image="cases.jsonl")),
    "not valid base64": ("image", "encode the file again", good(image="data:image/png;base64,@@@")),
    "names an image file but does not contain it": ("image", "embed", good(image={"path": "/etc/passwd"})),
    "this is not a recipe": ("recipe", "write [{", good(recipe=[{"parameters": {}}])),
    "too many images": ("images", "use at most 64", good(images=["pictures/red.png"] * 65)),
    "this is not a JSON list": ("images", "write", good(images="[pictures/red.png]")),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_records_name_file_line_column_and_hint(folder, what):
    column, hint, record = BAD[what]
    (folder.parent / "secret.png").write_bytes(png())
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    path = jsonl(folder, good(prompt="fine"), record)
    with pytest.raises(DataError) as caught:
        load(path)
    message = str(caught.value)
    assert what in caught.value.what
    assert hint in caught.value.hint
    assert "\n" not in message
    if column:
        assert caught.value.where == f"{path}, line 2, column {column!r}"
    bad = BadRows()
    cases = list(load_cases(COUNT, ALL, DataOptions(str(path), skip_bad=True), bad=bad))
    assert ([case.prompt for case in cases], bad.count) == (["fine"], 1)


@pytest.mark.parametrize(
    ("line", "what"),
    [('{"cell": ', "not a JSON object"), ("[1]", "not a JSON object"), ('{"a":' * 3000, "not a JSON object")],
)
def test_bad_json_lines(folder, line, what):
    path = jsonl(folder, good(), line)
    with pytest.raises(DataError, match=what) as caught:
        load(path)
    assert caught.value.where == f"{path}, line 2"
    assert len(load(path, skip_bad=True)) == 1


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"cell,prompt\nx,y,z\n", "more fields than the header"),
        (b'cell,prompt\n"x"y,z\n', "not CSV in UTF-8"),
        (b"cell,prompt\n\xff\xfe,y\n", "not CSV in UTF-8"),
    ],
)
def test_broken_csv(folder, content, what):
    (folder / "cases.csv").write_bytes(content)
    with pytest.raises(DataError, match=what) as caught:
        load(folder / "cases.csv")
    assert "cases.csv, line " in caught.value.where


def test_large_fields_of_csv_hold_pictures(folder):
    url = "data:image/bmp;base64," + base64.b64encode(bmp()).decode()
    (folder / "cases.csv").write_text(f'cell,prompt,image\n{good()["cell"]},p,"{url}"\n')
    assert load(folder / "cases.csv")[0].images[0].media_type == "image/bmp"


def bmp():
    data = io.BytesIO()
    Pil.new("RGB", (400, 200)).save(data, "BMP")  # 240 KB: more than the csv library takes by itself
    return data.getvalue()


def test_folders_without_data(folder):
    (folder / "pictures" / "deep.jsonl").write_text("")
    (folder / "cases.xml").write_text("<a/>")
    for path in (folder, folder / "cases.xml"):
        with pytest.raises(DataError, match=r"no readable data.*\.jsonl, \.json, \.csv, \.parquet"):
            load(path)
    (folder / "broken.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match="parquet file cannot be read"):
        load(folder / "broken.parquet")


def test_the_fingerprint_follows_the_content(folder):
    before = data_fingerprint([COUNT], DataOptions(str(jsonl(folder, good()))))
    after = data_fingerprint([COUNT], DataOptions(str(jsonl(folder, good(prompt="Other")))))
    assert before.startswith("cases.jsonl@sha256:")
    assert before != after
