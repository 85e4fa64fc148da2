"""Which files are in which split: by the README, by the names of files; shards, and pictures that rows name."""

import io
import json
import zipfile

import pytest

from mmdt.data.layout import read_layout
from mmdt.data.load import DataOptions, open_source
from mmdt.data.local import LocalCopy, find_copy
from mmdt.data.published import PublishedSource
from mmdt.errors import DataError
from tests.hub_copy import picture, write_table

ROWS = [{"id": "1", "image": "a"}, {"id": "2", "image": "b"}]


def splits(names, readme=None):
    layout = read_layout(names, readme, "here")
    return {(config, split): files.names for config, found in layout.items() for split, files in found.items()}


@pytest.mark.parametrize(
    ("name", "config", "split"),
    [
        ("safety/vanilla-00000-of-00001.parquet", "safety", "vanilla"),
        ("safety/vanilla.json", "safety", "vanilla"),
        ("data/safety/vanilla.jsonl", "safety", "vanilla"),
        ("safety/vanilla/0000.parquet", "safety", "vanilla"),
        ("data/train-00000-of-00001.parquet", "default", "train"),
        ("train.json", "default", "train"),
        ("train/part-0.parquet", "default", "train"),
    ],
)
def test_names_of_files_say_the_split(name, config, split):
    assert splits([name, "label_sum.csv", ".hidden/x.json"]) == {(config, split): (name,)}


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ("data_files: [{split: a, path: 'x/**'}]", {("c", "a"): ("x/1.json", "x/y/2.parquet")}),
        ("data_files: [{split: a, path: ['x/*', 'z.jsonl']}]", {("c", "a"): ("x/1.json", "z.jsonl")}),
        ("data_files: 'x/{1,7}.json'", {("c", "train"): ("x/1.json",)}),
        ("data_dir: x\n  data_files: '*.json'", {("c", "train"): ("x/1.json",)}),
        ("data_dir: x/y", {("c", "2"): ("x/y/2.parquet",)}),
        ("data_files: [{split: a, path: none.parquet}]", {("c", "a"): ()}),
    ],
)
def test_a_readme_says_the_splits(entry, found):
    readme = f"---\nconfigs:\n- config_name: c\n  {entry}\n---\n"
    assert splits(["x/1.json", "x/y/2.parquet", "z.jsonl"], readme) == found


def test_braces_that_multiply_are_refused():
    readme = "---\nconfigs:\n- config_name: c\n  data_files: '" + "{a,b,c,d}" * 12 + "'\n---\n"
    with pytest.raises(DataError, match="too many alternatives"):
        read_layout(["a"], readme, "here")


def test_a_shard_that_is_missing_is_an_error(tmp_path):
    (tmp_path / "safety").mkdir()
    write_table(tmp_path / "safety" / "vanilla-00000-of-00002.parquet", ROWS)
    with pytest.raises(DataError, match="only 1 of the 2 files"):
        list(LocalCopy(tmp_path).rows("safety", "vanilla"))
    write_table(tmp_path / "safety" / "vanilla-00001-of-00002.parquet", ROWS)
    rows = list(LocalCopy(tmp_path).rows("safety", "vanilla"))
    assert [row.index for row in rows] == [0, 1, 2, 3]


def test_json_without_a_readme_is_read_in_a_folder_with_the_name_of_the_dataset(tmp_path):
    for name, known in (("MMDecodingTrust-T2I", True), ("my_cases", False)):
        folder = tmp_path / name / "ood"
        folder.mkdir(parents=True)
        (folder / "Shake_.json").write_text(json.dumps([{"id": "1"}]), encoding="utf-8")
        assert (
            isinstance(open_source(str(tmp_path / name), DataOptions(str(tmp_path / name))), PublishedSource) is known
        )
    assert len(list(find_copy(tmp_path, "AI-Secure/MMDecodingTrust-T2I").rows("ood", "Shake_"))) == 1


def test_a_table_of_labels_does_not_make_a_copy_a_folder_of_ones_own(tmp_path):
    folder = tmp_path / "MMDecodingTrust-I2T"
    (folder / "privacy").mkdir(parents=True)
    write_table(folder / "privacy" / "street_view-00000-of-00001.parquet", ROWS)
    (folder / "label_sum.csv").write_text("image_index\n1\n")
    assert isinstance(open_source(str(folder), DataOptions(str(folder))), PublishedSource)


def write_rows_that_name(folder, image):
    (folder / "privacy").mkdir(parents=True)
    (folder / "privacy" / "laion_1k.jsonl").write_text(json.dumps({"image": image}), encoding="utf-8")
    return folder


def only_row(folder):
    (row,) = LocalCopy(folder, f"x/{folder.name}").rows("privacy", "laion_1k")
    return row


@pytest.mark.parametrize("named", ["p/1.png", {"bytes": None, "path": "p/1.png"}])
@pytest.mark.parametrize("place", ["privacy/p/1.png", "p/1.png"])
def test_pictures_in_files_that_rows_name(tmp_path, named, place):
    folder = write_rows_that_name(tmp_path / "copy", named)
    (folder / place).parent.mkdir(exist_ok=True)
    (folder / place).write_bytes(picture("one")["bytes"])
    assert only_row(folder).image("image").read() == picture("one")["bytes"]


@pytest.mark.parametrize("member", ["p/1.png", "pictures/p/1.png", "privacy/p/1.png"])
def test_pictures_in_archives(tmp_path, member):
    folder = write_rows_that_name(tmp_path / "copy", "p/1.png")
    with zipfile.ZipFile(folder / "pictures.zip", "w") as archive:
        archive.writestr(member, picture("one")["bytes"])
    assert only_row(folder).image("image").read() == picture("one")["bytes"]


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "p/2.png", "p\\..\\..\\secret.png"])
def test_a_row_cannot_name_files_outside_the_dataset(tmp_path, name):
    (tmp_path / "secret.png").write_bytes(picture("secret")["bytes"])
    folder = write_rows_that_name(tmp_path / "copy", name)
    with pytest.raises(DataError, match="the dataset has no image"):
        only_row(folder).image("image")


def test_damaged_and_huge_archives(tmp_path):
    folder = write_rows_that_name(tmp_path / "copy", "1.png")
    (folder / "pictures.zip").write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(DataError, match="the archive cannot be read"):
        only_row(folder).image("image")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("1.png", "w") as member:
        for _ in range(120):
            member.write(bytes(1 << 20))
    (folder / "pictures.zip").write_bytes(bomb.getvalue())
    with pytest.raises(DataError, match="too large"):
        only_row(folder).image("image")
