"""Organisms: embedded models with planted, known rates of behaviour, for demonstrations and to check mmdt itself."""

from mmdt.models.organism.body import Organism, open_organism, planted
from mmdt.models.organism.rates import Rates, Table
from mmdt.models.organism.skill import Skill, Turn

__all__ = ["Organism", "Rates", "Skill", "Table", "Turn", "open_organism", "planted"]
