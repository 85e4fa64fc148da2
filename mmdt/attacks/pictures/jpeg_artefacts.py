"""JPEG artefacts: a picture saved once at low quality."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from mmdt.attacks.pictures.severity import IMAGENET_C, level, severity_attack

_QUALITY = (25, 18, 15, 10, 7)


def jpeg_artefacts(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """The picture after JPEG compression with a quality of 25 to 7. Nothing is random: ``rng`` is unused."""
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=_QUALITY[level(severity)])
    return Image.open(buffer).convert("RGB")


JPEG_ARTEFACTS = severity_attack("jpeg-artefacts", jpeg_artefacts, "compresses the picture strongly", IMAGENET_C)
