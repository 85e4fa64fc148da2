"""Where the questions of a search are in its store: those to targets are cases of safety, and are judged as such."""

from __future__ import annotations

from mmdt.core.modality import Modality, flow

SCENARIO = "jailbreak"
"""The scenario of ``safety`` whose judge and rules decide whether an attack succeeded."""
ATTACKER = "attacker"
"""The first part of the cells that hold what the attacker was asked."""
TRANSFER = "transfer"
"""The name, in the place of a method, of trying what was found elsewhere."""


def judged_at(modality: Modality) -> str:
    """The address of the scenario that judges models of this modality."""
    return f"safety/{'t2i' if flow(modality).output == 'image' else 'i2t'}/{SCENARIO}"
