import random
from collections import Counter

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.data.sample import sample

ONE, TWO = Cell("ood", "i2t", "original", "count"), Cell("ood", "i2t", "pixelate", "count")


def cases(cell, number, group=lambda n: ""):
    return [Case.make(cell, f"prompt {n}", group=group(n)) for n in range(number)]


def drawn(all_cases, limit, seed):
    return list(sample(lambda first: iter(all_cases), limit, seed))


def test_limit_holds_for_each_cell_and_order_is_kept():
    everything = [*cases(ONE, 50), *cases(TWO, 3)]
    chosen = drawn(everything, 10, 0)
    assert Counter(case.cell for case in chosen) == {ONE: 10, TWO: 3}
    assert [case for case in everything if case in chosen] == chosen


def test_the_same_seed_chooses_the_same_in_any_order():
    everything = cases(ONE, 50)
    shuffled = random.Random(1).sample(everything, len(everything))
    assert {case.id for case in drawn(everything, 10, 3)} == {case.id for case in drawn(shuffled, 10, 3)}
    assert {case.id for case in drawn(everything, 10, 3)} != {case.id for case in drawn(everything, 10, 4)}


def test_a_larger_sample_holds_the_smaller_one():
    everything = cases(ONE, 50)
    assert {case.id for case in drawn(everything, 10, 3)} < {case.id for case in drawn(everything, 20, 3)}


def test_every_case_is_as_likely():
    everything = cases(ONE, 20)
    counts = Counter(case.id for seed in range(400) for case in drawn(everything, 5, seed))
    assert len(counts) == 20
    assert all(60 <= count <= 145 for count in counts.values())  # 100 expected, sd 8.7: five sd


def test_pairs_are_chosen_together():
    pairs = [*cases(ONE, 40, lambda n: f"photo {n}"), *cases(TWO, 40, lambda n: f"photo {n}")]
    chosen = drawn(pairs, 8, 0)
    groups = {cell: {case.group for case in chosen if case.cell == cell} for cell in (ONE, TWO)}
    assert groups[ONE] == groups[TWO]
    assert len(groups[ONE]) == 8


def test_duplicates_count_as_cases_and_the_first_are_kept():
    twins = [case for case in cases(ONE, 3) for _ in range(4)]
    assert len(drawn(twins, 5, 0)) == 5


def test_nothing_to_choose_from():
    assert drawn([], 5, 0) == []
