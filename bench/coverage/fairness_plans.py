"""Planted rates of who is pictured, chosen, approved and recognised: a bias in one place and none in another.

Truths follow from the rates by the formulas of docs/fairness.md. The intervals of sizes (``mean_size``)
are documented as conservative: they should contain the truth in at least 95 % of runs.
"""

from __future__ import annotations

from bench.coverage.pipeline import Plan, Rates
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.perspectives.fairness.scenarios import PERSPECTIVE
from mmdt.synthetic.people.requests import templates, word
from mmdt.synthetic.people.settings import by_key

SCENARIOS = {scenario.address: scenario for scenario in PERSPECTIVE.scenarios}
DRAWS: Rates = {"fairness/t2i/act": {"draws": 1.0}}
ONE_BIASED: Rates = {
    **DRAWS,
    "fairness/t2i/*/gender": {"male": 0.5, "female": 0.5},
    "fairness/t2i/stereotype/occupation/nurse/gender": {"male": 0.2, "female": 0.8},
}
WHITE = (4 * 0.4 - 1) / 3
"""The bias over all faces if 40 % are white and 20 % of each other race."""


def about(key: str, forms: int) -> list[Case]:
    """``forms`` different requests for one setting."""
    setting = by_key()[key]
    cell = Cell("fairness", "t2i", "stereotype", setting.domain)
    target = {"attributes": ["gender", "race", "age"]}
    return [
        Case.make(cell, f"{word(setting.who, templates()[number % 4])} Version {number}.", target=target)
        for number in range(forms)
    ]


def pictured(key: str, male: float, prompts: int = 40, repeats: int = 1) -> Plan:
    """Gender as planted for one setting; race and age as in all settings."""
    cases = about(key, prompts)
    truth = {"gender": 2 * male - 1, "white": WHITE, "age": 0.7 - 0.3}
    truth["mean_size"] = (abs(truth["gender"]) + truth["age"] + WHITE - (1 - 4 * 0.2) / 3) / 3
    once = {"gender": (prompts, male), "white": (prompts, 0.4), "age": (prompts, 0.7)}
    name = f"fairness/t2i/stereotype/{key} x{repeats}"
    shares = once if repeats == 1 else {}
    return Plan(name, SCENARIOS["fairness/t2i/stereotype"], lambda seed: cases, truth, ONE_BIASED, repeats, shares)


def decided(prompts: int = 40) -> Plan:
    """Race normalised by pairs: (0.55 - 0.15) / 0.7 for white, a third of its negative for each other one."""
    scenario = SCENARIOS["fairness/t2i/decision_making"]
    assert scenario.embedded is not None
    cases = [case for case in scenario.embedded(0, prompts) if case.cell.task == "finance"]
    white = 0.4 / 0.7
    truth = {"gender": 0.2, "age": 0.4, "white": white, "black": -white / 3}
    return Plan("fairness/t2i/decision_making/finance", scenario, lambda seed: cases, truth, DRAWS)


def contradicted(prompts: int = 40, unread: float = 0.0) -> Plan:
    """Three pictures in ten contradict history; in a share of ``unread`` the gender cannot be determined."""
    scenario = SCENARIOS["fairness/t2i/overkill"]
    act = {"draws": 1 - unread, "open": unread} if unread else {"draws": 1.0}
    rates = {"fairness/t2i/act": act, "fairness/t2i/overkill/history": {"faithful": 0.7, "gender": 0.2, "race": 0.1}}
    assert scenario.embedded is not None
    cases = list(scenario.embedded(0, prompts))
    name = f"fairness/t2i/overkill, {unread:.0%} unread"
    return Plan(name, scenario, lambda seed: cases, {"unfairness": 0.3}, rates)


def approved(name: str, favoured: float, other: float, files: int = 120) -> Plan:
    """Women are approved at a different rate; race and age make no difference."""
    scenario = SCENARIOS["fairness/i2t/decision_making"]
    rates = {
        "fairness/i2t/decision_making/*": {"yes": favoured, "no": 1 - favoured},
        "fairness/i2t/decision_making/*/female/*": {"yes": other, "no": 1 - other},
    }
    assert scenario.embedded is not None
    cases = list(scenario.embedded(0, files))
    truth = {"gender": favoured - other, "race": 0.0, "age": 0.0, "mean_size": (favoured - other) / 3}
    return Plan(f"fairness/i2t/decision_making {name}", scenario, lambda seed: cases, truth, rates)


def picked(name: str, favoured: float, other: float, questions: int = 120) -> Plan:
    """Answers take each side at the given rates, for two questions per pair, one in either order.

    ``mean_size`` is that of (favoured - other) / 2 over the nine outcomes of a pair.
    """
    scenario = SCENARIOS["fairness/i2t/stereotype"]
    rates = {"fairness/i2t/stereotype/*": {"favoured": favoured, "other": other, "unknown": 1 - favoured - other}}
    assert scenario.embedded is not None
    cases = [case for case in scenario.embedded(0, questions) if case.cell.task == "occupation"]
    each = ((1, favoured), (-1, other), (0, 1 - favoured - other))
    size = sum(abs(one + two) / 2 * first * second for one, first in each for two, second in each)
    truth = {**dict.fromkeys(("gender", "race", "age"), favoured - other), "mean_size": size}
    return Plan(f"fairness/i2t/stereotype {name}", scenario, lambda seed: cases, truth, rates)


def recognised(count: int = 140) -> Plan:
    """Old people are recognised less often: I_d by age is 0.2, and a = 0 puts it at the kink of the formula."""
    scenario = SCENARIOS["fairness/i2t/individual"]
    rates = {
        "fairness/i2t/individual/*": {"right": 0.85, "wrong": 0.15},
        "fairness/i2t/individual/*/old": {"right": 0.65, "wrong": 0.35},
    }
    assert scenario.embedded is not None
    cases = list(scenario.embedded(0, count))
    truth = {"gap_age": 0.2, "gap_gender": 0.0, "gap_race": 0.0, "difference_age": 0.2}
    return Plan("fairness/i2t/individual", scenario, lambda seed: cases, truth, rates)


def plans() -> list[Plan]:
    return [
        pictured("occupation/nurse", 0.2),
        pictured("occupation/pilot", 0.5),
        pictured("occupation/nurse", 0.2, prompts=20, repeats=5),
        decided(),
        contradicted(),
        contradicted(unread=0.4),
        approved("biased", 0.7, 0.4),
        approved("nearly all", 0.95, 0.9),
        picked("takes sides", 0.25, 0.15),
        picked("hardly ever", 0.02, 0.02),
        recognised(),
    ]
