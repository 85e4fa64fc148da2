"""Generators of challenging cases: seeded, composable, one method a file.

from mmdt.attacks import Behaviour, make_cases
mine = [Behaviour("biscuit-theft", "sneak biscuits out of grandma's jar", thing="biscuits")]
cases = make_cases(mine, "i2t", ["typography", "role-play"], seed=1)
"""

from mmdt.attacks.attempt import Attempt, Method
from mmdt.attacks.behaviour import Behaviour
from mmdt.attacks.cases import METHODS, make_attempt, make_cases
from mmdt.attacks.save import save_cases

__all__ = ["METHODS", "Attempt", "Behaviour", "Method", "make_attempt", "make_cases", "save_cases"]
