"""A run in batches that is killed again and again: every batch is found again, and nothing is paid for twice."""

import pytest

import mmdt
from tests.engine.killing import KEY, killed_to_the_end, write_cases
from tests.servers.openai_server import OpenAIServer

QUICK = ("--batch-set", "linger=0.2", "--batch-set", "poll=0.1", "--batch-set", "most=6")
CASES = 40


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_batches_are_found_again_and_hold_nothing_twice(tmp_path):
    folder = tmp_path / "run"
    with OpenAIServer(latency=0.02).in_thread() as server:
        judged = ("--data", write_cases(tmp_path, CASES), "--judge", "embedded", "--allow-embedded-judge")
        common = (*judged, "--base-url", server.url, "--batch", "model", *QUICK, "-c", 4)
        first = ("run", "openai/gpt-4o", "-s", "safety/i2t/typography", *common, "--out", folder)
        killed_to_the_end(server, folder, first, 4)
        asked = [str(item["body"]["messages"]) for batch in server.batches.values() for item in batch.requests]
        assert len(server.batches) >= 3
        assert len(asked) == len(set(asked)), "the same request is in two batches"
    run = mmdt.open_run(folder)
    assert run.complete and mmdt.verify(folder).ok
    assert len(run.to_pandas("outputs")) == CASES
    assert not list((folder / "batches" / "model").iterdir())
    assert not [path for path in folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
