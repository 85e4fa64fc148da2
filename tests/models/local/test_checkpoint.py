"""Which weights exactly are used, and the errors when there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmdt.errors import UsageError
from mmdt.models.local import checkpoint as module
from mmdt.models.local import hub
from mmdt.models.local.checkpoint import Checkpoint, loaded
from mmdt.models.local.device import out_of_memory


def test_ids_revisions_and_folders_are_told_apart(tmp_path: Path) -> None:
    assert Checkpoint.named("owner/name", where="x") == Checkpoint("owner/name")
    assert Checkpoint.named("owner/name@v2", where="x") == Checkpoint("owner/name", "v2")
    assert Checkpoint.named("owner/name", "v3", where="x").revision == "v3"
    assert Checkpoint.named(str(tmp_path), where="x").is_folder


@pytest.mark.parametrize("text", ["", "/no/such/folder", "./nothing", "a/b/c", "../up", "a b"])
def test_anything_else_is_rejected_with_a_hint(text: str) -> None:
    with pytest.raises(UsageError, match="owner/name"):
        Checkpoint.named(text, where="x")


def test_the_mark_of_a_folder_follows_its_content(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"1" * 100)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "config").write_bytes(b"{}")

    def mark() -> str:
        module._folder_hash.cache_clear()
        return Checkpoint(str(tmp_path)).mark()

    first = mark()
    assert first == mark()
    (tmp_path / "more" / "config").write_bytes(b"[]")
    second = mark()
    (tmp_path / "weights").write_bytes(b"2" * 100)
    assert len({first, second, mark()}) == 3


def test_large_files_are_told_apart_by_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WHOLE", 1000)
    monkeypatch.setattr(module, "_SLICE", 100)
    one, other, last = tmp_path / "one", tmp_path / "other", tmp_path / "last"
    one.write_bytes(bytes(5000))
    other.write_bytes(b"\1" + bytes(4999))
    last.write_bytes(bytes(4999) + b"\1")
    assert len({module._file_hash(path) for path in (one, other, last)}) == 3


def test_a_cached_revision_becomes_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("huggingface_hub")
    commit = "0123456789" * 4
    repo = tmp_path / "models--owner--name"
    (repo / "refs").mkdir(parents=True)
    (repo / "refs" / "main").write_text(commit)
    (repo / "snapshots" / commit).mkdir(parents=True)
    (repo / "snapshots" / commit / "config.json").write_text("{}")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    hub.commit_of.cache_clear()
    found = Checkpoint("owner/name")
    assert found.mark() == f"owner/name@{commit}"
    assert found.where() == {
        "pretrained_model_name_or_path": "owner/name",
        "revision": commit,
        "trust_remote_code": False,
    }


def test_offline_and_unknown_the_mark_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("huggingface_hub")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    hub.commit_of.cache_clear()
    assert Checkpoint("owner/never-seen", "v1").mark() == "owner/never-seen@v1 (not resolved)"


def test_loading_errors_have_a_place_and_a_hint() -> None:
    def fail(error: Exception) -> None:
        raise error

    with pytest.raises(UsageError, match=r"the judge cannot be loaded: OSError: no such file \(owner/name@v1\): check"):
        loaded("the judge", Checkpoint("owner/name", "v1"), lambda: fail(OSError("no such file\nmore")))
    with pytest.raises(UsageError, match="smaller checkpoint"):
        loaded("it", Checkpoint("a/b"), lambda: fail(RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")))
    with pytest.raises(UsageError, match=r"named sentencepiece \(a/b\): install the library"):
        loaded("it", Checkpoint("a/b"), lambda: fail(ImportError("\nno module named sentencepiece")))


def test_running_out_of_memory_is_recognised() -> None:
    texts = [
        "CUDA out of memory. Tried",
        "MPS backend out of memory",
        "DefaultCPUAllocator: can't allocate memory: you",
    ]
    assert all(out_of_memory(RuntimeError(text)) for text in texts)
    assert out_of_memory(MemoryError())
    assert not out_of_memory(RuntimeError("shapes do not match"))
    assert not out_of_memory(ValueError("out of memory"))
