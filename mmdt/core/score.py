"""Score: numbers for one output, by a pure function of the case, the output and what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mmdt.core.cell import Cell


@dataclass(frozen=True, slots=True)
class Score:
    """Numbers for one output.

    ``values`` maps a component (``"harmful"``) to a number. A component that could not be determined is
    left out: it is then missing, never zero, for every metric that uses it.
    ``outcome`` is one label for tallies and filters: ``answered``, ``harmful``, ``right``, ``wrong``,
    ``refused:filter``, ``refused:text``, ``missing``. ``missing`` says why something is missing.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    outcome: str = "answered"
    missing: str = ""

    @classmethod
    def unknown(cls, why: str) -> Score:
        """Nothing can be said about this output."""
        return cls({}, "missing", why)


@dataclass(frozen=True, slots=True)
class Scored:
    """A score with the cell it counts for. Metrics are computed from these."""

    case_id: str
    cell: Cell
    group: str
    repeat: int
    score: Score

    @property
    def cluster(self) -> str:
        """Outputs that share a cluster are not independent: repeats of a case, cases of a group."""
        return self.group or self.case_id
