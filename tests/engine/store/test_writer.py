import asyncio

import pytest

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Usage
from mmdt.engine.store import writer as writing
from mmdt.engine.store.store import Store
from mmdt.engine.store.writer import ObservationKey, TrialKey
from mmdt.errors import StoreError

CELL = Cell.parse("safety/i2t/typography/biscuits")


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "run") as store:
        store.add_cases((Case.make(CELL, str(number)), 1) for number in range(5000))
        yield store


def committed(store: Store) -> int:
    with Store.open(store.folder) as reader:
        return sum(row.output is not None for row in reader.trials())


async def growing_stopped(file):
    size = -1
    while size != file.stat().st_size:
        size = file.stat().st_size
        await asyncio.sleep(0.05)


async def test_flush_returns_when_the_rows_are_in_the_store(store):
    with store.writer() as writer:
        writer.output(TrialKey(1, 0), "k", Output.answered("a"))
        assert committed(store) == 0
        writer.flush()
        assert committed(store) == 1
        writer.flush()  # nothing new: returns at once
        assert writer.committed == 1


async def test_a_lone_row_is_committed_soon_without_a_flush(store):
    with store.writer() as writer:
        writer.output(TrialKey(1, 0), "k", Output.answered("a"))
        await asyncio.sleep(writing.DELAY * 6)
        assert committed(store) == 1


async def test_rows_wait_for_each_other_and_share_commits(store):
    begun = []
    with store.writer() as writer:
        writer._db.set_trace_callback(lambda text: begun.append(text) if text.startswith("BEGIN") else None)
        for number in range(1, 2001):
            writer.output(TrialKey(number, 0), "k", Output.answered("a"))
        writer.flush()
        assert committed(store) == 2000
    assert len(begun) == 2000 / writing.ROWS


async def test_the_log_is_copied_into_the_database_while_writing(store, monkeypatch):
    monkeypatch.setattr(writing, "LOG_BYTES", 500_000)
    log, database = store.folder / "store.sqlite-wal", store.folder / "store.sqlite"
    with store.writer() as writer:
        for start in range(1, 5001, 500):
            for number in range(start, start + 500):
                writer.output(TrialKey(number, 0), "k", Output.answered("a" * 2000))
            await growing_stopped(database)
        assert log.stat().st_size < 5_000_000  # without the copies it would hold all the ten megabytes
        assert database.stat().st_size > 10_000_000
    assert committed(store) == 5000


async def test_a_value_that_is_not_json_is_the_callers_error_and_costs_nothing_else(store):
    asked = ObservationKey("harm", "judge", "judge.chat", "fp", "q")
    with store.writer() as writer:
        with pytest.raises(TypeError):
            writer.observation(TrialKey(1, 0), asked, Observation({"a": object()}))
        writer.observation(TrialKey(2, 0), asked, Observation({"a": 1}))
    assert [dict(row.observations) for row in store.trials() if row.observations] == [{"harm": Observation({"a": 1})}]


async def test_a_number_too_large_for_the_store_is_an_error_and_not_a_hang(store):
    writer = store.writer()
    writer.spent("openai/x", 1, Usage(input_tokens=2**70))
    with pytest.raises(StoreError, match="too large"):
        writer.flush()
    with pytest.raises(StoreError, match="too large"):
        writer.output(TrialKey(1, 0), "k", Output.answered("a"))
    with pytest.raises(StoreError, match="too large"):
        writer.close()


async def test_closing_twice_is_fine(store):
    writer = store.writer()
    writer.output(TrialKey(1, 0), "k", Output.answered("a"))
    writer.close()
    writer.close()
    assert committed(store) == 1
