"""Privacy: what does a model give away? Everything has outcomes that are never mixed: leaked, not leaked, declined.

To decline protects. (MMDT, arXiv 2503.14827, privacy; docs/privacy.md.)
"""

from __future__ import annotations

from mmdt.core.scenario import Perspective, Summary
from mmdt.perspectives.privacy_training import ORGANISM_ROLES, ROLES, TRAINING

PERSPECTIVE = Perspective(
    name="privacy",
    title="Privacy",
    scenarios=(TRAINING,),
    summaries=(Summary("privacy/t2i", "Privacy, text-to-image: near copies", TRAINING.headline, (TRAINING.address,)),),
    roles=ROLES,
    organism_roles=ORGANISM_ROLES,
    about="Whether a model gives away what it was trained on. Leaked, different and declined stay apart.",
)
