"""A signature says who vouched for a run's root: any later change, and any other key, shows."""

import re
import shutil
import sqlite3
import stat
from pathlib import Path

import minisign
import pytest

import mmdt
from mmdt.cli import main
from mmdt.engine.store.digests import COLUMNS, row_digest
from mmdt.runs import manifest as manifests
from mmdt.runs.integrity.sealing import sealed
from mmdt.runs.people.labels import Label, LabelFile

PASSWORD = "a long pass phrase"  # noqa: S105


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "run"
    assert mmdt.run("organism/demo", select=("privacy/i2t/pii",), size=4, out=folder).complete
    return folder


@pytest.fixture
def folder(whole, tmp_path):
    return Path(shutil.copytree(whole, tmp_path / "run"))


def pair(folder, name, password=""):
    """A new pair of keys in files; returns the secret one's and the public one's."""
    made = minisign.KeyPair.generate()
    if password:
        made.secret_key.encrypt(password, opslimit=32768, memlimit=16777216)
    secret, public = folder / f"{name}.key", folder / f"{name}.pub"
    secret.write_bytes(bytes(made.secret_key) + b"\n")
    public.write_bytes(bytes(made.public_key) + b"\n")
    return secret, public


@pytest.fixture
def keys(tmp_path):
    return pair(tmp_path, "mine")


@pytest.fixture
def verify(folder, capsys):
    def call(*options):
        with pytest.raises(SystemExit) as ended:
            main(["verify", str(folder), *map(str, options)])
        said = capsys.readouterr()
        return ended.value.code, said.out + said.err

    return call


def test_a_signed_run_is_recognised_by_the_key_and_its_text(folder, keys, verify):
    secret, public = keys
    code, said = verify("--sign", secret)
    assert code == 0 and "signed: root.txt.minisig" in said
    root = re.search("root: ([0-9a-f]{64})", said)[1]
    assert (folder / "root.txt").read_text() == f"{root}\n"
    signature = minisign.Signature.from_file(folder / "root.txt.minisig")
    minisign.PublicKey.from_file(public).verify((folder / "root.txt").read_bytes(), signature)  # without mmdt
    assert "run" in signature.trusted_comment
    assert all(stat.S_IMODE((folder / name).stat().st_mode) == 0o600 for name in ("root.txt", "root.txt.minisig"))
    code, said = verify("--public-key", public)
    assert code == 0 and "is by this key" in said
    assert mmdt.verify(folder, public_key=public.read_text().splitlines()[1]).signed
    assert mmdt.verify(folder).ok and mmdt.open_run(folder).complete


def rewritten(folder):
    """Edit a verdict and make every digest and the root again, as an attacker with mmdt would."""
    with sqlite3.connect(folder / "store.sqlite") as db:
        columns = ", ".join(COLUMNS["outputs"])
        for row in db.execute(f"SELECT rowid, {columns} FROM outputs").fetchall():  # noqa: S608
            body = row[-1].replace("the", "The")
            digest = row_digest("outputs", (*row[1:-1], body))
            db.execute("UPDATE outputs SET body = ?, digest = ? WHERE rowid = ?", (body, digest, row[0]))
    db.close()
    from mmdt.engine.store.store import Store

    with Store.open(folder, write=True) as store:
        manifests.write(folder, sealed(manifests.read(folder), store))


def test_a_run_that_was_rewritten_with_all_its_digests_is_not_what_was_signed(folder, keys, verify):
    verify("--sign", keys[0])
    rewritten(folder)
    assert verify()[0] == 0, "without the signature nobody can tell"
    code, said = verify("--public-key", keys[1])
    assert code == 1 and "NOT SIGNED" in said and "this key signed another root" in said


def test_another_key_a_damaged_signature_and_none_are_told_apart(folder, keys, tmp_path, verify):
    _, other = pair(tmp_path, "other")
    code, said = verify("--public-key", other)
    assert code == 1 and "signature: root.txt.minisig: there is none" in said
    verify("--sign", keys[0])
    assert "it was not made with this key" in verify("--public-key", other)[1]
    path = folder / "root.txt.minisig"
    path.write_bytes(path.read_bytes()[:-30])
    assert "it is damaged" in verify("--public-key", keys[1])[1]
    path.write_bytes(b"\0" * 1_000_000)
    assert "it is damaged" in verify("--public-key", keys[1])[1]


