"""A seal commits to every case and says nothing of any; a proof shows one case; damage is found."""

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.attacks import Behaviour, make_cases, save_cases
from mmdt.cli import main
from mmdt.core.cell import Selection
from mmdt.data.load import DataOptions, load_cases
from mmdt.data.splits import merkle
from mmdt.data.splits.check import check_split, read_commitment
from mmdt.data.splits.lock import _unpacked, lock, unlock
from mmdt.data.splits.proof import check_proof, reveal
from mmdt.data.splits.seal import Commitment, seal
from mmdt.errors import DataError, UsageError
from mmdt.plugins import scenarios
from tests.tiny import need

WORDS = ("gnomes", "hedgehog", "socks", "jam", "bicycle")
MINE = [Behaviour("garden", f"paint the {word} of the park blue") for word in WORDS]


@pytest.fixture
def split(tmp_path: Path) -> Path:
    cases = [*make_cases(MINE, "i2t", "typography+role-play", seed=3), *make_cases(MINE, "i2t", "base64", seed=3)]
    save_cases(cases, tmp_path / "split")
    return tmp_path / "split"


def test_a_commitment_says_how_many_and_nothing_of_what(split: Path) -> None:
    found = seal(split)
    assert (found.cases, found.pictures) == (10, 5)
    assert found.recipes == {"base64": 5, "typography+role-play": 5}
    text = (split / "seal/commitment.json").read_text()
    assert not [word for word in (*WORDS, "park", "blue") if word in text]
    assert read_commitment(split) == found == read_commitment(split / "seal/commitment.json")
    assert check_split(split) == (found, ())
    with pytest.raises(DataError, match="sealed already"):
        seal(split)


def test_a_guess_cannot_be_checked_without_the_salts(split: Path) -> None:
    other = split.parent / "other"
    shutil.copytree(split, other)
    assert seal(split).root != seal(other).root, "the same cases have another root each time"


def _line_changed(folder: Path) -> None:
    path = folder / "cases.jsonl"
    path.write_text(path.read_text().replace("park", "bark", 1))


def _line_lost(folder: Path) -> None:
    path = folder / "cases.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))


def _order_changed(folder: Path) -> None:
    path = folder / "cases.jsonl"
    path.write_text("".join(reversed(path.read_text().splitlines(keepends=True))))


def _picture_changed(folder: Path) -> None:
    path = sorted((folder / "pictures").iterdir())[0]
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def _picture_lost(folder: Path) -> None:
    sorted((folder / "pictures").iterdir())[0].unlink()


def _secret_changed(folder: Path) -> None:
    (folder / "seal/private.json").write_text(json.dumps({"secret": "00" * 32}))


def _counts_changed(folder: Path) -> None:
    path = folder / "seal/commitment.json"
    path.write_text(path.read_text().replace('"cases": 10', '"cases": 11'))


DAMAGE = (
    _line_changed,
    _line_lost,
    _order_changed,
    _picture_changed,
    _picture_lost,
    _secret_changed,
    _counts_changed,
)


@pytest.mark.parametrize("damage", DAMAGE)
def test_whatever_changes_is_found(split: Path, damage) -> None:
    published = seal(split)
    damage(split)
    assert check_split(split, published)[1]


def test_a_commitment_of_others_is_not_this_one(split: Path) -> None:
    published = seal(split)
    assert "not the published one" in check_split(split, replace(published, root="00" * 32))[1][0]
    assert check_split(split, replace(published, cases=9, bytes=1))[1][0].endswith("differ in cases, bytes")


def test_a_revealed_case_is_proved_and_can_be_asked(split: Path, tmp_path: Path) -> None:
    published = seal(split)
    for number in range(1, 11):
        proof = reveal(split, number, tmp_path / f"case-{number}")
        assert check_proof(tmp_path / f"case-{number}", published) == (proof, ())
    (case,) = load_cases(scenarios()["safety/i2t/jailbreak"], Selection(), DataOptions(str(tmp_path / "case-2")))
    assert "hedgehog" in case.target["behaviour"]
    seen = "".join(path.read_text("latin-1") for path in (tmp_path / "case-2").rglob("*") if path.is_file())
    assert not [word for word in WORDS if word in seen and word != "hedgehog"], "nothing of the others"
    with pytest.raises(UsageError, match="use 1 to 10"):
        reveal(split, 11, tmp_path / "eleven")


def test_a_proof_of_another_case_shows_nothing(split: Path, tmp_path: Path) -> None:
    published = seal(split)
    reveal(split, 2, tmp_path / "two")
    reveal(split, 3, tmp_path / "three")
    (tmp_path / "two/cases.jsonl").write_bytes((tmp_path / "three/cases.jsonl").read_bytes())
    shutil.copytree(tmp_path / "three/pictures", tmp_path / "two/pictures", dirs_exist_ok=True)
    assert "not one of those" in check_proof(tmp_path / "two", published)[1][0]
    assert "not one of those" in check_proof(tmp_path / "three", replace(published, root="11" * 32))[1][0]


def test_nothing_is_revealed_of_a_split_that_changed(split: Path, tmp_path: Path) -> None:
    seal(split)
    _line_changed(split)
    with pytest.raises(DataError, match="not what was sealed"):
        reveal(split, 1, tmp_path / "one")


@given(st.lists(st.binary(max_size=9), min_size=1, max_size=40), st.data())
def test_every_path_leads_to_the_root_and_no_other_leaf_does(leaves: list[bytes], data: st.DataObject) -> None:
    hashes = [merkle.leaf(each) for each in leaves]
    place = data.draw(st.integers(0, len(leaves) - 1))
    path, root = merkle.path(hashes, place), merkle.root(hashes)
    assert merkle.climb(hashes[place], place, path) == root
    assert merkle.climb(merkle.leaf(leaves[place] + b"x"), place, path) != root


