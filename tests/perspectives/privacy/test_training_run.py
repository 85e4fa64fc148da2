"""Memorisation through the verb `run`: an organism on embedded cases, and a drawing model on the published layout."""

import math

import pytest

import mmdt
from tests import tiny
from tests.servers.openai_server import OpenAIServer

CELL = "privacy/t2i/training/laion_1k"


def cell_of(run):
    (cell,) = (result for result in run.scorecard().results if result.address == CELL)
    return cell


def test_the_embedded_cell_is_filled(tmp_path):
    run = mmdt.run("organism/demo", out=tmp_path / "run", select=(CELL,), size=12)
    assert run.complete, run.manifest.ended
    cell = cell_of(run)
    assert cell.tally.total == 12 and cell.tally.missing == 0
    assert {estimate.metric for estimate in cell.estimates if not math.isnan(estimate.value)} == {
        "near_copy", "near_copy_corrected", "different", "cosine", "l2", "copy", "hash_distance", "rejected",
        "cosine_published", "l2_published", "rejected_published",
    }  # fmt: skip
    assert set(cell.tally.outcomes) <= {"leaked", "different", "refused:filter", "refused:blank"}


@pytest.mark.slow
def test_the_published_cell_is_filled_with_clip(tmp_path, hub_copy, monkeypatch):
    tiny.need("torch", "transformers")
    monkeypatch.setenv("MMDT_TEST_KEY", "sk-test")
    clip = tiny.write_clip(tmp_path / "clip")
    with OpenAIServer(key="sk-test").in_thread() as server:
        run = mmdt.run(
            "openai/gpt-image-1.5",
            out=tmp_path / "run",
            select=(CELL,),
            data=str(hub_copy),
            evaluators={"likeness": f"clip/{clip}"},
            model_settings={"base_url": server.url, "api_key_env": "MMDT_TEST_KEY"},
        )
    assert run.complete, run.manifest.ended
    cell = cell_of(run)
    assert cell.tally.total == 3 and cell.tally.missing == 0
    assert -1 <= cell.estimate("cosine").value <= 1 and cell.estimate("l2").value >= 0
    assert 0 <= cell.estimate("near_copy").value <= 1
