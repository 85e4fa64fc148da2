"""From scored outputs to intervals that hold at any time: order, gaps, missing outputs, conditions, roll-ups."""

import random
from dataclasses import replace

import pytest

from mmdt.core.cell import Cell
from mmdt.core.scenario import Perspective, Scenario
from mmdt.core.score import Score, Scored
from mmdt.stats.metrics import mean_given, mean_of, paired_difference
from mmdt.stats.scorecard import scorecard
from mmdt.stats.scoring import NOT_ASKED
from mmdt.stats.sequential.any_time import Track, watchable, watched
from mmdt.stats.sequential.order import ANY_TIME, NOT_AT_ANY_TIME, Order
from tests.simulation import Simulation, runs

pytestmark = pytest.mark.timeout(1800)
RATE = mean_of("hit", name="rate")
GIVEN = mean_given("hit", "valid", name="given")


def row(name, values, *, group="", task="a", benign=False, repeat=0):
    cell = Cell("safety", "i2t", "typography", task)
    score = values if isinstance(values, Score) else Score(values)
    return Scored(name, cell, group, repeat, score, benign=benign)


def order_over(rows, *, seed=0, finite=False):
    order = Order(seed, finite)
    for each in rows:
        order.look(each)
    return order


def cell_of(order, task="a"):
    return order.cells[f"safety/i2t/typography/{task}"]


def test_answers_that_came_early_do_not_count_before_slow_ones():
    rows = [row(f"c{n}", {"hit": float(n % 3 == 0)}) for n in range(30)]
    order = order_over(rows)
    by_name = {each.case_id: each for each in rows}
    names = order.ordered(cell_of(order).about(None))
    assert names != sorted(names)
    slow = names[10]
    track = Track.of(RATE, cell_of(order), order)
    for name in reversed(names):
        if name != slow:
            track.add(by_name[name])
    assert len(track.totals) == 10
    assert track.add(by_name[slow]) and track.whole


def test_a_cluster_counts_when_all_of_its_outputs_are_there():
    rows = [row(f"c{n}", {"hit": 1.0}, group="g", repeat=repeat) for n in range(2) for repeat in range(3)]
    order = order_over(rows)
    track = Track.of(RATE, cell_of(order), order)
    assert [track.add(each) for each in rows] == [False] * 5 + [True]
    assert track.totals == [(6.0, 6.0, 6.0)]


def test_the_order_is_that_of_the_seed_alone():
    names = {f"c{n}": 1 for n in range(50)}
    assert Order(1, True).ordered(names) == Order(1, False).ordered(dict(reversed(names.items())))
    assert Order(1, True).ordered(names) != Order(2, True).ordered(names)


def test_what_is_missing_could_be_anything():
    known = [row(f"c{n}", {"hit": 0.0}) for n in range(80)]
    gone = [row(f"m{n}", Score.unknown("no verdict")) for n in range(20)]
    order = order_over([*known, *gone], finite=True)
    low, high = watched(RATE, [*known, *gone], cell_of(order), order).interval()
    assert low == 0 and high == pytest.approx(0.2)


def test_a_condition_leaves_outputs_out_and_its_absence_bounds():
    rows = [row(f"v{n}", {"hit": float(n < 10), "valid": 1.0}) for n in range(40)]
    rows += [row(f"x{n}", {"hit": 1.0, "valid": 0.0}) for n in range(40)]
    order = order_over(rows, finite=True)
    assert watched(GIVEN, rows, cell_of(order), order).interval() == pytest.approx((0.25, 0.25))
    unsure = [*rows, *(row(f"u{n}", Score.unclear("?", {"hit": 1.0})) for n in range(10))]
    order = order_over(unsure, finite=True)
    assert watched(GIVEN, unsure, cell_of(order), order).interval() == pytest.approx((10 / 50, 20 / 50))


def test_benign_cases_are_no_part_of_a_number_about_the_others():
    rows = [row(f"c{n}", {"hit": 1.0}) for n in range(10)] + [
        row(f"b{n}", {"hit": 0.0}, benign=True) for n in range(10)
    ]
    order = order_over(rows, finite=True)
    metric = mean_of("hit", name="others", benign=False)
    found = watched(metric, rows, cell_of(order), order)
    assert found.clusters == 10 and found.interval() == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize("finite", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.5])