def test_the_tree_is_that_of_rfc_6962() -> None:
    """Test vectors of certificate-transparency-go: inputs and the root over the first seven and all eight of them."""
    inputs = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
    hashes = [merkle.leaf(bytes.fromhex(each)) for each in inputs]
    assert merkle.root(hashes[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root(hashes[:7]).hex() == "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    assert merkle.root(hashes).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def patiently(decrypt: Callable[[], object]) -> None:
    """age refuses work that takes long at the speed it measures, which is low while other tests run."""
    for _ in range(20):
        try:
            decrypt()
            return
        except DataError as error:
            if "busy" not in str(error):
                raise
    pytest.skip("this machine is too busy")


def test_an_encrypted_split_comes_back_whole(split: Path, tmp_path: Path) -> None:
    need("pyrage")
    published = seal(split)
    (split / "diary.txt").write_text("not part of the split")
    lock(split, tmp_path / "split.age", "four words of sense")
    data = (tmp_path / "split.age").read_bytes()
    assert data.startswith(b"age-encryption.org/v1")
    assert not [word for word in WORDS if word.encode() in data]
    patiently(lambda: unlock(tmp_path / "split.age", tmp_path / "back", "four words of sense"))
    assert check_split(tmp_path / "back", published) == (published, ())
    assert not (tmp_path / "back/diary.txt").exists()
    with pytest.raises(DataError, match="check the passphrase"):
        patiently(lambda: unlock(tmp_path / "split.age", tmp_path / "no", "four words of nonsense"))
    assert not (tmp_path / "no").exists()
    with pytest.raises(UsageError, match="fewer than 10"):
        lock(split, tmp_path / "short.age", "short")


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil", "pictures/evil.sh", "seal/../../evil", "cases.jsonl/x"])
def test_an_archive_that_holds_anything_else_is_not_unpacked(tmp_path: Path, name: str) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 4
        archive.addfile(entry, io.BytesIO(b"evil"))
    with pytest.raises(DataError, match="belongs to no split"):
        _unpacked(packed.getvalue(), tmp_path / "evil.age")


@given(st.binary(max_size=200))
def test_damaged_commitments_and_proofs_are_errors_of_data(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "seal").mkdir()
        for name in ("commitment.json", "proof.json", "private.json"):
            (path / "seal" / name).write_bytes(data)
        for read in (read_commitment, check_proof):
            try:
                msgspec.json.decode(data, type=Commitment)
            except (msgspec.DecodeError, UnicodeError):
                with pytest.raises(DataError):
                    read(path)


@pytest.fixture
def mmdt(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return ended.value.code, capsys.readouterr()

    return call


def test_a_run_records_what_was_sealed_and_refuses_anything_else(mmdt, split: Path, tmp_path: Path) -> None:
    assert mmdt("attacks", "seal", split)[0] == 0
    shutil.copyfile(split / "seal/commitment.json", tmp_path / "public.json")
    root = read_commitment(tmp_path / "public.json").root
    code, said = mmdt("run", "organism/demo", "--data", split, "--judge", "organism/demo", "-o", "r")
    assert "sealed under the root" in " ".join(said.out.split())
    assert root in json.loads((tmp_path / "r/manifest.json").read_text())["data"]["commitments"].values()
    assert mmdt("verify", "r", "--commitment", "public.json")[0] == 0
    other = json.loads((tmp_path / "public.json").read_text()) | {"root": "ab" * 32}
    (tmp_path / "other.json").write_text(json.dumps(other))
    code, said = mmdt("verify", "r", "--commitment", "other.json")
    assert code == 1 and "did not use the split" in said.out and "NOT THIS SPLIT" in said.out
    _line_changed(split)
    code, said = mmdt("run", "organism/demo", "--data", split, "--out", "r2")
    assert code == 2 and "not what was sealed" in said.err
    assert not (tmp_path / "r2").exists()


def test_the_verbs_from_rows_to_a_proof(mmdt, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "mine.csv").write_text("behaviour\npaint the gnomes\nhide the socks\n")
    (tmp_path / "r.toml").write_text('name = "x"\ndata = "mine.csv"\n[[make]]\nattacks = "base64"\n')
    assert mmdt("attacks", "make", "--recipe", "r.toml", "--out", "s")[0] == 2
    monkeypatch.setenv("MMDT_SPLIT_SEED", "from the environment")
    code, said = mmdt("attacks", "make", "--recipe", "r.toml", "--out", "s", "--json")
    assert code == 0 and json.loads(said.out)["made"] == {"base64": 2}
    code, said = mmdt("verify", "s")
    assert code == 2 and "the split is not sealed" in said.err and "mmdt attacks seal" in said.err
    assert mmdt("attacks", "seal", "s", "--json")[0] == 0
    assert mmdt("verify", "s")[0] == 0
    assert mmdt("attacks", "reveal", "s", "--case", "2", "--out", "p")[0] == 0
    code, said = mmdt("verify", "p", "--commitment", "s/seal/commitment.json", "--json")
    assert code == 0 and json.loads(said.out)["ok"] is True
    assert mmdt("verify", "s", "--sign", "key")[0] == 2
    monkeypatch.setenv("MMDT_SPLIT_PASSPHRASE", "short")
    assert mmdt("attacks", "encrypt", "s", "--out", "s.age")[0] == 2
    (tmp_path / "s/cases.jsonl").write_text("{}\n")
    code, said = mmdt("verify", "s")
    assert code == 1 and "NOT AS SEALED" in said.out
