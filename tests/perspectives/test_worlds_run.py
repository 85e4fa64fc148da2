"""Every embedded cell of the three perspectives, offline: an organism, and evaluators that look at pixels."""

import math

import pytest

import mmdt
from mmdt import plugins as registry

pytestmark = pytest.mark.slow

GLOBS = ("hallucination/**", "ood/**", "adversarial/**")
SIZE = 2


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return mmdt.run("organism/demo", select=GLOBS, size=SIZE, out=tmp_path_factory.mktemp("worlds") / "run")


def embedded():
    """Cell -> scenario of everything the three perspectives make themselves."""
    three = ("hallucination", "ood", "adversarial")
    found = [each for each in registry.scenarios().values() if each.perspective in three]
    assert all(each.embedded for each in found)
    return {str(cell): each for each in found for cell in each.cells}


def test_it_ends_with_every_cell_filled(run):
    results = {result.address: result for result in run.scorecard().results if result.level == "cell"}
    assert run.complete, run.manifest.ended
    assert set(results) == set(embedded())
    assert len(results) == 119 + 6, "with the clean twins of attacks, which are not published"
    for address, scenario in embedded().items():
        assert results[address].tally.total == SIZE * scenario.repeats, address
        assert results[address].tally.missing == 0, (address, results[address].tally.why_missing)
        assert not math.isnan(results[address].estimate(scenario.headline).value), address


def test_drops_are_paired_case_by_case(run):
    """Every altered case finds its clean twin."""
    for result in run.scorecard().results:
        scenario = embedded().get(result.address)
        if result.level == "cell" and scenario.baseline:
            drop = result.estimate("drop")
            assert not math.isnan(drop.value) and drop.missing == 0, result.address
            assert drop.n > 0, result.address
