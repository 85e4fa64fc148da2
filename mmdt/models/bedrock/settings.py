"""Settings of the Bedrock runtime, and what they say about the model."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from mmdt.core.protocols import ModelInfo
from mmdt.errors import UsageError
from mmdt.models.http.client import CONCURRENCY, START_CONCURRENCY
from mmdt.models.http.urls import check_base_url, is_local
from mmdt.models.settings import check_name, read_settings, stated

ImageApi = Literal["amazon", "stability"]

_SILENT = frozenset({"profile", "timeout", "prices", "max_images", "max_image_bytes", "temperature", "image_api"})
_ARN = re.compile(r"arn:aws[\w-]*:bedrock:(?P<region>[\w-]+):")
_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d+")
_PAINTERS: tuple[tuple[re.Pattern[str], ImageApi], ...] = (
    (re.compile(r"amazon\.(nova-canvas|titan-image)"), "amazon"),
    (re.compile(r"stability\."), "stability"),
)


class BedrockSettings(msgspec.Struct, frozen=True):
    """Settings of ``bedrock/<model id, inference profile or ARN>``; None leaves a choice to the service.

    ``region``: else the ARN's, ``AWS_REGION`` or what boto3 is configured with. ``profile``: one of boto3's configured
    profiles. Credentials come from where boto3 looks for them. ``base_url``: an endpoint other than the region's own.
    ``image_api``: whose form of request a model that draws takes, guessed from its name when None. ``guardrail`` (id or
    ARN) and ``guardrail_version``: a guardrail of yours that all requests pass. ``temperature``: 0 where the model
    accepts it, unless given. ``timeout``: seconds for one attempt. ``max_image_bytes``: the largest picture that
    is sent (Converse takes 3.75 MB). ``extra_body``: further fields for the model
    (``additionalModelRequestFields``), or of the body for a picture.
    """

    region: str = ""
    profile: str = ""
    base_url: str = ""
    timeout: float = 120.0
    image_api: ImageApi | None = None
    max_images: int = 20
    max_image_bytes: int | None = 5 * 1024 * 1024 * 3 // 4
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    guardrail: str | None = None
    guardrail_version: str = "DRAFT"
    extra_body: dict[str, Any] | None = None
    prices: dict[str, float] | str | None = None


def bedrock_settings(model: str, settings: Mapping[str, Any]) -> BedrockSettings:
    """Checked settings with the region and the form of requests for pictures in place. Raises UsageError."""
    where = f"bedrock/{model}"
    check_name(model, where, "bedrock/us.anthropic.claude-sonnet-4-6")
    found = read_settings(BedrockSettings, settings, where)
    url = check_base_url(found.base_url, where) if found.base_url else ""
    if url.startswith("http:") and not is_local(url):
        raise UsageError("a session's token would travel unencrypted", where=url, hint="use https")
    painter = found.image_api or next((api for name, api in _PAINTERS if name.search(model)), None)
    region = found.region or _region(model, found.profile, where)
    if not _REGION.fullmatch(region):
        raise UsageError(f"{region!r} is no region of AWS", where=where, hint="write it as AWS does, as in us-east-1")
    return msgspec.structs.replace(found, base_url=url, region=region, image_api=painter)


def _region(model: str, profile: str, where: str) -> str:
    named = _ARN.match(model)
    region = named["region"] if named else os.environ.get("AWS_REGION") or _configured(profile, where)
    if not region:
        hint = "set region or AWS_REGION, for example us-east-1"
        raise UsageError("no region for Amazon Bedrock", where=where, hint=hint)
    return region


def _configured(profile: str, where: str) -> str:
    """The region in boto3's own configuration; empty where there is none."""
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.Session(profile_name=profile or None).region_name or ""
    except BotoCoreError as error:  # no such profile, a file that cannot be read
        hint = "check the setting profile or AWS_PROFILE, and boto3's configuration files"
        raise UsageError(f"boto3 cannot be configured: {error}", where=where, hint=hint) from error


def bedrock_info(name: str, settings: BedrockSettings) -> ModelInfo:
    """The model's description; the temperature is part of it because its default is ours, not the service's.

    Seeds are taken by the models that draw; Converse knows none.
    """
    described = stated(settings, _SILENT)
    if settings.image_api is None:
        described["temperature"] = "0 where accepted" if settings.temperature is None else settings.temperature
    return ModelInfo(
        name=name,
        modalities=frozenset({"i2t"} if settings.image_api is None else {"t2i"}),
        settings=described,
        max_images=settings.max_images if settings.image_api is None else 0,
        concurrency=CONCURRENCY,
        start_concurrency=START_CONCURRENCY,
        seeds=settings.image_api is not None,
    )
