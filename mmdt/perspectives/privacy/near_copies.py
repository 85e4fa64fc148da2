"""The rate of near copies, corrected for the errors of the copy detector.

A detector that finds nine copies of ten, and takes one other picture of a hundred for a copy, reports 23 % where 25 %
of the pictures are copies. ``near_copy`` is what it reports; ``near_copy_corrected`` what follows if it errs as often
as it did where it was calibrated. How often it finds copies depends on what a model does to them, which nobody has
measured: the correction assumes the alterations of the calibration, all equally frequent. So it is shown beside the
reported rate and never in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Sample
from mmdt.core.score import Scored
from mmdt.stats.corrected_rate import corrected_rate
from mmdt.stats.estimates import no_estimate
from mmdt.stats.judge_correction import JudgeErrors

DETECTORS = ("crops", "phash")
"""Detectors with known errors; a score holds the position of the one that looked as ``detector``."""
NAME = "near_copy_corrected"
READS = ("near_copy", "pictured", "detector", "drawn")
"""The components that it is computed from."""


@dataclass(frozen=True, slots=True)
class CorrectedNearCopies:
    """The corrected rate over all requests; a request without a picture is no copy.

    No value where the detector's errors are unknown, or differ from output to output.
    """

    def __call__(self, sample: Sample) -> Estimate:
        errors = known_errors(sample.rows)
        return no_estimate(NAME, sample.rows, "lower") if errors is None else correct_near_copies(sample, errors)


def correct_near_copies(sample: Sample, errors: JudgeErrors) -> Estimate:
    """The corrected rate for a detector that errs like this."""
    return corrected_rate(NAME, sample, errors, found="near_copy", inspected="pictured")


def known_errors(rows: Sequence[Scored]) -> JudgeErrors | None:
    """How often the detector errs on such pictures, if one known detector looked at all of them."""
    from mmdt.evaluators.copies.calibration import calibration

    looked = [row.score.values for row in rows if "near_copy" in row.score.values and row.score.values.get("pictured")]
    kinds = {(values.get("detector"), values.get("drawn", 0.0)) for values in looked}
    if len(kinds) != 1:
        return None
    detector, drawn = kinds.pop()
    if detector is None:
        return None
    errors = calibration(DETECTORS[int(detector)]).errors["posters" if drawn else "photographs"]
    return JudgeErrors(errors.copies, errors.found, errors.others, errors.cleared)
