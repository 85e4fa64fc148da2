"""Read parquet files as a stream of plain rows, in little memory."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mmdt.errors import DataError

BATCH_BYTES = 2 << 20
"""Bytes decoded at a time. Peak memory is a few times as much."""
BATCH_ROWS = 64
MAX_BATCH = 1 << 30
"""Bytes of the rows decoded at a time."""
BOMB_BYTES = 256 << 20
BOMB_RATIO = 200
"""A row group larger than this, and than this many times its size on the disk, is a decompression bomb."""
_BUFFER = 1 << 20  # column chunks are read in pieces of this size, not whole


def stream_rows(paths: Iterable[Path], columns: Collection[str] | None = None) -> Iterator[dict[str, Any]]:
    """Every row of the files, in order, as a dict of plain values. Raises DataError on a damaged file.

    ``columns``: read only these columns (those that exist), which is much faster for files with pictures.

    Null fields inside a record are dropped: a column has one type, so every record has the fields of all others. Maps
    become dicts.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in paths:
        try:
            with pq.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False) as file:
                check_names(file.schema_arrow.names, str(path))
                check_size(file.metadata, path)
                wanted = [field for field in file.schema_arrow if columns is None or field.name in columns]
                nested = [field.name for field in wanted if pa.types.is_nested(field.type)]
                batches = file.iter_batches(
                    batch_size=_batch_size(file.metadata), columns=[field.name for field in wanted], use_threads=False
                )
                for batch in batches:
                    _check_batch(batch, path)
                    for row in batch.to_pylist():
                        yield row | {name: _without_nulls(row[name]) for name in nested}
        except (pa.ArrowException, OSError) as error:
            reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
            raise DataError(
                f"the parquet file cannot be read: {reason}", where=str(path), hint="download or create it again"
            ) from error


def check_names(names: Sequence[str], where: str) -> None:
    """Raises DataError when a column occurs twice: one of the two would be lost silently."""
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DataError(f"the column {twice[0]!r} occurs twice", where=where, hint="keep one of them")


def check_size(metadata: Any, path: Path) -> None:
    """Raises DataError, before anything is read, where a file that is small on the disk says that it is huge unpacked,
    or where one row would not fit into memory."""
    hint = "write it again, with smaller row groups and without what repeats"
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        columns = [group.column(each) for each in range(group.num_columns)]
        packed = sum(max(each.total_compressed_size, 0) for each in columns)
        unpacked = max(group.total_byte_size, sum(max(each.total_uncompressed_size, 0) for each in columns))
        if unpacked > BOMB_BYTES and unpacked > BOMB_RATIO * max(min(packed, path.stat().st_size), 1):
            what = f"row group {number} unpacks to {unpacked:,} bytes from {packed:,}, which is a decompression bomb"
            raise DataError(what, where=str(path), hint=hint)


def _check_batch(batch: Any, path: Path) -> None:
    if batch.nbytes > MAX_BATCH:
        what = f"{batch.num_rows} rows hold {batch.nbytes:,} bytes"
        raise DataError(what, where=str(path), hint=f"keep a row under {MAX_BATCH // BATCH_ROWS:,} bytes")


def _batch_size(metadata: Any) -> int:
    """Rows that hold about ``BATCH_BYTES``, going by the size the file gives for its columns.

    A value that is stored once, in a dictionary, may be that of every row: even then the rows fit.
    """
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    fitting = BATCH_BYTES * metadata.num_rows // max(sum(group.total_byte_size for group in groups), 1)
    largest = max((group.total_byte_size for group in groups), default=0)
    return max(1, min(BATCH_ROWS, int(fitting), MAX_BATCH // max(largest, 1)))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list) and value and isinstance(value[0], tuple):  # only a map has pairs
        return {name: _without_nulls(item) for name, item in value if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def fingerprint(paths: Iterable[Path]) -> str:
    """A hash of the names, sizes and contents of the files."""
    total = hashlib.sha256()
    for path in sorted(paths):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{path.parent.name}/{path.name} {path.stat().st_size} {digest}\n".encode())
    return total.hexdigest()
