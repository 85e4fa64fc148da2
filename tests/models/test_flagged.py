"""One prompt in six is flagged with a 403: the run goes on, and a resumed one passes it, for every provider."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mmdt.core.output import FailureKind, RefusedBy, Status
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.progress import End
from mmdt.engine.store.store import Store
from tests.engine.builders import I2T, T2I, cases, scenario, scenarios
from tests.models.adapters import ADAPTERS, KEY, Adapter, ask
from tests.servers.asked import Asked
from tests.servers.bedrock_server import aws_error
from tests.servers.behaviour import Fault

BOTH = scenarios(scenario(I2T, ()), scenario(T2I, ()))
CASES = 36

OPENROUTER = {
    "error": {
        "code": 403,
        "message": "your chosen model requires moderation and your input was flagged",
        "metadata": {"reasons": ["violence"], "flagged_input": "...", "provider_name": "OpenInference"},
    }
}
XAI = {
    "code": "The caller does not have permission to execute the specified operation",
    "error": "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_CSAM",
}
STABILITY = {"id": "1", "name": "content_moderation", "errors": ["Your request was flagged by our content moderation"]}
TOGETHER = {"error": {"message": "The prompt may contain nsfw content", "type": "nsfw", "code": "nsfw"}}
LITELLM = {
    "error": {
        "message": "litellm.BadRequestError: litellm.ContentPolicyViolationError: no",
        "type": None,
        "code": "400",
    }
}
DASHSCOPE = {"error": {"message": "Input data may contain inappropriate content.", "code": "data_inspection_failed"}}
AZURE = {
    "error": {
        "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        "code": "content_filter",
        "innererror": {"code": "ResponsibleAIPolicyViolation"},
    }
}
ANTHROPIC = {
    "type": "error",
    "error": {"type": "permission_error", "message": "Output blocked by content filtering policy"},
}
GOOGLE = {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "The prompt violates the content policy."}}
BEDROCK = aws_error("AccessDeniedException", "The prompt was blocked by our content filters.")

BODIES: dict[str, list[Any]] = {
    "openai-chat": [OPENROUTER, XAI, STABILITY, TOGETHER, LITELLM, DASHSCOPE],
    "openai-responses": [OPENROUTER, XAI],
    "azure": [AZURE],
    "anthropic": [ANTHROPIC],
    "google": [GOOGLE],
    "bedrock": [BEDROCK],
    "bedrock-stability": [BEDROCK],
    "vllm": [OPENROUTER],
    "inspect": [OPENROUTER],
}
RUNS = [
    pytest.param(adapter, kind, body, id=f"{adapter.name}-{kind}-{number}")
    for adapter in ADAPTERS
    for kind, name in (("text", adapter.text), ("painter", adapter.painter))
    if name
    for number, body in enumerate(BODIES[adapter.name])
]


def one_in_six() -> Callable[[Asked, int], Fault]:
    """The first prompt and every sixth after it, whenever they are asked."""
    seen: dict[str, int] = {}

    def behave(asked: Asked, _nth: int) -> Fault:
        return Fault("filter" if seen.setdefault(asked.prompt, len(seen)) % 6 == 0 else "answer")

    return behave


@pytest.mark.parametrize(("adapter", "kind", "body"), RUNS)
async def test_one_prompt_in_six_is_flagged_by_a_403(adapter: Adapter, kind: str, body: Any, tmp_path: Path) -> None:
    server = adapter.server(key=KEY, behaviour=one_in_six())
    usual = server.error
    server.error = lambda fault: (403, dict(body)) if fault.kind == "filter" else usual(fault)  # type: ignore[method-assign]
    async with server:
        with Store.create(tmp_path / "run") as store:
            store.add_cases(cases(CASES, I2T if kind == "text" else T2I))
            for most, end in ((9, End.BUDGET), (None, End.COMPLETE)):
                budget = Budget(max_requests=most, already=store.spent())
                endpoint = Endpoint(adapter.open(server, kind), Limits(concurrency=2), budget)
                outcome = await execute(store, BOTH, endpoint, {}, seed=5)
                await endpoint.close()
                assert outcome.end is end, outcome.reason
            found = [trial.output for trial in store.trials()]
    refused = [output for output in found if output is not None and output.status is Status.REFUSED]
    assert {output.refused_by for output in refused} == {RefusedBy.FILTER}
    assert len(refused) == CASES // 6
    assert sum(output is not None and output.status is Status.ANSWERED for output in found) == CASES - CASES // 6


@pytest.mark.parametrize("adapter", [each for each in ADAPTERS if each.text], ids=lambda adapter: adapter.name)
async def test_messages_of_ones_own_gateway_can_be_named(adapter: Adapter) -> None:
    """A pattern in the settings, in every runtime."""
    body = aws_error("ValidationException", "rule 17 tripped") if adapter.name == "bedrock" else {}
    body = body or {"type": "error", "error": {"message": "rule 17 tripped", "type": "x", "code": 400, "status": "X"}}
    server = adapter.server(key=KEY, behaviour=lambda _asked, _nth: Fault("filter"))
    server.error = lambda _fault: (400, dict(body))  # type: ignore[method-assign]
    async with server:
        for settings, refused in (({}, None), ({"filter_patterns": [r"rule \d+ tripped"]}, RefusedBy.FILTER)):
            endpoint = Endpoint(adapter.open(server, **settings), Limits(), Budget())
            output = await endpoint.ask(ask())
            await endpoint.close()
            assert output.refused_by is refused
            assert refused or (output.failure is not None and output.failure.kind is FailureKind.BAD_REQUEST)
