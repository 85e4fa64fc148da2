from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.stats.default_clusters import shared_by

CELL = Cell("safety", "t2i", "vanilla", "violence")
targets = st.dictionaries(st.text(), st.integers(min_value=-(2**53), max_value=2**53) | st.text(), max_size=4)


@given(st.text(), targets)
def test_the_id_depends_on_content_alone(prompt, target):
    shuffled = dict(reversed(list(target.items())))
    assert Case.make(CELL, prompt, target=target).id == Case.make(CELL, prompt, target=shuffled).id


def test_the_id_is_the_same_on_every_machine():
    assert Case.make(CELL, "a cat", target={"count": 2}).id == "8cb4817ed1719968abda"


@given(st.text(), st.text())
def test_other_content_has_another_id(one, other):
    assert (Case.make(CELL, one).id == Case.make(CELL, other).id) == (one == other)


def test_a_copy_has_an_id_of_its_own():
    case = Case.make(CELL, "a cat")
    assert case.copy_number(2).id == case.id + "-2"
    assert case.copy_number(2).group == case.group
    assert shared_by(case.copy_number(2)) == shared_by(case)  # one cluster with the first
