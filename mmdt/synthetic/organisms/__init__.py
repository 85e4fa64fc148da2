"""Organisms: embedded models with planted, known rates of behaviour, for demonstrations and to check mmdt itself."""

from mmdt.synthetic.organisms.body import Organism, open_organism, planted
from mmdt.synthetic.organisms.rates import Rates, Table
from mmdt.synthetic.organisms.skill import Skill, Turn

__all__ = ["Organism", "Rates", "Skill", "Table", "Turn", "open_organism", "planted"]
