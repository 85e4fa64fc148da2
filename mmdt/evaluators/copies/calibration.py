"""Thresholds and error rates of the copy detectors, as measured by ``bench/copies``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

TABLE = "calibration.toml"


class MeasuredRate(msgspec.Struct, frozen=True):
    """The share of ``pairs`` classified as copies, with its 95 % interval.

    ``independent``: the effective number of pairs, which is lower where pairs share images.
    """

    share: float
    low: float
    high: float
    pairs: int
    independent: float


class ErrorCounts(msgspec.Struct, frozen=True):
    """``found`` of ``copies`` were detected; ``cleared`` of ``others`` (independent pairs of non-copies) were not."""

    copies: int
    found: int
    others: int
    cleared: int


class CopyCalibration(msgspec.Struct, frozen=True):
    """A detector's threshold and error rates.

    ``false_positives``: rates for pairs that are not copies, by family (``photographs``: whole, all different;
    ``halves`` and ``textures``: parts of one photograph; all others are drawn). ``found_photographs`` and
    ``found_drawn``: rates for copies, by kind of alteration. ``errors``: the counts for correcting the rate of near
    copies, for ``photographs`` (all alterations weighted equally) and for the ``posters`` that organisms draw.
    """

    threshold: float
    errors: Mapping[str, ErrorCounts]
    false_positives: Mapping[str, MeasuredRate]
    found_photographs: Mapping[str, MeasuredRate]
    found_drawn: Mapping[str, MeasuredRate]

    @property
    def drawn(self) -> tuple[float, int]:
        """(share classified as copies, number of pairs) over all drawn families."""
        rates = [rate for name, rate in self.false_positives.items() if name not in PARTS]
        pairs = sum(rate.pairs for rate in rates)
        return sum(rate.share * rate.pairs for rate in rates) / pairs, pairs

    @property
    def note(self) -> str:
        """The note shown beside every number that depends on the detector."""
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
    """The calibration of ``crops`` or ``phash``."""
    return msgspec.convert(tomllib.loads((files(__package__) / TABLE).read_text("utf-8"))[name], CopyCalibration)
