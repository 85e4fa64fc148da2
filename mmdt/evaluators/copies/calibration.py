"""The near-copy decisions: their thresholds and how often they err, as measured by ``bench/copies``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

TABLE = "calibration.toml"


class MeasuredRate(msgspec.Struct, frozen=True):
    """So many ``pairs`` were called copies as often as ``share``, with its 95 % interval; pairs that share pictures
    count as fewer ``independent`` ones."""

    share: float
    low: float
    high: float
    pairs: int
    independent: float


class ErrorCounts(msgspec.Struct, frozen=True):
    """Of so many ``copies`` so many were ``found``, of so many independent pairs of ``others`` so many ``cleared``."""

    copies: int
    found: int
    others: int
    cleared: int


class CopyCalibration(msgspec.Struct, frozen=True):
    """A decision's threshold and what it gets wrong.

    ``false_positives``: of pairs that are no copies, by family (``photographs``: whole ones, all different; ``halves``
    and ``textures``: parts of one photograph; the rest is drawn). ``found_photographs`` and ``found_drawn``: of copies,
    by kind of alteration. ``errors``: what a correction of the rate of near copies rests on, for ``photographs`` (all
    kinds of alterations alike) and for the ``posters`` that organisms draw.
    """

    threshold: float
    errors: Mapping[str, ErrorCounts]
    false_positives: Mapping[str, MeasuredRate]
    found_photographs: Mapping[str, MeasuredRate]
    found_drawn: Mapping[str, MeasuredRate]

    @property
    def drawn(self) -> tuple[float, int]:
        """(share called copies, pairs) of all drawn families together."""
        rates = [rate for name, rate in self.false_positives.items() if name not in PARTS]
        pairs = sum(rate.pairs for rate in rates)
        return sum(rate.share * rate.pairs for rate in rates) / pairs, pairs

    @property
    def note(self) -> str:
        """What is shown wherever a number rests on the decision."""
        photographs, (share, pairs) = self.false_positives["photographs"], self.drawn
        found = ", ".join(f"{kind} {rate.share:.0%}" for kind, rate in self.found_photographs.items())
        return (
            f"near copy at {self.threshold:g}: {photographs.share:.2%} of {photographs.pairs:,} pairs of different "
            f"photographs ({photographs.low:.1%} to {photographs.high:.1%}) and {share:.2%} of {pairs:,} pairs of "
            f"drawn pictures are taken for copies; copies of photographs found: {found}"
        )


PARTS = ("photographs", "halves", "textures")


@cache
def calibration(name: str) -> CopyCalibration:
    """The measured decision of ``crops`` or ``phash``."""
    return msgspec.convert(tomllib.loads((files(__package__) / TABLE).read_text("utf-8"))[name], CopyCalibration)