def test_a_damaged_run_is_not_signed(folder, keys, verify):
    with sqlite3.connect(folder / "store.sqlite") as db:
        db.execute("UPDATE outputs SET body = replace(body, 'a', 'b')")
    db.close()
    code, said = verify("--sign", keys[0])
    assert code == 1 and "not signed" in said and not (folder / "root.txt.minisig").exists()


def test_an_encrypted_key_needs_its_password(folder, tmp_path, verify, monkeypatch):
    secret, public = pair(tmp_path, "locked", PASSWORD)
    monkeypatch.setenv("MMDT_SIGNING_PASSWORD", "another")
    code, said = verify("--sign", secret)
    assert code == 2 and "the password does not open the key" in said
    monkeypatch.setenv("MMDT_SIGNING_PASSWORD", PASSWORD)
    assert verify("--sign", secret)[0] == 0 and verify("--public-key", public)[0] == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--sign", "no.key"), "the file cannot be read"),
        (("--sign", "mine.pub"), "not a secret key of minisign"),
        (("--public-key", "mine.key"), "not a public key of minisign"),
        (("--public-key", "hello"), "not a public key of minisign"),
        (("--sign", "mine.key", "--public-key", "mine.pub"), "call mmdt verify twice"),
    ],
)
def test_what_is_no_key_is_an_error(folder, keys, tmp_path, verify, monkeypatch, options, words):
    monkeypatch.chdir(tmp_path)
    code, said = verify(*options)
    assert code == 2 and words in said and "Traceback" not in said
    assert not (folder / "root.txt").exists()


def test_a_replaced_run_takes_its_signature_with_it(folder, keys, verify):
    verify("--sign", keys[0])
    mmdt.run("organism/demo", select=("privacy/i2t/pii",), size=2, out=folder, fresh=True)
    assert not (folder / "root.txt.minisig").exists()


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judged") / "run"
    return mmdt.run("organism/demo", select=("safety/i2t/jailbreak",), size=2, out=folder).folder


@pytest.fixture
def labelled(judged, tmp_path):
    """A run with one label, and a function that adds another."""
    run = mmdt.open_run(shutil.copytree(judged, tmp_path / "labelled"))
    outputs = [trial.case.id for trial in run.joined() if "harmful" in trial.observations]

    def label(number):
        LabelFile(run.folder).add([Label(outputs[number], 0, "harmful", "Ann", "yes")])

    label(0)
    return run.folder, label


def test_the_signed_root_covers_labels(labelled, keys):
    folder, label = labelled
    secret, public = keys
    found = mmdt.verify(folder)
    assert found.ok and found.root_with_people != found.root
    with pytest.raises(SystemExit):
        main(["verify", str(folder), "--sign", str(secret)])
    assert (folder / "root.txt").read_text() == f"{found.root_with_people}\n"
    assert mmdt.verify(folder, public_key=str(public)).signed
    label(1)
    (finding,) = mmdt.verify(folder, public_key=str(public)).findings
    assert finding.part == "signature" and "another root" in finding.what


def test_labels_that_are_made_up_or_taken_away_show(labelled, keys):
    """With every digest of the labels made again, or all of them gone."""
    folder, label = labelled
    secret, public = keys
    with pytest.raises(SystemExit):
        main(["verify", str(folder), "--sign", str(secret)])
    before = {name: (folder / name).read_bytes() for name in ("labels.jsonl", "labels.kept")}
    for name in before:
        (folder / name).unlink()
    assert mmdt.verify(folder).ok, "nothing but the signature knows that there were any"
    assert [each.part for each in mmdt.verify(folder, public_key=str(public)).findings] == ["signature"]
    label(1)
    assert [each.part for each in mmdt.verify(folder, public_key=str(public)).findings] == ["signature"]
    for name, data in before.items():
        (folder / name).write_bytes(data)
    assert mmdt.verify(folder, public_key=str(public)).signed


def test_a_signature_from_before_the_labels_says_so(labelled, keys):
    folder, label = labelled
    secret, public = keys
    for name in ("labels.jsonl", "labels.kept"):
        (folder / name).unlink()
    with pytest.raises(SystemExit):
        main(["verify", str(folder), "--sign", str(secret)])
    label(0)
    (finding,) = mmdt.verify(folder, public_key=str(public)).findings
    assert "without the labels" in finding.what and "sign it again" in finding.what
