"""Settings of ``vllm/`` models, for the server and for the offline engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from mmdt.errors import UsageError
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.settings import check_name, check_no_remote_code, read_settings, stated

_OFFLINE = frozenset(
    {
        "engine",
        "engine_args",
        "batch_size",
        "max_images",
        "max_image_bytes",
        "temperature",
        "top_p",
        "max_tokens",
        "modality",
    }
)
"""The settings that the offline engine supports."""


class VllmSettings(OpenAISettings, frozen=True):
    """Settings of ``vllm/<model>``: the text settings of ``openai/``, and these.

    ``engine``: ``server`` or ``offline``; by default the server if there is a ``base_url`` (here or in
    ``VLLM_BASE_URL``) or if vLLM is not installed. For the offline engine: ``engine_args`` as vLLM names them, and
    ``batch_size``, the number of requests per call.
    """

    engine: Literal["server", "offline"] | None = None
    engine_args: dict[str, Any] | None = None
    batch_size: int = 128


def vllm_settings(model: str, settings: Mapping[str, Any]) -> VllmSettings:
    """Check the settings. Raises UsageError."""
    where = f"vllm/{model}"
    check_name(model, where, "vllm/llava-hf/llava-1.5-7b-hf")
    found = read_settings(VllmSettings, settings, where)
    check_no_remote_code(found.engine_args, where)
    if found.modality not in (None, "i2t", "t2t"):
        raise UsageError(
            f"vLLM produces text, so modality cannot be {found.modality!r}",
            where=where,
            hint="remove the modality setting, or set it to i2t or t2t",
        )
    return found


def check_offline(settings: VllmSettings, where: str) -> None:
    """Raises UsageError for a setting that only a server supports, because it would have no effect."""
    unsupported = sorted(stated(settings, _OFFLINE))
    if unsupported:
        hint = "remove it, use engine_args instead, or use a server (engine=server)"
        raise UsageError(f"the offline engine does not support {', '.join(unsupported)}", where=where, hint=hint)
