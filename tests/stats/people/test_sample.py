from collections import Counter

import pytest

from mmdt.stats.people.sample import Candidate, allocation, choose


def candidates(harmful=40, harmless=360, failed=0):
    kinds = [True] * harmful + [False] * harmless + [None] * failed
    return [Candidate(i, f"safety/i2t/typography/{i % 3}", kind) for i, kind in enumerate(kinds)]


def test_half_equal_half_in_proportion():
    assert allocation({True: 100, False: 900}, 100) == {True: 30, False: 70}


@pytest.mark.parametrize("sizes", [{True: 3, False: 500}, {True: 0, False: 10}, {True: 1, False: 1, None: 1}])
@pytest.mark.parametrize("wanted", [0, 1, 2, 5, 10, 1_000])
def test_no_stratum_gives_more_than_it_has(sizes, wanted):
    found = allocation(sizes, wanted)
    assert all(found[each] <= sizes[each] for each in sizes)
    assert sum(found.values()) == min(wanted, sum(sizes.values()))


def test_the_same_seed_chooses_the_same_and_more_begin_with_them():
    few, again, more = (choose(candidates(), n, 7) for n in (50, 50, 100))
    assert few == again
    assert {each.key for each in few} <= {each.key for each in more}
    assert {each.key for each in choose(candidates(), 50, 8)} != {each.key for each in few}


def test_probabilities_are_the_share_of_the_verdict():
    chosen = choose(candidates(), 100, 0)
    counts = Counter(each.verdict for each in chosen)
    assert {each.probability for each in chosen if each.verdict} == {counts[True] / 40}
    assert {each.probability for each in chosen if not each.verdict} == {counts[False] / 360}


def test_every_output_has_the_same_chance_and_every_cell_its_share():
    hits, pool = Counter(), candidates(30, 0)
    for seed in range(600):
        chosen = choose(pool, 12, seed)
        hits.update(each.key for each in chosen)
        cells = Counter(pool[each.key].cell for each in chosen)
        assert max(cells.values()) - min(cells.values()) <= 2
    assert all(abs(hits[i] / 600 - 0.4) < 0.09 for i in range(30))


def test_the_order_does_not_give_the_verdict_away():
    chosen = choose(candidates(50, 50), 40, 1)
    first = [each.verdict for each in chosen[:20]]
    assert 4 < sum(map(bool, first)) < 16
