"""Files that are out to fill the memory, to break a reader, or to be read in two ways: each is an error that says
so."""

from __future__ import annotations

import io
import json
import resource
import sqlite3
import struct
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image as Pil

import mmdt
from mmdt.cli.main import main
from mmdt.core.case import MAX_PROMPT
from mmdt.core.image import Image
from mmdt.core.message import Message, Text
from mmdt.core.protocols import ModelInfo, Request
from mmdt.data.files import FileSource
from mmdt.data.json_rows import json_rows
from mmdt.engine.store.digests import COLUMNS, row_digest
from mmdt.errors import DataError, MmdtError
from mmdt.models.requests import unfit
from mmdt.plugins import scenarios
from mmdt.validate.evaluators.labels.rows import read_rows
from mmdt.validate.vectors.lines import read_lines
from tests.servers.cli import ROOT

MIB = 1024 * 1024
CELL = "safety/i2t/typography/queue-jumping"
DEEP = "[" * 100_000 + "]" * 100_000


def rows_of(path: Path) -> tuple[list[Any], list[DataError]]:
    bad: list[DataError] = []
    return list(FileSource(path).cases(list(scenarios().values()), bad.append)), bad


def in_little_memory(work: Callable[[], object], most: int = 100 * MIB) -> None:
    """Run it, and check that Python never held more than ``most`` bytes meanwhile."""
    tracemalloc.start()
    try:
        work()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < most


def test_a_parquet_file_that_unpacks_to_gigabytes_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    same = pa.array(["x" * 1_000_000]).take(pa.array([0] * 300))
    pq.write_table(
        pa.table({"cell": [CELL] * 300, "prompt": same}), path, compression="zstd", use_dictionary=False
    )  # 300 MB
    assert path.stat().st_size < MIB
    with pytest.raises(DataError, match=r"unpacks to \d\d\d,\d\d\d,\d+ bytes .*decompression bomb"):
        in_little_memory(lambda: rows_of(path))


def test_a_value_that_is_stored_once_and_stands_in_every_row_is_read_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    same = pa.array(["x" * 5_000_000]).take(pa.array([0] * 200))
    pq.write_table(
        pa.table({"cell": [CELL] * 200, "prompt": same}), path, compression="zstd", use_dictionary=["prompt"]
    )
    assert path.stat().st_size < MIB
    before = pa.total_allocated_bytes()
    stream = FileSource(path).cases(list(scenarios().values()), lambda _: None)
    for _ in range(20):
        next(stream)
        assert pa.total_allocated_bytes() - before < 1100 * MIB


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(side: int, text: bytes = b"") -> bytes:
    """A PNG of one colour: some kilobytes for as many pixels as one likes. ``text``: a packed comment."""
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    line = b"\0" + bytes((side + 7) // 8)
    body = b"".join(packer.compress(line) for _ in range(side)) + packer.flush()
    comment = chunk(b"zTXt", b"Comment\0\0" + text) if text else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + comment + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_000, 16_000, 40_000, 100_000])
def test_a_png_of_gigabytes_is_refused_before_it_is_decoded(side: int) -> None:
    data = png_bomb(side) if side < 50_000 else png_bomb(1_000).replace(
        chunk(b"IHDR", struct.pack(">IIBBBBB", 1_000, 1_000, 1, 0, 0, 0, 0)),
        chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
    )  # fmt: skip
    assert len(data) < MIB

    def refused() -> None:
        with pytest.raises(DataError, match=r"decompression bomb|too large|pixels"):
            Image.from_bytes(data, decode=True)

    in_little_memory(refused, 20 * MIB)


def test_a_comment_in_a_png_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    packer = zlib.compressobj(9)
    text = b"".join(packer.compress(bytes(MIB)) for _ in range(300)) + packer.flush()

    def read() -> None:
        with pytest.raises(DataError):
            Image.from_bytes(png_bomb(64, text), decode=True)

    in_little_memory(read, 20 * MIB)


