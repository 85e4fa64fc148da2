"""Rows as the real data holds them: JSON copies, the third repository, labels in a table, directions apart."""

import base64
import json

import pytest

from mmdt import plugins
from mmdt.core.cell import Cell, Selection
from mmdt.data.hub import explained
from mmdt.data.json_rows import json_rows
from mmdt.data.load import DataOptions, load_cases
from mmdt.data.local import LocalCopy
from mmdt.data.people import classes_named
from mmdt.errors import DataError
from tests.hub_copy import picture, write_copy

README = """---
configs:
- config_name: ood
  data_files:
  - split: Shake_
    path: ood/shake.json
  - split: original
    path: ood/original.jsonl
---
"""


def cases_of(address, folder):
    return list(load_cases(plugins.scenarios()[address], Selection(), DataOptions(str(folder))))


def write_json_copy(folder, rows, original=()):
    (folder / "ood").mkdir(parents=True)
    (folder / "README.md").write_text(README, encoding="utf-8")
    (folder / "ood" / "shake.json").write_text(json.dumps(rows), encoding="utf-8")
    (folder / "ood" / "original.jsonl").write_text("\n".join(map(json.dumps, original)), encoding="utf-8")


HELP = {"id": "7", "task": "helpfulness", "meta_prompt": "prithee", "vanilla_prompt": "unused", "objects": None}


def test_a_copy_in_json_and_the_plain_prompt_of_the_original(tmp_path):
    folder = tmp_path / "MMDecodingTrust-T2I"
    write_json_copy(folder, [HELP], [HELP | {"meta_prompt": "the plain words"}])
    case, *others = cases_of("ood/t2i/Shake_", tmp_path)
    assert not others and (case.prompt, case.target) == ("prithee", {"prompt": "unused"})
    assert case.columns["plain_prompt"] == "the plain words"


@pytest.mark.parametrize(
    "text", ['[{"a": 1}, {"a": 2}]', '{"a": 1}\n{"a": 2}\n', '{"a": [1, 2]}', '{"data": [{"a": 1}, {"a": 2}]}']
)
def test_the_forms_of_json(tmp_path, text):
    path = tmp_path / "rows.json"
    path.write_text(text, encoding="utf-8")
    assert list(json_rows(path)) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("text", ["[1]", "{", '{"a": 1}\nnot json'])
def test_what_is_no_rows_of_json(tmp_path, text):
    path = tmp_path / "rows.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError):
        list(json_rows(path))


def test_files_that_the_readme_names_and_that_are_missing(tmp_path):
    write_json_copy(tmp_path / "copy", [HELP])
    (tmp_path / "copy" / "ood" / "shake.json").unlink()
    with pytest.raises(DataError, match="none of them is there"):
        list(LocalCopy(tmp_path / "copy").rows("ood", "Shake_"))


def test_training_pictures_are_in_a_repository_of_their_own(tmp_path):
    rows = [{"idx": 3, "prompt": "a hill", "image": "hill"}]
    write_copy(tmp_path / "MMDecodingTrust-T2I-Privacy", {"privacy": {"laion_1k": rows}})
    (case,) = cases_of("privacy/t2i/training", tmp_path)
    assert case.target == {"index": "3"} and len(case.images) == 1


STREETS = [
    {"id": f"index_{place}_{side}", "type_street_view": "group_image_text", "image": f"{place} {side}"}
    for side in (2, 1, 4, 3)
    for place in (9, 11)
]
TABLE = (
    "image_index,country,state_province,city,zipcode\n9,Canada,Ontario,Toronto,M4M 3H6\n11,Japan,Tokyo,Tokyo,135-0061\n"
)


def write_streets(folder):
    write_copy(folder / "MMDecodingTrust-I2T", {"privacy": {"street_view": STREETS}})


def test_labels_come_from_a_table_and_directions_may_be_apart(tmp_path):
    write_streets(tmp_path)
    (tmp_path / "MMDecodingTrust-I2T" / "label_sum.csv").write_text(TABLE, encoding="utf-8")
    cases = cases_of("privacy/i2t/location", tmp_path)
    labels = [case.target["label"] for case in cases if case.target["granularity"] == "zip"]
    assert labels == ["M4M 3H6", "135-0061"]
    pictures = [base64.b64encode(image.read()) for image in cases[0].images]
    expected = [base64.b64encode(picture(f"9 {side}")["bytes"]) for side in (1, 2, 3, 4)]
    assert pictures == expected


def test_the_table_may_be_beside_the_copies(tmp_path):
    write_streets(tmp_path)
    (tmp_path / "label_sum.csv").write_text(TABLE.replace("9,", "index_9,", 1), encoding="utf-8")
    assert len(cases_of("privacy/i2t/location", tmp_path)) == 8


def test_the_user_names_the_table(tmp_path, monkeypatch):
    write_streets(tmp_path / "data")
    (tmp_path / "mine.csv").write_text(TABLE.replace("image_index", "place"), encoding="utf-8")
    monkeypatch.setenv("MMDT_LABELS", str(tmp_path / "mine.csv"))
    assert len(cases_of("privacy/i2t/location", tmp_path / "data")) == 8


def test_rows_without_labels_and_no_table(tmp_path):
    write_streets(tmp_path)
    with pytest.raises(DataError, match=r"no table that has them.*label_sum.csv"):
        cases_of("privacy/i2t/location", tmp_path)


def test_a_gated_dataset_says_so():
    class GatedRepoError(Exception):
        pass

    found = explained(GatedRepoError("403"), "AI-Secure/MMDecodingTrust-I2T", "safety", "")
    assert "gated" in str(found) and "huggingface.co/datasets/AI-Secure/MMDecodingTrust-I2T" in str(found)


@pytest.mark.parametrize(
    ("attribute", "text", "classes"),
    [
        ("race", "South Asian", ["indian"]),
        ("race", "East Asian", ["asian"]),
        ("race", "European", ["white"]),
        ("race", "Hispanic", []),
        ("race", "White, Black", ["white", "black"]),
        ("age", "45", ["old"]),
        ("age", "39 years", ["young"]),
        ("age", "middle-aged", ["old"]),
        ("age", "middle_aged", ["old"]),
        ("age", "in his 40s", ["old"]),
        ("age", "20-29", ["young"]),
        ("age", "35-45", ["young", "old"]),
        ("gender", "Female", ["female"]),
    ],
)
def test_one_vocabulary_of_people(attribute, text, classes):
    assert classes_named(attribute, text) == classes


def test_the_authors_names_select_too():
    assert Selection.of("adv/t2i").matches(Cell("adversarial", "t2i", "attack", "object"))
    assert Selection.of("hallucination/*/cooccurrence").matches(
        Cell("hallucination", "i2t", "cooccurrence_low_cooc", "count")
    )
    assert Selection.of("cooccurrence").matches(Cell("hallucination", "t2i", "cooccurrence_high_cooc", "count"))
    assert not Selection.of("cooccurrence").matches(Cell("hallucination", "t2i", "natural", "count"))
    assert Selection.of("adv/i2t/object").matches(Cell("adversarial", "i2t", "attack", "object"))
    assert not Selection.of("adv/i2t/object").matches(Cell("adversarial", "i2t", "attack", "spatial"))
    assert not Selection.of("adv").matches(Cell("ood", "t2i", "Shake_", "count"))
