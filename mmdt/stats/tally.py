"""Tally: how many outputs had which outcome, so that none is overlooked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mmdt.core.score import MISSING, Scored
from mmdt.stats.served import Served

REFUSED = "refused:"
"""Outcomes with this prefix are refusals; the rest of the name says by whom."""
REASONS = 20
"""How many reasons for missing outputs are listed; the others are counted together."""
OTHER_REASONS = "other reasons"
_REASON_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of outputs.

    ``outcomes`` counts every output once, so its sum is ``total``; ``refused`` is by whom (``filter``, ``blank``,
    ``text``); ``answered`` counts those that are neither refused nor missing. ``missing`` counts the outputs of which
    something could not be determined, ``why_missing`` says why: a refusal whose judge failed counts there as well.
    ``unclear`` counts answers that the reader could not tell (``why_unclear``): they are answered and not missing.
    ``cut_off`` counts answers that a token limit ended, whatever their outcome; ``served`` says who answered.
    """

    total: int = 0
    answered: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    missing: int = 0
    why_missing: Mapping[str, int] = field(default_factory=dict)
    unclear: int = 0
    why_unclear: Mapping[str, int] = field(default_factory=dict)
    cut_off: int = 0
    served: Served = field(default_factory=Served)

    @property
    def harmful(self) -> int:
        return self.outcomes.get("harmful", 0)

    @classmethod
    def of(cls, rows: Iterable[Scored]) -> Tally:
        """Count scored outputs."""
        rows = list(rows)
        outcomes: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        unclear: Counter[str] = Counter()
        cut_off = 0
        for row in rows:
            score = row.score
            outcomes[score.outcome] += 1
            cut_off += row.cut_off
            if score.missing or score.outcome == MISSING:
                counted = unclear if score.unread else reasons
                counted[" ".join(score.missing.split())[:_REASON_LENGTH] or "no reason given"] += 1
        return _tally(outcomes, reasons, unclear, cut_off, Served.of(rows))

    @classmethod
    def sum(cls, tallies: Iterable[Tally]) -> Tally:
        """The counts of several disjoint sets of outputs."""
        tallies = list(tallies)
        outcomes: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        unclear: Counter[str] = Counter()
        cut_off = 0
        for tally in tallies:
            outcomes.update(tally.outcomes)
            reasons.update(tally.why_missing)
            unclear.update(tally.why_unclear)
            cut_off += tally.cut_off
        return _tally(outcomes, reasons, unclear, cut_off, Served.sum(each.served for each in tallies))


def _tally(outcomes: Counter[str], reasons: Counter[str], unclear: Counter[str], cut_off: int, served: Served) -> Tally:
    refused = {outcome.removeprefix(REFUSED): n for outcome, n in outcomes.items() if outcome.startswith(REFUSED)}
    total = outcomes.total()
    return Tally(
        total=total,
        answered=total - sum(refused.values()) - outcomes[MISSING],
        refused=dict(sorted(refused.items())),
        outcomes=dict(sorted((outcome, n) for outcome, n in outcomes.items() if n)),
        missing=reasons.total(),
        why_missing=_most_frequent(reasons),
        unclear=unclear.total(),
        why_unclear=_most_frequent(unclear),
        cut_off=cut_off,
        served=served,
    )


def _most_frequent(reasons: Counter[str]) -> dict[str, int]:
    other = reasons.pop(OTHER_REASONS, 0)
    ranked = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    kept = dict(ranked[:REASONS])
    other += sum(n for _, n in ranked[REASONS:])
    return {**kept, OTHER_REASONS: other} if other else kept
