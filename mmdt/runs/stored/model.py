"""``stored/NAME``: a model that gives the answers of a file and makes none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmdt.core.modality import MODALITIES
from mmdt.core.output import Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.errors import UsageError
from mmdt.runs.stored.answers import Answer, key_of, no_answer, read_answers
from mmdt.spelling import verb


class StoredModel:
    """The answers of ``file``, by what is asked. ``sha256`` is that of the file when it was imported: it is read when
    the first answer is wanted, so scoring again needs no file."""

    def __init__(self, name: str, file: str, sha256: str) -> None:
        self._file = Path(file)
        self._answers: Mapping[str, Answer] | None = None
        self._info = ModelInfo(
            name, frozenset(MODALITIES), {"file": file, "sha256": sha256}, max_images=1_000, batch_size=1, concurrency=8
        )

    @property
    def info(self) -> ModelInfo:
        return self._info

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        if self._answers is None:
            self._answers = read_answers(self._file)
        found = (self._answers.get(key_of(request)) for request in requests)
        return [each.output if each else no_answer() for each in found]

    async def close(self) -> None:
        """Nothing is open."""


def open_stored(rest: str, settings: Mapping[str, Any]) -> StoredModel:
    """Entry point; ``rest``: the name of the model whose answers they are. Raises UsageError."""
    file, digest = settings.get("file"), settings.get("sha256", "")
    if not rest or not isinstance(file, str) or settings.keys() - {"file", "sha256"}:
        hint = f"bring answers in with {verb('import', 'FILE', model='NAME')}"
        raise UsageError("stored answers need a name and a file", where=f"stored/{rest}", hint=hint)
    return StoredModel(f"stored/{rest}", file, str(digest))
