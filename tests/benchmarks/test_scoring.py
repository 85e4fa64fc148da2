"""The parts of the ways of scoring that a run does not show by itself."""

import math

import pytest

from mmdt.benchmarks.files import matching
from mmdt.benchmarks.scoring.metrics import all_right, f1_of, share_of
from mmdt.benchmarks.scoring.objects import relations
from mmdt.core.boxes import Box
from mmdt.core.cell import Cell
from mmdt.core.scenario import Sample
from mmdt.core.score import Score, Scored

CELL = Cell("b", "i2t", "s", "t")


def sample(*values, groups=None):
    return Sample(
        [
            Scored(str(n), CELL, groups[n] if groups else "", 0, Score(each) if each else Score.unknown("gone"))
            for n, each in enumerate(values)
        ]
    )


def test_f1_is_that_of_its_counts_and_its_interval_holds_it():
    rows = [{"said": 1.0, "is": 1.0}] * 6 + [{"said": 1.0, "is": 0.0}] * 2 + [{"said": 0.0, "is": 1.0}] * 1
    rows += [{"said": 0.0, "is": 0.0}] * 20
    found = f1_of("said", "is", "right", name="f1", title="F1").estimate(sample(*rows))
    assert found.value == pytest.approx(2 * 6 / (2 * 6 + 2 + 1))
    assert found.low < found.value < found.high
    assert found.n == 9
    empty = f1_of("said", "is", "right", name="f1", title="F1").estimate(sample({"said": 0.0, "is": 0.0}))
    assert math.isnan(empty.value)


def test_f1_counts_what_is_missing():
    found = f1_of("said", "is", "right", name="f1", title="F1").estimate(sample({"said": 1.0, "is": 1.0}, {"is": 1.0}))
    assert (found.value, found.missing) == (1.0, 1)


def test_share_of_counts_is_over_all_things_and_clustered_by_output():
    metric = share_of("absent", "named", name="chair", title="CHAIR")
    found = metric.estimate(
        sample({"absent": 1.0, "named": 4.0}, {"absent": 0.0, "named": 2.0}, {"absent": 0.0, "named": 0.0}, None)
    )
    assert found.value == pytest.approx(1 / 6)
    assert (found.n, found.clusters, found.missing) == (6, 2, 1)


def test_a_group_is_right_as_a_whole_and_missing_where_nobody_can_tell():
    metric = all_right("right", "key", name="figure", title="Figure")
    found = metric.estimate(
        sample({"right": 1.0, "key": 1.0}, {"right": 1.0, "key": 1.0}, {"right": 1.0, "key": 2.0},
               {"right": 0.0, "key": 2.0}, {"key": 3.0}, {"right": 1.0, "key": 3.0}, {"key": 4.0},
               {"right": 0.0, "key": 4.0}, {"right": 0.0})
    )  # fmt: skip
    assert (found.value, found.n, found.missing) == (pytest.approx(1 / 3), 3, 1)


@pytest.mark.parametrize(
    ("one", "other", "size", "holds"),
    [
        ((0.1, 0.4, 0.2, 0.6), (0.7, 0.4, 0.8, 0.6), (512, 512), {"left of"}),
        ((0.7, 0.4, 0.8, 0.6), (0.1, 0.4, 0.2, 0.6), (512, 512), {"right of"}),
        ((0.4, 0.1, 0.6, 0.2), (0.4, 0.7, 0.6, 0.8), (512, 512), {"above"}),
        ((0.6, 0.6, 0.8, 0.8), (0.1, 0.1, 0.3, 0.3), (512, 512), {"right of", "below"}),
        ((0.40, 0.4, 0.60, 0.6), (0.42, 0.4, 0.62, 0.6), (512, 512), set()),  # nearer than a tenth of both sizes
        ((0.0, 0.0, 0.5, 1.0), (0.1, 0.0, 0.6, 1.0), (512, 512), set()),
        ((0.1, 0.45, 0.2, 0.55), (0.5, 0.45, 0.6, 0.95), (1000, 100), {"left of"}),  # pixels, not shares
    ],
)
def test_relations_of_geneval(one, other, size, holds):
    assert relations(Box("a", 0.9, one), Box("b", 0.9, other), size) == holds


def test_patterns_catch_names_and_the_first_that_fits_counts():
    names = ["x/processed_questions/01-A.json", "x/processed_questions/02-B.json", "x/other.json"]
    found = matching(names, ["**/none.csv", "**/processed_questions/{scenario}.json"])
    assert [caught for _, caught in found] == [{"scenario": "01-A"}, {"scenario": "02-B"}]
    assert not matching(names, ["*.json"])
    assert [name for name, _ in matching(["a.json", "b/a.json"], ["**/a.json"])] == ["a.json", "b/a.json"]
    assert [caught for _, caught in matching(["p/q-q.csv", "p/q-r.csv"], ["{a}/{b}-{b}.csv"])] == [{"a": "p", "b": "q"}]
