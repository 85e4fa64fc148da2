"""Checkpoints of local models and evaluators: which weights exactly they use, and errors when loading fails."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from mmdt.errors import UsageError
from mmdt.models.check import Finding
from mmdt.models.local.conversion import conversion_of
from mmdt.models.local.device import out_of_memory
from mmdt.models.local.hub import COMMIT, commit_of, file_of
from mmdt.models.local.weights import GATE

T = TypeVar("T")
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_WHOLE = 64 * 1024 * 1024
"""Files up to this size are hashed completely. Of larger ones the size and ``_SLICES`` slices are hashed, so that a
folder of a hundred gigabytes takes a second."""
_SLICES = 16
_SLICE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint on the hub, by id and revision, or in a folder."""

    name: str
    revision: str = ""

    @classmethod
    def named(cls, text: str, revision: str = "", *, where: str) -> Checkpoint:
        """Parse ``id``, ``id@revision`` or the path of a folder. Raises UsageError on anything else."""
        if text and Path(text).is_dir():
            return cls(text)
        name, _, asked = text.partition("@")
        if not _HUB_ID.fullmatch(name):
            hint = "use an id as shown on the hub (owner/name), or a folder that contains a checkpoint"
            raise UsageError(f"there is no checkpoint {text!r}", where=where, hint=hint)
        return cls(name, revision or asked)

    @property
    def is_folder(self) -> bool:
        return Path(self.name).is_dir()

    def mark(self) -> str:
        """Identifies these weights: the commit on the hub, or a hash of the files in the folder.

        If neither the cache nor the hub knows the commit: the id and the requested revision.
        """
        if self.is_folder:
            return f"folder:{_folder_hash(self.name)}"
        commit = self.commit()
        return f"{self.name}@{commit}" if commit else f"{self.name}@{self.revision or 'main'} (not resolved)"

    def commit(self) -> str:
        """The commit of the revision; empty for a folder, and if neither cache nor hub knows it."""
        if self.is_folder:
            return ""
        return self.revision if COMMIT.fullmatch(self.revision) else commit_of(self.name, self.revision or "main")

    def pinned(self) -> str:
        """The revision to take all files from: the commit if it is known."""
        return self.commit() or self.revision

    def file(self, name: str) -> Path | None:
        """The path of one small file, downloaded if necessary; None if it does not exist or cannot be downloaded."""
        if self.is_folder:
            path = Path(self.name) / name
            return path if path.is_file() else None
        return file_of(self.name, self.pinned() or "main", name)

    def where(self) -> dict[str, Any]:
        """The arguments for ``from_pretrained``: pinned to the commit, so that all files are of one version. Code that
        a checkpoint brings along is never run."""
        pinned = self.pinned()
        where: dict[str, Any] = {"pretrained_model_name_or_path": self.name, "trust_remote_code": False}
        return where | ({"revision": pinned} if pinned else {})


def checkpoint_finding(checkpoint: Checkpoint) -> Finding:
    """The finding of ``mmdt doctor`` about a checkpoint. Loads nothing."""
    if checkpoint.is_folder:
        return Finding("ok", f"{checkpoint.name} is a folder on this machine")
    commit = checkpoint.commit()
    if commit:
        return Finding("ok", f"{checkpoint.name} was found at commit {commit[:12]}")
    hint = f"run `hf download {checkpoint.name}` once with a network connection, or use a folder"
    return Finding("problem", f"{checkpoint.name} is not on this machine, and the hub does not answer or have it", hint)


def quiet() -> None:
    """Keep transformers from advertising libraries at import. Its errors are still shown."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # avoids a warning about forks: our threads do not fork
    os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")


def loaded(what: str, checkpoint: Checkpoint, load: Callable[[], T]) -> T:
    """The result of ``load()``, called while nothing else loads or computes.

    Raises UsageError, with a hint, whatever goes wrong.
    """
    where = f"{checkpoint.name}@{checkpoint.revision}" if checkpoint.revision else checkpoint.name
    try:
        with GATE.loading():
            return load()
    except ImportError as error:  # the extra is installed, but this checkpoint needs another library
        hint = "install the library it names, then resume the run"
        raise UsageError(f"{what} cannot be loaded: {_reason(error)}", where=where, hint=hint) from error
    except Exception as error:
        if isinstance(error, UsageError):
            if error.where:
                raise
            raise UsageError(error.what, where=where, hint=error.hint) from error
        raise UsageError(f"{what} cannot be loaded: {_reason(error)}", where=where, hint=_hint(error)) from error


def with_weights(kind: Any, checkpoint: Checkpoint, **options: Any) -> Any:
    """``kind.from_pretrained``, from safetensors only: no downloaded file is unpickled.

    If a checkpoint on the hub has no safetensors, the hub's own conversion is used.
    Raises UsageError if weights of the network are missing: transformers would initialise them at random.
    """
    options |= {"use_safetensors": True, "output_loading_info": True}
    try:
        model, found = kind.from_pretrained(**checkpoint.where(), **options)
    except OSError as error:
        if checkpoint.is_folder or checkpoint.revision or "safetensors" not in str(error):
            raise
        converted = conversion_of(checkpoint.name, checkpoint.commit())
        model, found = kind.from_pretrained(checkpoint.name, revision=converted, trust_remote_code=False, **options)
    missing = sorted({name for name, _ in model.named_parameters()} & set(found["missing_keys"]))
    if missing:
        raise UsageError(
            f"{len(missing)} of the network's weights are missing, such as {missing[0]}; they would be random",
            where=checkpoint.name,
            hint=f"use a complete checkpoint of {type(model).__name__} (merge an adapter into its base model first)",
        )
    return model


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}"[:300] if lines else type(error).__name__


def _hint(error: Exception) -> str:
    if out_of_memory(error):
        return "use a smaller checkpoint, a smaller dtype, quantization or device_map=auto"
    return (
        "check the id or the folder; to download a checkpoint, run `hf download ID`; private and gated ones need "
        "`hf auth login`; weights must be in safetensors format"
    )


@cache
def _folder_hash(folder: str) -> str:
    found = hashlib.sha256()
    root = Path(folder)
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        found.update(f"{path.relative_to(root).as_posix()}\n{path.stat().st_size}\n".encode())
        found.update(_file_hash(path))
    return found.hexdigest()[:16]


def _file_hash(path: Path) -> bytes:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= _WHOLE:
            return hashlib.file_digest(file, "sha256").digest()
        found = hashlib.sha256()
        for slice_number in range(_SLICES):
            file.seek((size - _SLICE) * slice_number // (_SLICES - 1))
            found.update(file.read(_SLICE))
        return found.digest()
