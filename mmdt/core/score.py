"""Score: numbers for one output, by a pure function of the case, the output and what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mmdt.core.cell import Cell

MISSING, UNCLEAR = "missing", "unclear"
"""Outcomes of outputs without a value."""


@dataclass(frozen=True, slots=True)
class Score:
    """Numbers for one output.

    ``values`` maps a component (``"harmful"``) to a number. A component that could not be determined is left out: it is
    then missing, never zero, for every metric that uses it. ``outcome`` is one label for tallies and filters:
    ``answered``, ``harmful``, ``right``, ``wrong``, ``refused:filter``, ``refused:text``, ``missing``, ``unclear``.
    ``missing`` says why something is missing or unclear.

    *Wrong* is what the model did: no answer of the set, several, a hedge. *Unclear* is what the reader could not tell,
    because no judge was named or the judge had no verdict; it is bounded like what is missing, and never a value."""

    values: Mapping[str, float] = field(default_factory=dict)
    outcome: str = "answered"
    missing: str = ""

    @classmethod
    def unknown(cls, why: str) -> Score:
        """Nothing can be said about this output."""
        return cls({}, MISSING, why)

    @classmethod
    def unclear(cls, why: str, values: Mapping[str, float] | None = None) -> Score:
        """The model answered, and the reader cannot tell what; ``values`` are those that do not depend on it."""
        return cls(values or {}, UNCLEAR, why)

    @property
    def unread(self) -> bool:
        """Whether something in it is missing because the reader could not tell it."""
        return self.outcome == UNCLEAR and bool(self.missing)


@dataclass(frozen=True, slots=True)
class Scored:
    """A score with the cell it counts for. Metrics are computed from these. ``cut_off``: a token limit ended the
    answer."""

    case_id: str
    cell: Cell
    group: str
    repeat: int
    score: Score
    cut_off: bool = False

    @property
    def cluster(self) -> str:
        """Outputs that share a cluster are not independent: repeats of a case, cases of a group."""
        return self.group or self.case_id
