"""Builds the request of a trial from its case."""

from __future__ import annotations

import hashlib

from mmdt.core.case import Case
from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import ModelInfo, Request


def seed_for(seed: int, case_id: str, repeat: int) -> int:
    """A seed of 31 bits that is the same on every machine for the same run seed, case and repeat."""
    digest = hashlib.sha256(f"{seed}\n{case_id}\n{repeat}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def request_for(case: Case, repeat: int, seed: int) -> Request:
    """The request of one trial. Pictures of a t2i case are not sent: they are for the evaluators to compare with."""
    return Request(
        modality=case.cell.modality,
        prompt=case.prompt,
        images=_images_sent(case),
        system=case.system,
        seed=seed_for(seed, case.id, repeat),
    )


def unsupported_case(case: Case, info: ModelInfo) -> Output | None:
    """A failed output that says why this model cannot take this case; None if it can."""
    modality = case.cell.modality
    if modality not in info.modalities:
        supported = " and ".join(sorted(info.modalities))
        return Output.failed(FailureKind.CASE, f"the case needs {modality}; {info.name} supports only {supported}")
    if len(_images_sent(case)) > info.max_images:
        what = f"the case has {len(case.images)} images; {info.name} accepts {info.max_images} per request"
        return Output.failed(FailureKind.CASE, what)
    return None


def _images_sent(case: Case) -> tuple[Image, ...]:
    return case.images if case.cell.modality == "i2t" else ()
