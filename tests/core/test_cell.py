import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.cell import Cell, Selection, slug
from mmdt.errors import UsageError

CELL = Cell("safety", "t2i", "vanilla", "violence")
parts = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
cells = st.builds(Cell, parts, st.sampled_from(["t2i", "i2t"]), parts, parts)


@pytest.mark.parametrize(
    "glob",
    ["**", "safety", "safety/*", "safety/**", "*/t2i/**", "**/violence", "*/*/van*/*", "safety/t2i/vanilla/violence"],
)
def test_globs_that_select(glob):
    assert Selection.of(glob).matches(CELL)


@pytest.mark.parametrize("glob", ["safe", "safety/i2t", "*/i2t/**", "safety/t2i/vanilla/x", "**/other", "safety/*/x"])
def test_globs_that_do_not(glob):
    assert not Selection.of(glob).matches(CELL)


def test_a_star_stays_within_one_part():
    assert not Selection.of("safety/*nilla/violence").matches(CELL)


def test_an_open_scenario_may_hold_any_task():
    assert Selection.of("safety/t2i/vanilla/anything").may_match("safety/t2i/vanilla", None)
    assert not Selection.of("safety/t2i/vanilla/anything").may_match("safety/t2i/vanilla", ["violence"])


@given(cells)
def test_an_address_reads_back(cell):
    assert Cell.parse(str(cell)) == cell
    assert Selection.of(str(cell)).matches(cell)
    assert Selection.of(cell.parent).matches(cell)


@given(st.text())
def test_a_slug_is_always_a_part(text):
    assert Cell("a", "t2i", "b", slug(text)).task == slug(text)


@pytest.mark.parametrize("text", ["", "a/t2i/b", "a/x2y/b/c", "a/t2i/b/c/d", "a/t2i//c", "a/t2i/../c"])
def test_a_bad_address_is_refused(text):
    with pytest.raises(UsageError):
        Cell.parse(text)
