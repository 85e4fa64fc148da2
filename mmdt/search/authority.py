"""Who may be attacked: organisms and models on this machine by anybody, others only by who says that he may."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from mmdt.core.protocols import Model
from mmdt.errors import UsageError
from mmdt.models.prices import Priced
from mmdt.spelling import option

HERE = ("hf", "vllm", "diffusers")
"""Runtimes that hold the model in this process."""


def is_here(model: Model) -> bool:
    """Whether a target is an organism, or runs on this machine: in this process, or behind a loopback address.

    Whatever cannot be told is taken to be elsewhere.
    """
    info = model.info
    if info.organism:
        return True
    if info.name.partition("/")[0] in HERE and not isinstance(model, Priced):
        return True
    url = info.settings.get("base_url")
    return isinstance(url, str) and _is_loopback(url)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_authority(models: Sequence[Model], authorised: bool) -> tuple[str, ...]:
    """The targets that need a permission. Raises UsageError where there are some, and nobody has said that he has
    it."""
    elsewhere = tuple(model.info.name for model in models if not is_here(model))
    if elsewhere and not authorised:
        flag = option("i_am_authorised", True)
        raise UsageError(
            "this attacks a model that is not on this machine",
            where=", ".join(elsewhere),
            hint=f"if you may do that, say so with {flag}: the search records it. Providers' terms may forbid it",
        )
    return elsewhere
