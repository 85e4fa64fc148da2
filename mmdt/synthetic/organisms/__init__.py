"""Organisms: embedded models with planted rates of behaviour, for demonstrations and for checking mmdt itself."""

from mmdt.synthetic.organisms.organism import Organism, open_organism, planted
from mmdt.synthetic.organisms.rates import Rates, RateTable
from mmdt.synthetic.organisms.skill import Skill, Turn

__all__ = ["Organism", "RateTable", "Rates", "Skill", "Turn", "open_organism", "planted"]
