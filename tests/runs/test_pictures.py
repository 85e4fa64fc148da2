"""Pictures of phones, scanners and broken downloads through whole runs: shown alike, said, and never a traceback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

import mmdt
from mmdt.core.decoding import inspect
from mmdt.errors import DataError
from tests.core.broken_pictures import HEIC, broken, whole
from tests.models.adapters import KEY, TEXT, Adapter, ask

CELL = "hallucination/i2t/natural/count"


def own(folder: Path, pictures: Iterable[tuple[str, bytes]]) -> Path:
    folder.mkdir(exist_ok=True)
    rows = []
    for name, data in pictures:
        (folder / name).write_bytes(data)
        rows.append({"cell": CELL, "prompt": f"How many cats? {name}", "image": name, "target": {"counts": {"cat": 2}}})
    (folder / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder / "mine.jsonl"


def test_every_whole_picture_is_asked_about_and_animations_are_said(tmp_path: Path) -> None:
    run = mmdt.run("organism/demo", data=str(own(tmp_path / "data", whole())), out=tmp_path / "run")
    assert run.manifest.ended.how == "complete", run.manifest.ended.reason
    assert run.manifest.data.cases == len(list(whole()))
    (note,) = (each for each in run.manifest.data.notes if "animated" in each)
    assert note == "3 pictures are animated: their first frame was shown to the model and to every evaluator."
    assert note in mmdt.plan("organism/demo", data=str(tmp_path / "data" / "mine.jsonl")).notes


def test_broken_pictures_are_bad_rows(tmp_path: Path) -> None:
    data = own(tmp_path / "data", [*list(whole())[:3], *broken(60), ("photo.heic", HEIC)])
    with pytest.raises(DataError, match=r"mine.jsonl, line \d+, column 'image'"):
        mmdt.run("organism/demo", data=str(data), out=tmp_path / "run")
    run = mmdt.run("organism/demo", data=str(data), out=tmp_path / "other", skip_bad=True)
    assert run.manifest.data.bad_rows > 20
    assert run.manifest.data.cases + run.manifest.data.bad_rows == 67
    run.report()


@pytest.mark.parametrize("adapter", TEXT, ids=lambda adapter: adapter.name)
async def test_what_a_server_gets_shows_what_was_decoded(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**adapter.environment, adapter.key_env: KEY}.items():
        monkeypatch.setenv(name, value)
    pictures = dict(whole())
    async with adapter.server(key=KEY) as server:
        model = adapter.open(server)
        for name, data in pictures.items():
            (output,) = await model.generate([ask("What is it?", data)])
            assert output.failure is None, (name, output.failure)
            assert server.log.last is not None
            (sent,) = server.log.last.images
            assert inspect(sent, name).plain, name
            assert (sent == data) <= inspect(data, name).plain, name
        await model.close()
    await asyncio.sleep(0)
