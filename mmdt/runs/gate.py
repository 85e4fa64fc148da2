"""The verb ``gate``: does a run meet the rules that are written down, beyond noise?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdt.errors import MissingExtraError, StoreError, UsageError
from mmdt.report.facts import read_facts
from mmdt.report.html.inputs import ReportInput
from mmdt.report.names import DisplayNames
from mmdt.runs.comparison import Comparison, compare
from mmdt.runs.result import Run
from mmdt.spelling import option, verb
from mmdt.stats.gate.checks import GateCheck, Titles, Verdict, check_all, judges_by_address, verdict_of
from mmdt.stats.gate.rules import DIFFERENCES, GateRules

if TYPE_CHECKING:
    import pandas

    from mmdt.core.scenario import Scenario


@dataclass(frozen=True, slots=True)
class GateResult:
    """``verdict``: ``fail`` if any check fails, ``pass`` if all pass, else ``inconclusive``. ``tests``: how many checks
    p was adjusted for. ``cautions``: what a reader must know about the run and the baseline. ``file``: of the rules."""

    verdict: Verdict
    checks: tuple[GateCheck, ...]
    tests: int
    run: str
    folder: str
    baseline: str = ""
    file: str = ""
    cautions: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.verdict == "pass"

    def counts(self) -> dict[str, int]:
        """How many checks have which verdict."""
        return {each: sum(check.verdict == each for check in self.checks) for each in ("fail", "inconclusive", "pass")}

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each of ``checks``. Raises MissingExtraError where pandas is not installed."""
        try:
            import pandas
        except ImportError as error:
            raise MissingExtraError("to_pandas", "pandas", error) from error
        return pandas.DataFrame([asdict(each) for each in self.checks])

    def as_json(self) -> dict[str, Any]:
        """As plain values; numbers that are not known are NaN."""
        return {
            "kind": "gate",
            "verdict": self.verdict,
            "run": self.folder,
            "model": self.run,
            "baseline": self.baseline,
            "rules": self.file,
            "tests": self.tests,
            "counts": self.counts(),
            "cautions": list(self.cautions),
            "checks": [asdict(each) for each in self.checks],
        }


def gate(
    run: Run | str | Path,
    rules: str | Path | Mapping[str, Any] | Sequence[Mapping[str, Any]] | GateRules,
    *,
    baseline: Run | str | Path | None = None,
    different_judges: bool = False,
) -> GateResult:
    """Check a run (or its folder) against ``rules``: a TOML file, its values, or a list of rules (docs/gate.md).

    Where every demand is met, the chance that anything fails is at most 5 %, over all rules of the file together; a
    gate passes only where every interval lies within its limit. ``baseline``: a run for demands on differences.
    ``different_judges``: allow differences that other evaluators judged; each says so.

    Raises UsageError for rules that are not valid, select nothing or lack a baseline, StoreError for a damaged run.
    """
    asked = _rules(rules)
    mine = run if isinstance(run, Run) else Run.open(run)
    other = baseline if baseline is None or isinstance(baseline, Run) else Run.open(baseline)
    _refuse_damaged(mine, *([other] if other else []))
    if asked.needs_baseline and other is None:
        where = next(each.where for each in asked.rules if each.demand in DIFFERENCES)
        hint = f"name one with {option('baseline', ['RUN'])}"
        raise UsageError("a rule demands a difference from a baseline, and there is none", where=where, hint=hint)
    _refuse_vain(asked, other is not None, different_judges=different_judges)
    compared = _compared(asked, mine, other, different_judges or asked.different_judges)
    card, perspectives = mine.scorecard(), mine.titled()
    found = ReportInput.of(mine)
    facts = read_facts(found.manifest)
    scenarios, names = mine.scenarios(), DisplayNames.of(perspectives)
    served = {each.address: tuple(each.tally.served.changes(facts.model)) for each in card.results}
    titles = Titles(
        metric=lambda address, metric: _metric(address, metric, names, scenarios),
        judge=judges_by_address(
            {address: [probe.role for probe in each.probes] for address, each in scenarios.items()},
            {each.role: each.name for each in facts.evaluators},
        ),
        notes=lambda address: served.get(address, ()),
        apart=frozenset(contrast.name for each in perspectives for contrast in each.contrasts),
    )
    checks = check_all(asked, card, compared.rows if compared else (), titles, ended=facts.ended)
    return GateResult(
        verdict_of(checks),
        checks,
        sum(each.p_adjusted == each.p_adjusted for each in checks),
        compared.rows[0].run if compared and compared.rows else facts.model,
        str(mine.folder),
        compared.runs[0] if compared else "",
        asked.file,
        compared.cautions if compared else facts.notes,
    )


def _rules(given: str | Path | Mapping[str, Any] | Sequence[Mapping[str, Any]] | GateRules) -> GateRules:
    if isinstance(given, GateRules):
        return given
    if isinstance(given, str | Path):
        return GateRules.read(given)
    return GateRules.of(given if isinstance(given, Mapping) else {"rule": list(given)})


def _refuse_vain(rules: GateRules, baseline: bool, *, different_judges: bool) -> None:
    """Raises UsageError for what decides nothing, because no rule compares with a baseline."""
    if rules.needs_baseline:
        return
    named = {option("baseline"): baseline, option("different_judges", True): different_judges}
    named |= {"different_judges": rules.different_judges}
    for name, given in named.items():
        if given:
            hint = f"leave it out, or write a rule with {', '.join(DIFFERENCES)}"
            raise UsageError(f"{name} has no effect: no rule compares with a baseline", where=rules.file, hint=hint)


def _refuse_damaged(*runs: Run) -> None:
    for each in runs:
        ended = each.manifest.ended
        if ended.how == "damaged":
            hint = f"{verb('verify', each.folder)} says more; no gate is decided by such a run"
            raise StoreError(f"the run is damaged: {ended.reason}", where=str(each.folder), hint=hint)


def _compared(rules: GateRules, run: Run, baseline: Run | None, different_judges: bool) -> Comparison | None:
    """The differences that the rules ask for; None where they ask for none."""
    if baseline is None or not rules.needs_baseline:
        return None
    cells = any(
        each.demand in DIFFERENCES and (each.level == "cell" or any(g.count("/") == 3 for g in each.number))
        for each in rules.rules
    )
    return compare(baseline, run, cells=cells, different_judges=different_judges)


def _metric(
    address: str, metric: str, names: DisplayNames, scenarios: Mapping[str, Scenario]
) -> tuple[str, bool, tuple[float, float] | None]:
    style = names.style(address, metric)
    scenario = scenarios.get("/".join(address.split("/")[:3]))
    declared = next((each for each in scenario.metrics if each.name == metric), None) if scenario else None
    mean = declared is not None and hasattr(declared.estimate, "terms")
    return style.title, style.percent, declared.bounds if declared and mean else None
