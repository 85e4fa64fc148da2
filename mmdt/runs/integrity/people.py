"""The root of a run together with what people said about it: labels, and a calibration of its judges.

Labels come after a run has ended and change its corrected numbers, so whoever signs the run signs them too.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from mmdt.runs.people import calibration
from mmdt.runs.people.labels import LabelFile


def root_with_people(folder: Path, root: str) -> str:
    """SHA-256 over the root and the digests of labels and calibration; the root itself where there are none of them.

    Labels that are withdrawn count: the file only grows. What is damaged has a digest of its own, so that the root of a
    run with damaged labels is not that of the run without them."""
    labels, errors = LabelFile(folder).root(), calibration.root(folder)
    if not root or not (labels or errors):
        return root
    return hashlib.sha256(f"root\n{root}\nlabels\n{labels}\ncalibration\n{errors}\n".encode()).hexdigest()
