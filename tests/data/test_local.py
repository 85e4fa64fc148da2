import socket
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mmdt.data.local import LocalCopy, find_copy, is_copy
from mmdt.errors import DataError, UsageError
from tests.hub_copy import REPOS, picture, rows_of, write_copy


@pytest.fixture
def tables():
    rows = [{"prompt": f"{number}", "image": f"{number}"} for number in range(5)]
    return {"safety": {"vanilla": rows, "jailbreak": rows[:2]}, "ood": {"Shake_": rows[:1]}}


def prompts(copy, config, split):
    return [row.text("prompt") for row in copy.rows(config, split)]


def test_every_split_of_the_hub_layout_is_read(hub_copy):
    for modality, repo in REPOS.items():
        copy = find_copy(hub_copy, repo)
        for config, splits in rows_of(modality).items():
            for split, rows in splits.items():
                read = list(copy.rows(config, split))
                assert len(read) == len(rows)
                assert str(read[-1].place) == f"{repo} {config}/{split}"
                assert [row.index for row in read] == list(range(len(rows)))


def test_plain_folders_and_shards(tables, tmp_path):
    folder = write_copy(tmp_path / "copy", tables)
    (folder / "README.md").unlink()
    shard = pa.table({"prompt": ["last"], "image": pa.array([picture("last")])})
    (folder / "safety/vanilla-00000-of-00001.parquet").rename(folder / "safety/vanilla-00000-of-00002.parquet")
    pq.write_table(shard, folder / "safety/vanilla-00001-of-00002.parquet")
    pq.write_table(shard, folder / "ood/Paraphrase_.parquet")
    copy = LocalCopy(folder)
    assert prompts(copy, "safety", "vanilla") == ["0", "1", "2", "3", "4", "last"]
    assert prompts(copy, "ood", "Shake_") == ["0"]
    assert prompts(copy, "ood", "Paraphrase_") == ["last"]


@pytest.mark.parametrize(
    ("data_files", "split"),
    [
        ("safety/vanilla-*", "train"),
        ("[safety/vanilla-*]", "train"),
        ("[{split: vanilla, path: [safety/vanilla-*]}]", "vanilla"),
        ("[{split: vanilla, path: 'safety/*.parquet'}]", "vanilla"),
    ],
)
def test_the_forms_of_data_files(tables, tmp_path, data_files, split):
    folder = write_copy(tmp_path, {"safety": {"vanilla": tables["safety"]["vanilla"]}})
    (folder / "README.md").write_text(f"---\nconfigs:\n- config_name: safety\n  data_files: {data_files}\n---\n")
    assert prompts(LocalCopy(folder), "safety", split) == list("01234")


def test_where_a_copy_is_found(tables, tmp_path):
    repo = "AI-Secure/MMDecodingTrust-T2I"
    for place in ("AI-Secure/MMDecodingTrust-T2I", "MMDecodingTrust-T2I"):
        write_copy(tmp_path / place.replace("/", "_") / place, tables)
        assert find_copy(tmp_path / place.replace("/", "_"), repo).name == repo
    here = write_copy(tmp_path / "mine", tables)
    assert find_copy(here, repo).folder == here
    with pytest.raises(
        UsageError, match=r"no copy of AI-Secure/MMDecodingTrust-I2T here.*use the folder that contains both copies"
    ):
        find_copy(tmp_path / "MMDecodingTrust-T2I" / "MMDecodingTrust-T2I", "AI-Secure/MMDecodingTrust-I2T")
    with pytest.raises(UsageError, match=r"no copy.*download one to"):
        find_copy(tmp_path, repo)
    assert not is_copy(tmp_path / "absent")


def test_unknown_config_and_split_list_the_known_ones(tables, tmp_path):
    copy = LocalCopy(write_copy(tmp_path, tables))
    with pytest.raises(DataError, match=r"no configuration 'adv'.*use one of: ood, safety"):
        next(copy.rows("adv", "object"))
    with pytest.raises(DataError, match=r"no split 'transformed'.*use one of: jailbreak, vanilla"):
        next(copy.rows("safety", "transformed"))


@pytest.mark.parametrize(
    ("readme", "what"),
    [
        ("---\nconfigs:\n- config_name: a\n  data_files: ../secret/*.parquet\n---\n", "is outside the folder"),
        ("---\nconfigs:\n- config_name: a\n  data_files: /etc/*.parquet\n---\n", "is outside the folder"),
        ("---\nconfigs:\n- config_name: a\n  data_dir: ..\n  data_files: '*.parquet'\n---\n", "is outside"),
        ("---\nconfigs: {a: 1}\n---\n", "configs is not a list"),
        ("---\nconfigs: [1]\n---\n", "has no config_name"),
        ("---\nconfigs:\n- config_name: a\n  data_files: [{split: 3}]\n---\n", "malformed data_files"),
        ("---\nconfigs: [a: b: c\n---\n", "not YAML"),
        ("---\nconfigs: !!python/object/apply:os.getcwd []\n---\n", "not YAML"),
    ],
)
def test_a_bad_header_is_an_error(tmp_path, readme, what):
    (tmp_path / "README.md").write_text(readme)
    with pytest.raises(DataError, match=what) as caught:
        LocalCopy(tmp_path)
    assert "README.md" in caught.value.where


def test_damaged_parquet_is_an_error(tables, tmp_path):
    folder = write_copy(tmp_path, tables)
    path = folder / "safety/vanilla-00000-of-00001.parquet"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match="parquet file cannot be read") as caught:
        list(LocalCopy(folder).rows("safety", "vanilla"))
    assert caught.value.where == str(path)


def test_the_fingerprint_follows_the_content(tables, tmp_path):
    first, second = (LocalCopy(write_copy(tmp_path / name, tables)) for name in "ab")
    assert first.fingerprint([("safety", "vanilla")]) == second.fingerprint([("safety", "vanilla")])
    assert first.fingerprint([("safety", "vanilla")]) != first.fingerprint([("safety", "jailbreak")])
    write_copy(tmp_path / "b", tables, seed=1)
    assert first.fingerprint([("safety", "vanilla")]) != second.fingerprint([("safety", "vanilla")])


def test_no_network_no_cache_no_datasets_library(tables, tmp_path, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a local copy touches the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setitem(sys.modules, "datasets", None)
    folder = write_copy(tmp_path / "copy", tables)
    before = sorted(tmp_path.rglob("*"))
    assert len(list(LocalCopy(folder).rows("safety", "vanilla"))) == 5
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_the_datasets_library_reads_the_same(hub_copy, tmp_path):
    """The copy is what the library itself would write: it loads, with pictures as pictures."""
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    repo = REPOS["i2t"]
    theirs = datasets.load_dataset(
        str(hub_copy / repo.split("/")[1]), "safety", split="typography", cache_dir=str(tmp_path)
    )
    ours = list(find_copy(hub_copy, repo).rows("safety", "typography"))
    assert isinstance(theirs.features["image"], datasets.Image)
    assert [row["prompts"] for row in theirs] == [row.text("prompts") for row in ours]
    assert [row["image"].tobytes() for row in theirs] == [row.image("image").pil().tobytes() for row in ours]