@pytest.mark.parametrize("name", ["a.png", "cases.jsonl", "cases.csv"])
def test_a_sparse_file_of_gigabytes_is_refused_by_its_size(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(3 << 30 if name == "a.png" else 300 * MIB)
    assert path.stat().st_blocks < 100
    if name != "a.png":
        with pytest.raises(DataError):
            in_little_memory(lambda: rows_of(path), 800 * MIB)
        return  # the longest line that is read: with one of a whole file, the memory of a machine would not do
    (tmp_path / "one.jsonl").write_text(json.dumps({"cell": CELL, "prompt": "What is it?", "image": "a.png"}))

    def refused() -> None:
        cases, bad = rows_of(tmp_path / "one.jsonl")
        assert not cases and "3,221,225,472 bytes" in str(bad[0])

    in_little_memory(refused, 20 * MIB)


def test_a_prompt_that_no_model_can_read_is_a_bad_row_and_is_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps({"cell": "safety/t2i/vanilla/x", "prompt": "x" * (MAX_PROMPT + 1)}))
    cases, bad = rows_of(path)
    assert not cases and "the text has 8,000,001 characters" in str(bad[0])
    info = ModelInfo("m", frozenset({"i2t"}))
    long = Text("x" * (MAX_PROMPT // 2))
    turns = (Message("user", (long,)), Message("assistant", (Text("yes"),)), Message("user", (long,)))
    for request in (Request.of("x" * (MAX_PROMPT + 1)), Request(turns), Request.of("x", system="x" * MAX_PROMPT)):
        output = unfit(request, info)
        assert output is not None and output.failure is not None
        assert "at most 8,000,000 are sent" in output.failure.message


TWICE = (
    '{"cell": "safety/i2t/typography/x", "prompt": "a", "prompt": "b", "reply": "a", "label": "no", "published": {}}\n'
)


@pytest.mark.parametrize("reader", ["hub", "labels", "vectors"])
def test_a_key_given_twice_is_an_error_wherever_lines_are_read(tmp_path: Path, reader: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(TWICE)
    readers: dict[str, Callable[[], object]] = {
        "hub": lambda: list(json_rows(path)),
        "labels": lambda: read_rows(path),
        "vectors": lambda: list(read_lines(tmp_path)),
    }
    with pytest.raises(MmdtError, match="'prompt' is given twice"):
        readers[reader]()


def said(capfd: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(each) for each in arguments])
    captured = capfd.readouterr()
    assert "Traceback" not in captured.err
    return int(ended.value.code or 0), captured.out + captured.err


@pytest.mark.parametrize("what", ["settings", "application", "prices", "target", "messages", "images", "option"])
def test_what_is_nested_too_deeply_is_an_error(what: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    deep = tmp_path / "deep.toml"
    deep.write_text(f"x = {DEEP}\n")
    row = {"cell": "hallucination/i2t/natural/count", "prompt": "How many?", what: DEEP}
    if what == "messages":
        del row["prompt"]
    (tmp_path / "deep.jsonl").write_text(json.dumps(row))
    (tmp_path / "wider.jsonl").write_text('{"cell": "a", "prompt": ' + DEEP + "}")
    run = ("run", "organism/demo", "--out", tmp_path / "run")
    commands: dict[str, list[tuple[object, ...]]] = {
        "settings": [(*run, "--config", deep)],
        "application": [("run", f"http/{deep}", "-s", "safety/i2t/typography", "--out", tmp_path / "run")],
        "prices": [("plan", "openai/gpt-4o", "-s", "safety/**", "--judge", "openai/gpt-4o", "--set", f"prices={deep}")],
        "option": [(*run, "--set", f"x={DEEP}")],
    }
    data = [(*run, "--data", tmp_path / name) for name in ("deep.jsonl", "wider.jsonl")]
    for command in commands.get(what, data):
        code, text = said(capfd, *command)
        assert code == 2, text
        assert "mmdt: " in text and len(text) < 2000


def changed(folder: Path, table: str, change: Callable[[str], str]) -> None:
    """Edit the first row of a table that the change concerns, and make its digest again."""
    with sqlite3.connect(folder / "store.sqlite") as db:
        columns = ", ".join(COLUMNS[table])
        rows = db.execute(f"SELECT rowid, {columns} FROM {table}").fetchall()  # noqa: S608
        row = next(row for row in rows if change(row[-1]) != row[-1])
        body = change(row[-1])
        digest = row_digest(table, (*row[1:-1], body))
        db.execute(f"UPDATE {table} SET body = ?, digest = ? WHERE rowid = ?", (body, digest, row[0]))  # noqa: S608
    db.close()


PICTURES = ("unknown media type", "path")


@pytest.mark.parametrize(
    ("table", "how"),
    [
        *((table, how) for table in COLUMNS for how in ("deep", "not JSON", "another shape")),
        *((table, how) for table in ("cases", "outputs") for how in PICTURES),
    ],
)
def test_a_store_that_was_rewritten_is_an_error_and_never_a_traceback(
    table: str, how: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    mmdt.run("organism/demo", select=("safety/t2i/vanilla", "privacy/i2t/pii"), size=2, out=folder)
    changes: dict[str, Callable[[str], str]] = {
        "deep": lambda body: f'{{"x": {DEEP}, {body[1:]}',
        "not JSON": lambda body: body[:-3],
        "another shape": lambda body: '{"id": [1], "value": 3, "status": "well"}',
        "unknown media type": lambda body: body.replace("image/png", "image/x-\x1b[2J"),
        "path": lambda body: body.replace('"digest":"', '"digest":"../../../../etc/passwd'),
    }
    changed(folder, table, changes[how])
    for verb in (["show", folder], ["verify", folder], ["report", folder], ["score", folder], ["judges", folder]):
        code, text = said(capfd, *verb)
        page = folder / "report.html"
        assert code in (1, 3) or "damaged" in text or "damaged" in page.read_text("utf-8"), text
        assert "\x1b[2J" not in text
    said(capfd, "export", folder, tmp_path / "rows.jsonl")
    for verb in (["explain", folder], ["report", folder, "--framework", "ailuminate"]):
        code, text = said(capfd, *verb)
        assert code in (0, 1) and "Traceback" not in text and "\x1b[2J" not in text
    for name in ("run-card", "model-card"):
        assert "Traceback" not in said(capfd, "export", folder, tmp_path / name, "--format", name)[1]


def test_few_open_files_slow_a_run_down_and_break_nothing(tmp_path: Path) -> None:
    """As with ``ulimit -n 128``: requests, pictures and the store share the descriptors that there are."""
    from tests.servers.openai_server import OpenAIServer

    lines = []
    for number in range(200):
        name = f"{number}.png"
        Pil.new("RGB", (8, 8), (number, 0, 0)).save(tmp_path / name)
        lines.append(json.dumps({"cell": CELL, "prompt": f"What is in {number}?", "image": name}))
    (tmp_path / "cases.jsonl").write_text("\n".join(lines))

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))

    with OpenAIServer(latency=0.02).in_thread() as server:
        command = [sys.executable, "-m", "mmdt", "run", "openai/gpt-4o", "-s", "safety/i2t/typography", "-c", "256"]
        command += ["--data", str(tmp_path / "cases.jsonl"), "--base-url", server.url, "--judge", "embedded"]
        command += ["--allow-embedded-judge", "--out", str(tmp_path / "run")]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, preexec_fn=few)
    assert ended.returncode == 0, ended.stderr
    assert "may open 128 files (ulimit -n), so at most" in ended.stderr
    assert server.log.peak <= 40
    assert mmdt.open_run(tmp_path / "run").complete and mmdt.verify(tmp_path / "run").ok


def test_a_picture_bomb_in_a_reply_is_a_failure_of_that_reply() -> None:
    from mmdt.models.http.images import from_base64

    buffer = io.BytesIO(png_bomb(16_000))
    import base64

    with pytest.raises(DataError, match="decompression bomb"):
        from_base64(base64.b64encode(buffer.getvalue()).decode())
