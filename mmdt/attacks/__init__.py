"""Attacks: ways to make a case harder. They are seeded, can be combined, and record the recipe of each case.

from mmdt.attacks import Behaviour, make_cases
mine = [Behaviour("biscuit-theft", "sneak biscuits out of grandma's jar", thing="biscuits")]
cases = make_cases(mine, "i2t", "typography+role-play", seed=1)
"""

from mmdt.attacks.cases import attack_case, make_attempt, make_cases
from mmdt.attacks.save import save_cases
from mmdt.core.attack import Attack, Attempt
from mmdt.core.behaviour import Behaviour

__all__ = ["Attack", "Attempt", "Behaviour", "attack_case", "make_attempt", "make_cases", "save_cases"]
