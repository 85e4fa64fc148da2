"""Settings of the vLLM runtime, for its server and for its offline engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from mmdt.errors import UsageError
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.settings import check_name, read_settings, stated

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
"""What means something to the offline engine."""


class VllmSettings(OpenAISettings, frozen=True):
    """Settings of ``vllm/<model>``: those of ``openai/``, for text.

    ``engine``: ``server`` or ``offline``; unless given, the server where there is a ``base_url`` (here or in
    ``VLLM_BASE_URL``) or no vLLM in this environment. For the offline engine: ``engine_args`` as vLLM names them, and
    ``batch_size``, how many requests it is given at once.
    """

    api_key_env: str = "VLLM_API_KEY"
    engine: Literal["server", "offline"] | None = None
    engine_args: dict[str, Any] | None = None
    batch_size: int = 128


def vllm_settings(model: str, settings: Mapping[str, Any]) -> VllmSettings:
    """Checked settings. Raises UsageError."""
    where = f"vllm/{model}"
    check_name(model, where, "vllm/llava-hf/llava-1.5-7b-hf")
    found = read_settings(VllmSettings, settings, where)
    if found.modality not in (None, "i2t", "t2t"):
        hint = "leave the setting modality out, or set it to i2t or t2t"
        raise UsageError(f"vLLM makes text, not {found.modality}", where=where, hint=hint)
    return found


def check_offline(settings: VllmSettings, where: str) -> None:
    """Raises UsageError for a setting that only a server takes: it would have no effect."""
    idle = sorted(stated(settings, _OFFLINE))
    if idle:
        hint = "leave it out, give engine_args, or ask a server (engine=server)"
        raise UsageError(f"the offline engine takes no {', '.join(idle)}", where=where, hint=hint)
