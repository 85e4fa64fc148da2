"""Painting styles for pictures as plain functions, at severities 1 to 5.

The composition never changes, so the ground truth about a picture stays true.
"""

from __future__ import annotations

from collections.abc import Mapping

from mmdt.attacks.pictures.oil_painting import oil_painting
from mmdt.attacks.pictures.severity import PictureChange
from mmdt.attacks.pictures.van_gogh import van_gogh
from mmdt.attacks.pictures.watercolour import watercolour_painting

STYLES: Mapping[str, PictureChange] = {
    "Van_Gogh": van_gogh,
    "oil_painting": oil_painting,
    "watercolour_painting": watercolour_painting,
}
"""Function by the name that the published data gives it."""
