"""Names of guards: ``guard/FORMAT/MODEL``, where FORMAT is the form in which the model is asked."""

from __future__ import annotations

GUARD = "guard/"
MODERATION = "openai-moderation"
MODERATION_MODEL = "omni-moderation-latest"
"""What ``guard/openai-moderation`` asks where no model is named."""


def split(rest: str) -> tuple[str, str]:
    """The format and the model of ``FORMAT/MODEL``."""
    form, _, model = rest.partition("/")
    if form == MODERATION:
        own = model.removeprefix(f"{MODERATION}/") or MODERATION_MODEL
        return form, f"{MODERATION}/{own}"
    return form, model


def guarded_model(name: str) -> str:
    """The model that a guard asks, by the guard's name."""
    return split(name.removeprefix(GUARD))[1]
