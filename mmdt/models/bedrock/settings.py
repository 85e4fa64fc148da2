"""Settings of ``bedrock/`` models, and the model description they give."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from mmdt.core.protocols import ModelInfo
from mmdt.errors import UsageError
from mmdt.models.claude import claude_max_tokens, claude_version
from mmdt.models.http.client import CONCURRENCY, START_CONCURRENCY
from mmdt.models.http.keys import at_host, check_variable
from mmdt.models.http.limits import MAX_REPLY, TIMEOUT
from mmdt.models.http.urls import check_base_url, is_local, origin
from mmdt.models.model_defaults import default_temperature
from mmdt.models.settings import check_name, read_settings, stated

ImageApi = Literal["amazon", "stability"]

_OMITTED = frozenset(
    {
        "profile",
        "api_key_env",
        "timeout",
        "prices",
        "max_images",
        "max_image_bytes",
        "max_reply_bytes",
        "temperature",
        "image_api",
        "filter_patterns",
    }
)
HOSTS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
"""AWS's own hosts."""
ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL")
_ARN = re.compile(r"arn:aws[\w-]*:bedrock:(?P<region>[\w-]+):")
_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d+")
_IMAGE_MODELS: tuple[tuple[re.Pattern[str], ImageApi], ...] = (
    (re.compile(r"amazon\.(nova-canvas|titan-image)"), "amazon"),
    (re.compile(r"stability\."), "stability"),
)


class BedrockSettings(msgspec.Struct, frozen=True):
    """Settings of ``bedrock/<model id, inference profile or ARN>``; None leaves the choice to the service.

    ``region``: by default the ARN's region, then ``AWS_REGION``, then AWS's configuration. ``profile``: one of
    its profiles. Credentials come from where AWS's SDKs look for them. ``base_url``: an endpoint other than
    the region's own; outside AWS, requests to it are signed only if ``api_key_env`` names the variable of the
    credential (``AWS_SECRET_ACCESS_KEY`` or ``AWS_BEARER_TOKEN_BEDROCK``) or a ``profile`` is given. ``image_api``: the
    request format of an image model; None guesses it from the name. ``guardrail`` (id or ARN) and
    ``guardrail_version``: your guardrail, applied to all requests. ``temperature``: by default 0 if the model accepts
    it. ``max_tokens``: for a Claude by default as at Anthropic. ``filter_patterns``: regular expressions of error
    messages that mean a content filter, beside the built-in table. ``timeout``: seconds per attempt.
    ``max_image_bytes``: the largest image to send (Converse accepts 3.75 MB). ``max_reply_bytes``: the largest reply to
    accept. ``extra_body``: more fields for the model (``additionalModelRequestFields``), or for the body of an image
    request."""

    region: str = ""
    profile: str = ""
    api_key_env: str = ""
    base_url: str = ""
    timeout: float = TIMEOUT
    max_reply_bytes: int = MAX_REPLY
    image_api: ImageApi | None = None
    max_images: int = 20
    max_image_bytes: int | None = 5 * 1024 * 1024 * 3 // 4
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    guardrail: str | None = None
    guardrail_version: str = "DRAFT"
    extra_body: dict[str, Any] | None = None
    filter_patterns: tuple[str, ...] = ()
    prices: dict[str, float] | str | None = None


def bedrock_settings(model: str, settings: Mapping[str, Any]) -> BedrockSettings:
    """Check the settings and fill in the region and the image request format. Raises UsageError."""
    where = f"bedrock/{model}"
    check_name(model, where, "bedrock/us.anthropic.claude-sonnet-4-6")
    found = read_settings(BedrockSettings, settings, where)
    url = check_base_url(found.base_url, where) if found.base_url else ""
    if url.startswith("http:") and not is_local(url):
        raise UsageError("the session token would be sent unencrypted", where=url, hint="use https")
    if found.api_key_env:
        check_variable(found.api_key_env, where)
    image_api = found.image_api or next((api for name, api in _IMAGE_MODELS if name.search(model)), None)
    region = found.region or _region(model, found.profile, where)
    if not _REGION.fullmatch(region):
        raise UsageError(
            f"{region!r} is not an AWS region", where=where, hint="use AWS's own name, for example us-east-1"
        )
    return msgspec.structs.replace(found, base_url=url, region=region, image_api=image_api)


def signs(settings: BedrockSettings) -> bool:
    """Whether requests carry the user's credentials: to AWS, to the endpoint that AWS's own variables name, and to
    another host only where the user says so."""
    url = settings.base_url
    named = [os.environ.get(name, "") for name in ENDPOINT_VARIABLES]
    if not url or settings.api_key_env or settings.profile or at_host(url, HOSTS):
        return True
    return origin(url) in {origin(each) for each in named if each}


def _region(model: str, profile: str, where: str) -> str:
    named = _ARN.match(model)
    region = named["region"] if named else os.environ.get("AWS_REGION") or _configured(profile, where)
    if not region:
        hint = "set region or AWS_REGION, for example us-east-1"
        raise UsageError("no region for Amazon Bedrock", where=where, hint=hint)
    return region


def _configured(profile: str, where: str) -> str:
    """The region in AWS's configuration files; empty if there is none."""
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        return Session(profile=profile or None).get_config_variable("region") or ""
    except BotoCoreError as error:  # for example an unknown profile or an unreadable file
        hint = "check the profile setting or AWS_PROFILE, and AWS's configuration files"
        raise UsageError(f"AWS's configuration cannot be read: {error}", where=where, hint=hint) from error


def default_limit(model: str) -> int | None:
    """The most tokens of a reply where the user set none: for a Claude the same as at Anthropic, otherwise the
    service's own."""
    return None if claude_version(model) is None else claude_max_tokens(model)


def bedrock_info(name: str, settings: BedrockSettings) -> ModelInfo:
    """The model description. It includes the temperature because mmdt, not the service, sets the default.

    Only image models accept seeds; Converse does not.
    """
    described = stated(settings, _OMITTED)
    if settings.image_api is None:
        model, given = name.partition("/")[2], settings.temperature
        described["temperature"] = default_temperature(model) if given is None else given
        if settings.max_tokens is None and (limit := default_limit(model)) is not None:
            described["max_tokens"] = limit
    return ModelInfo(
        name=name,
        modalities=frozenset({"i2t"} if settings.image_api is None else {"t2i"}),
        settings=described,
        max_images=settings.max_images if settings.image_api is None else 0,
        concurrency=CONCURRENCY,
        start_concurrency=START_CONCURRENCY,
        seeds=settings.image_api is not None,
    )
