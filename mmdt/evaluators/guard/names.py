"""Names of guards: ``guard/FORMAT/MODEL``, where FORMAT is the form in which the model is asked."""

from __future__ import annotations

GUARD = "guard/"
MODERATION = "openai-moderation"
MODERATION_MODEL = "omni-moderation-latest"
CONTENT_SAFETY = "azure-content-safety"
CONTENT_SAFETY_VERSION = "2024-09-01"
SERVICES = {MODERATION: MODERATION_MODEL, CONTENT_SAFETY: CONTENT_SAFETY_VERSION}
"""Guards that are a provider's service, which has a runtime of its own, and what is asked where no model is named."""


def split(rest: str) -> tuple[str, str]:
    """The format and the model of ``FORMAT/MODEL``."""
    form, _, model = rest.partition("/")
    if form in SERVICES:
        return form, f"{form}/{model.removeprefix(f'{form}/') or SERVICES[form]}"
    return form, model


def guarded_model(name: str) -> str:
    """The model that a guard asks, by the guard's name."""
    return split(name.removeprefix(GUARD))[1]
