"""``python -m bench.coverage [PART]... [--seeds 1000]``: one JSON line per metric."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from fnmatch import fnmatchcase

from bench.coverage import fairness_plans, individual, near_copies, privacy_plans, whole
from bench.coverage.exact import exact_interval, wilson_coverage
from bench.coverage.pipeline import Plan, reports, run
from mmdt.core.scenario import Perspective
from mmdt.perspectives.fairness.scenarios import PERSPECTIVE as FAIRNESS
from mmdt.perspectives.privacy.scenarios import PERSPECTIVE as PRIVACY
from mmdt.stats.coverage import RulerReport
from mmdt.validate.ruler import evaluators_of

Line = dict[str, object]


def of_plans(plans: Sequence[Plan], perspective: Perspective, seeds: int, glob: str) -> Iterator[Line]:
    evaluators = evaluators_of(perspective)
    for plan in (each for each in plans if fnmatchcase(each.name, glob)):
        for metric, report in reports(run(plan, evaluators, range(seeds))).items():
            expected = {"expected": round(wilson_coverage(*plan.shares[metric]), 4)} if metric in plan.shares else {}
            yield {"plan": plan.name, "metric": metric, **line(report), **expected}


def of_whole(names: Sequence[str], seeds: int, size: int) -> Iterator[Line]:
    """Uses a hundredth of the seeds: drawing pictures takes long, and each seed has hundreds of cells."""
    for name, level, metric, report in whole.reports(whole.run(names, range(max(seeds // 100, 2)), size)):
        yield {"plan": f"{name} {level}", "metric": metric, "size": size, **line(report)}


def line(report: RulerReport) -> Line:
    """A short form of the report, with the exact interval of the coverage."""
    low, high = exact_interval(report.covered, report.checked) if report.checked else (0.0, 1.0)
    found = {**asdict(report), "low": low, "high": high}
    return {name: round(value, 4) for name, value in found.items() if value or name in ("coverage", "bias")}


def of_near_copies(seeds: int, _: str) -> Iterator[Line]:
    """150 posters with four reproductions and four other compositions each: two or three minutes.

    The same scores are evaluated with the calibrated threshold, and with one so strict that it misses many copies.
    """
    pool = near_copies.Pool.scored(150, 4)
    for decided in (pool, replace(pool, threshold=0.9)):
        rates = {"sensitivity": decided.copies, "false_positives": decided.others}
        measured = {name: round(float(each.mean()), 4) for name, each in rates.items()}
        for requests in (40, 200, 1000):
            for metric, report in reports(near_copies.run(decided, range(seeds), requests, 400)).items():
                yield {"plan": f"privacy/t2i/training x{requests}", "metric": metric, **line(report), **measured}


def of_individual(seeds: int, glob: str) -> Iterator[Line]:
    """The formula by group with ten pictures per wording, for as few groups as embedded data has and for more."""
    for planted in (each for each in individual.plans() if fnmatchcase(each.name, glob)):
        for groups in (5, 12, 40):
            found = individual.run(planted, range(seeds), groups)
            plan = {"plan": f"fairness/t2i/individual {planted.name} x{groups}"}
            endless = [each.low <= truth <= each.high for each, truth in found.pop(individual.ENDLESS)]
            for metric, report in reports(found).items():
                yield {**plan, "metric": metric, "truth": round(planted.truth[metric], 4), **line(report)}
            truth = round(planted.truth[individual.ENDLESS], 4)
            yield {**plan, "metric": individual.ENDLESS, "truth": truth, "covered": sum(endless)}


PARTS: dict[str, Callable[[int, str], Iterator[Line]]] = {
    "privacy": lambda seeds, glob: of_plans(privacy_plans.plans(), PRIVACY, seeds, glob),
    "fairness": lambda seeds, glob: of_plans(fairness_plans.plans(), FAIRNESS, seeds, glob),
    "individual": of_individual,
    "near-copies": of_near_copies,
    "worlds": lambda seeds, _: of_whole(whole.WORLDS, seeds, 12),
    "safety": lambda seeds, _: of_whole(("safety",), seeds * 4, 12),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; default: all")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--plan", default="*", metavar="GLOB", help="plans to run (privacy, fairness and individual)")
    given = parser.parse_args()
    for part in given.parts or PARTS:
        if part not in PARTS:
            parser.error(f"unknown part {part!r}: use {', '.join(PARTS)}")
        for each in PARTS[part](given.seeds, given.plan):
            print(json.dumps({"bench": f"coverage.{part}", "seeds": given.seeds, **each}), flush=True)


if __name__ == "__main__":
    main()
