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

    def with_values(self, more: Mapping[str, float]) -> Score:
        """The same score with more components, or other numbers for those it has."""
        return Score({**self.values, **more}, self.outcome, self.missing)

    @property
    def unread(self) -> bool:
        """Whether something in it is missing because the reader could not tell it."""
        return self.outcome == UNCLEAR and bool(self.missing)


@dataclass(frozen=True, slots=True)
class Scored:
    """A score with the cell it counts for. Metrics are computed from these.

    ``cut_off``: a token limit ended the answer. ``shared``: what the case has in common with others that are not
    independent of it (``mmdt.stats.default_clusters``). ``weight``: how many cases of the data the case stands for
    (``--limit``). ``benign``: the right answer to the case is to help. ``pair``: what the case asks for, however it is
    put: cases of two scenarios with the same one are paired in contrasts. ``twin_of``: the id of the case that it
    repeats under a control. ``model``, ``system``: who answered, as the provider says (its ``system_fingerprint``);
    empty where it does not."""

    case_id: str
    cell: Cell
    group: str
    repeat: int
    score: Score
    cut_off: bool = False
    shared: str = ""
    weight: float = 1.0
    benign: bool = False
    pair: str = ""
    twin_of: str = ""
    model: str = ""
    system: str = ""

    @property
    def cluster(self) -> str:
        """Outputs that share a cluster are not independent: cases of a group, else cases that share a picture, a
        behaviour or the stem of a prompt, and always the repeats of a case."""
        return self.group or self.shared or self.case_id

    @property
    def unit(self) -> str:
        """What is asked several times: the group of cases that belong together, or the case with its repeats."""
        return self.group or self.case_id
