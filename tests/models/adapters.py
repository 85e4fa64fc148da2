"""The runtimes under contract: a new one adds an ``Adapter`` here and passes the whole suite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from mmdt.core.image import Image
from mmdt.core.message import ImagePart, Message, Text
from mmdt.core.protocols import Model, Request
from mmdt.plugins import open_model
from tests.servers.anthropic_server import AnthropicServer
from tests.servers.azure_server import AzureServer
from tests.servers.bedrock_server import BedrockServer, StabilityServer
from tests.servers.google_server import GoogleServer
from tests.servers.openai_server import OpenAIServer
from tests.servers.plumbing import LocalServer
from tests.servers.responder import picture

KEY = "sk-test-0123456789abcdef"


@dataclass(frozen=True)
class Adapter:
    """How to open a runtime's models against the local server that speaks its protocol.

    ``text`` and ``painter`` name a model for each modality, empty where the provider has none. ``skips`` names
    faults the provider's protocol has no form for. ``image_bytes``: of the largest picture it sends.
    ``environment`` is what it needs there beside the key.
    """

    name: str
    server: type[LocalServer]
    key_env: str
    text: str = ""
    painter: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    skips: frozenset[str] = frozenset()
    image_bytes: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def open(self, server: LocalServer, kind: str = "text", **settings: Any) -> Model:
        name = self.text if kind == "text" else self.painter
        return open_model(name, {"base_url": server.url, "api_key_env": self.key_env, **self.settings, **settings})


AWS = {
    "AWS_ACCESS_KEY_ID": "AKIDLOCAL",
    "AWS_REGION": "us-east-1",
    "AWS_CONFIG_FILE": "/nowhere",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
    "AWS_EC2_METADATA_DISABLED": "true",
}
ADAPTERS = [
    Adapter("openai-chat", OpenAIServer, "OPENAI_API_KEY", "openai/gpt-4o", "openai/gpt-image-1.5"),
    Adapter("openai-responses", OpenAIServer, "OPENAI_API_KEY", "openai/gpt-4o", settings={"api": "responses"}),
    Adapter(
        "azure", AzureServer, "AZURE_OPENAI_API_KEY", "azure/gpt-4o", "azure/gpt-image-1.5", image_bytes=20_971_520
    ),
    Adapter(
        "anthropic",
        AnthropicServer,
        "ANTHROPIC_API_KEY",
        "anthropic/claude-sonnet-4-6",
        skips=frozenset({"refusal", "picture"}),
        image_bytes=7_864_320,
    ),
    Adapter(
        "google",
        GoogleServer,
        "GEMINI_API_KEY",
        "google/gemini-2.5-flash",
        "google/gemini-2.5-flash-image",
        skips=frozenset({"refusal"}),
    ),
    Adapter(
        "bedrock",
        BedrockServer,
        "AWS_SECRET_ACCESS_KEY",
        "bedrock/us.anthropic.claude-sonnet-4-6",
        "bedrock/amazon.nova-canvas-v1:0",
        skips=frozenset({"refusal"}),
        image_bytes=3_932_160,
        environment=AWS,
    ),
    Adapter(
        "bedrock-stability",
        StabilityServer,
        "AWS_SECRET_ACCESS_KEY",
        painter="bedrock/stability.stable-image-core-v1:1",
        environment=AWS,
    ),
    Adapter("vllm", OpenAIServer, "VLLM_API_KEY", "vllm/llava"),
]
if find_spec("inspect_ai") is not None:
    # Providers of that library list no models, so the doctor can say only that one can be opened.
    # What it does not know, such as pictures in a reply, it leaves out.
    blind = frozenset({"doctor", "picture"})
    ADAPTERS.append(Adapter("inspect", OpenAIServer, "OPENAI_API_KEY", "inspect/openai/gpt-4o", skips=blind))
TEXT = [adapter for adapter in ADAPTERS if adapter.text]
PAINTERS = [adapter for adapter in ADAPTERS if adapter.painter]


def ask(prompt: str = "What is it?", *images: bytes, **more: Any) -> Request:
    """A question about pictures."""
    return Request.of(prompt, tuple(Image.from_bytes(data) for data in images), **more)


def conversation(*images: bytes) -> Request:
    """Two questions with the model's first reply between them; the pictures stand between words of the first one."""
    shown = (ImagePart(Image.from_bytes(data)) for data in images)
    return Request(
        (
            Message("system", (Text("Be brief."),)),
            Message("user", (Text("Look at"), *shown, Text("and remember it."))),
            Message.of("assistant", "I will."),
            Message.of("user", "What did you see?"),
        ),
        seed=5,
    )


def draw(prompt: str = "a red square", **more: Any) -> Request:
    """A description of a picture."""
    return Request.of(prompt, wants="image", **more)


def sample(number: int = 0) -> bytes:
    """A small PNG; another number is another picture."""
    return picture(f"sample {number}")
