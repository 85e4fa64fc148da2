"""Open models on vLLM: its offline engine in this process where it is installed, a server of it otherwise.

``vllm/<id or folder>``
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Literal

import msgspec

from mmdt.core.protocols import Model
from mmdt.errors import UsageError
from mmdt.models.extras import require
from mmdt.models.openai import OpenAIModel, openai_dialect
from mmdt.models.openai_client import OpenAIClient
from mmdt.models.openai_settings import OpenAISettings
from mmdt.models.prices import price_of
from mmdt.models.sdk_client import Access
from mmdt.models.settings import read_settings
from mmdt.models.urls import check_base_url

LOCAL = "http://localhost:8000/v1"
"""Where ``vllm serve`` listens unless told otherwise."""


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


def open_vllm(rest: str, settings: Mapping[str, Any]) -> Model:
    """The factory behind the entry point. Raises UsageError; MissingExtraError for the offline engine without vLLM."""
    name = f"vllm/{rest}"
    if not rest:
        raise UsageError("the model has no name", where="vllm/", cure="write for example vllm/llava-hf/llava-1.5-7b-hf")
    found = read_settings(VllmSettings, settings, name)
    if found.modality not in (None, "i2t"):
        raise UsageError(f"vLLM makes text, not {found.modality}", where=name, cure="leave the setting modality out")
    url = found.base_url or os.environ.get("VLLM_BASE_URL", "")
    engine = found.engine or ("server" if url or find_spec("vllm") is None else "offline")
    if engine == "offline":
        from mmdt.models.vllm_offline import OfflineModel

        require("vllm", "vLLM's offline engine", "vllm")
        return OfflineModel(name, rest, found)
    if found.engine_args:
        raise UsageError("engine_args are for the offline engine", where=name, cure="give them to `vllm serve`")
    found = msgspec.structs.replace(found, base_url=check_base_url(url or LOCAL, name), modality="i2t")
    access = Access("vLLM", found.base_url, found.api_key_env, False, found.timeout)
    price = price_of("vllm", rest, found.prices) if found.prices else None
    return OpenAIModel(name, rest, found, OpenAIClient(access, found, openai_dialect(found)), price)
