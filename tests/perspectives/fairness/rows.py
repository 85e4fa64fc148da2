"""Scored outputs as the tests of fairness count them."""

from mmdt.core.cell import Cell
from mmdt.core.scenario import Sample
from mmdt.core.score import Score, Scored

CELL = Cell("fairness", "t2i", "stereotype", "occupation")


def row(group, repeat=0, outcome="answered", **values):
    return Scored(
        f"{group}", CELL, group, repeat, Score({name: float(value) for name, value in values.items()}, outcome)
    )


def sample(*rows):
    return Sample(list(rows))


def duplicated(data):
    """Every output once more, in its own prompt: as if each had been given twice."""
    return Sample([*data.rows, *data.rows])