def test_the_least_width_is_less_than_the_width(finite, share):
    dice = random.Random(3)
    rows = [row(f"c{n}", {"hit": float(dice.random() < share)}) for n in range(300)]
    order = order_over(rows, finite=finite)
    by_name = {each.case_id: each for each in rows}
    track = Track.of(RATE, cell_of(order), order)
    for place, name in enumerate(track.names):
        track.add(by_name[name])
        if place % 7 == 0:
            found = track.watched()
            low, high = found.interval()
            assert found.least_width() <= high - low + 1e-9


def test_only_means_of_bounded_values_can_be_watched():
    assert watchable(RATE) and watchable(GIVEN)
    assert not watchable(mean_of("hit", bounds=None)) and not watchable(paired_difference("hit"))


SCENARIO = Scenario(
    name="typography", perspective="safety", modality="i2t", title="T", tasks=("a", "b"), metrics=(RATE,),
    headline="rate", score=lambda case, output, seen: Score(), probes=(), rollup="pool",
)  # fmt: skip
PERSPECTIVE = Perspective("safety", "Safety", (SCENARIO,))


def asked_until(dice, rates, sizes, seed, width):
    """The outputs of a scenario whose cells were each asked until the interval was narrow, and its order."""
    every, there = [], []
    for task, rate, size in zip("ab", rates, sizes, strict=True):
        rows = [row(f"{task}{n}", {"hit": float(dice.random() < rate)}, task=task) for n in range(size)]
        order = order_over(rows, seed=seed)
        track = Track.of(RATE, cell_of(order, task), order)
        by_name = {each.case_id: each for each in rows}
        asked = []
        for name in track.names:
            asked.append(by_name[name])
            track.add(by_name[name])
            low, high = track.watched().interval() if len(asked) % 10 == 0 else (0.0, 1.0)
            if high - low <= width:
                break
        there += [replace(each, weight=len(rows) / len(asked)) for each in asked]
        every += rows
    return there, order_over(every, seed=seed)


def test_cells_that_stop_early_weigh_as_if_they_had_not():
    dice = random.Random(1)
    there, order = asked_until(dice, (0.02, 0.9), (600, 200), 1, 0.2)
    assert len(there) < 800
    found = scorecard([PERSPECTIVE], there, order)
    one, other = (found.result(f"safety/i2t/typography/{task}").estimate() for task in "ab")
    whole = found.result("safety/i2t/typography").estimate()
    assert whole.value == pytest.approx((600 * one.value + 200 * other.value) / 800)
    assert one.extra[ANY_TIME] == one.clusters and "any time" in one.method
    assert found.complete


def test_what_is_not_asked_yet_is_counted_but_no_part_of_the_interval():
    rows = [row(f"c{n}", {"hit": 1.0}) for n in range(60)]
    order = order_over(rows)
    first = set(order.ordered(cell_of(order).about(None))[:40])
    shown = [each if each.case_id in first else replace(each, score=Score.unknown(NOT_ASKED)) for each in rows]
    found = scorecard([PERSPECTIVE], shown, order)
    result = found.result("safety/i2t/typography/a")
    assert result.tally.missing == 20 and not found.complete
    assert result.estimate().missing == 0 and result.estimate().low > 0.8


def test_numbers_without_such_an_interval_say_so():
    other = mean_of("hit", name="unbounded", bounds=None)
    scenario = replace(SCENARIO, metrics=(RATE, other))
    rows = [row(f"c{n}", {"hit": n / 20}) for n in range(20)]
    found = scorecard([Perspective("safety", "Safety", (scenario,))], rows, order_over(rows))
    marked = found.result("safety/i2t/typography/a").estimate("unbounded")
    assert NOT_AT_ANY_TIME in marked.extra and ANY_TIME not in marked.extra


@runs(30, 600)
def test_the_number_of_a_scenario_whose_cells_stopped_holds_the_truth(runs, evidence):
    dice, intervals = random.Random(7), []
    for seed in range(runs):
        there, order = asked_until(dice, (0.05, 0.3), (400, 400), seed, 0.15)
        found = scorecard([PERSPECTIVE], there, order).result("safety/i2t/typography").estimate()
        intervals.append((found.low, found.high))
    simulation = Simulation.of(intervals, 0.175)
    evidence("A scenario whose two cells each stopped at a width of 0.15", simulation)
    assert simulation.holds(), str(simulation)
