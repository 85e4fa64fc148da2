"""Builds the request of a trial from its case."""

from __future__ import annotations

import hashlib

from mmdt.core.case import Case
from mmdt.core.message import images_of
from mmdt.core.modality import supports
from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import ModelInfo, Request


def seed_for(seed: int, case_id: str, repeat: int) -> int:
    """A seed of 31 bits that is the same on every machine for the same run seed, case and repeat."""
    digest = hashlib.sha256(f"{seed}\n{case_id}\n{repeat}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def request_for(case: Case, repeat: int, seed: int) -> Request:
    """The request of one trial: the case's conversation, and what its modality says must come out."""
    return Request(case.conversation, case.cell.flow.output, seed_for(seed, case.id, repeat))


def unsupported_case(case: Case, info: ModelInfo) -> Output | None:
    """A failed output that says why this model cannot take this case; None if it can."""
    modality = case.cell.modality
    if not supports(info.modalities, modality):
        supported = " and ".join(sorted(info.modalities))
        return Output.failed(FailureKind.CASE, f"the case needs {modality}; {info.name} supports only {supported}")
    images = images_of(case.conversation)
    if len(images) > info.max_images:
        what = f"the case has {len(images)} images; {info.name} accepts {info.max_images} per request"
        return Output.failed(FailureKind.CASE, what)
    return None
