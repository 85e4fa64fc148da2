"""Open models on vLLM: ``vllm/<id or folder>``.

Uses the offline engine in this process if vLLM is installed, otherwise a vLLM server.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import msgspec

from mmdt.core.protocols import Model
from mmdt.errors import UsageError
from mmdt.models.extras import require
from mmdt.models.http.client import Access
from mmdt.models.http.keys import KeyRule, choose_key
from mmdt.models.http.urls import check_base_url
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.model import OpenAIModel, openai_dialect
from mmdt.models.openai.settings import with_api
from mmdt.models.prices import tariff_at
from mmdt.models.vllm.offline import open_offline
from mmdt.models.vllm.settings import VllmSettings, vllm_settings
from mmdt.plugins.facts import facts

KEY = KeyRule("VLLM_API_KEY", ("localhost", "127.0.0.1", "::1"), "VLLM_BASE_URL")
LOCAL_SERVER = "http://localhost:8000/v1"
"""The default address of ``vllm serve``."""


@facts(keys=(KEY.variable,))
def open_vllm(rest: str, settings: Mapping[str, Any]) -> Model:
    """Entry point. Raises UsageError, or MissingExtraError for the offline engine without vLLM."""
    found = vllm_settings(rest, settings)
    url = found.base_url or os.environ.get("VLLM_BASE_URL", "")
    engine = found.engine or ("server" if url or find_spec("vllm") is None else "offline")
    if engine == "server":
        return _open_server(rest, url or LOCAL_SERVER, found)
    require("vllm", "vLLM's offline engine", "vllm")
    return open_offline(rest, found)


def _open_server(model: str, url: str, settings: VllmSettings) -> OpenAIModel:
    name = f"vllm/{model}"
    if settings.engine_args:
        raise UsageError("engine_args apply to the offline engine only", where=name, hint="pass them to `vllm serve`")
    found = msgspec.structs.replace(settings, base_url=check_base_url(url, name), modality=settings.modality or "i2t")
    found = with_api(found, model)
    key = choose_key(found.api_key_env, KEY, found.base_url, name)
    access = Access("vLLM", found.base_url, key, False, found.timeout, found.max_reply_bytes)
    tariff = tariff_at(found.base_url, False, "vllm", model, found.prices)
    return OpenAIModel(name, model, found, OpenAIClient(access, found, openai_dialect(found)), tariff)
