"""Which field an error is about: the bodies of providers and servers, as they send them."""

from __future__ import annotations

import pytest

from mmdt.models.http.dialect import Dialect
from mmdt.models.openai.errors import read_error

SEED = {"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted", "input": 5}
OPENAI = frozenset({"response_format", "temperature", "seed", "max_completion_tokens", "max_tokens", "text", "store"})


def learned(body: object, fields: set[str], status: int = 400) -> str:
    found = read_error(body, "")
    return Dialect(OPENAI).learn(status, found.param, found.message, fields)


def error(message: str, **more: object) -> dict[str, object]:
    return {"error": {"message": message, "type": "invalid_request_error", **more}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (error("Unsupported value: 0 is not supported with this model.", param="temperature"), "temperature"),
        (error("This response_format type is unavailable now", param=None), "response_format"),  # DeepSeek
        (error("invalid temperature: only 1 is allowed for this model"), "temperature"),  # Kimi
        (error("temperature must be 1"), "temperature"),
        (error("`temperature` may only be set to 1 when thinking is enabled."), "temperature"),
        (error("you cannot set seed together with this model"), "seed"),
        (error("Seed is ignored by this engine and must be omitted"), "seed"),
        (error("Unrecognized request argument supplied: seed"), "seed"),
        (error("json_schema response format requires a guided decoding backend"), "response_format"),
        (error("structured outputs: turned off for this deployment"), "response_format"),
        ({"detail": [SEED]}, "seed"),  # Mistral
        ({"object": "error", "message": {"detail": [SEED]}}, "seed"),
        ({"object": "error", "message": "[{'loc': ('body', 'seed'), 'msg': 'Extra inputs'}]", "code": 400}, "seed"),
        ({"detail": "temperature not available"}, "temperature"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [400, 422])
def test_whatever_the_words_a_field_that_was_sent_and_is_named_is_left_out(
    body: object, field: str, status: int
) -> None:
    sent = {"model", "messages", "temperature", "seed", "response_format"}
    assert learned(body, sent, status) == field
    assert learned(body, sent - {field}, status) == ""  # an error about what was not sent is another one
    assert learned(body, sent, 500) == ""


@pytest.mark.parametrize(
    "body",
    [
        error("This model's maximum context length is 4096 tokens, and max_tokens is 4096", param="max_tokens"),
        error("messages: text content blocks must be non-empty"),
        error("Invalid value: 'textt'", param="messages[0].content[0].type"),
        error("The text is too long"),
        error("n must be 1 in the store"),
        error("the picture shows a temperature chart", param="messages[0].content"),
        error("image_too_small"),
    ],
)
def test_other_errors_are_about_no_field(body: object) -> None:
    assert learned(body, {"model", "messages", "max_tokens", "text", "store", "n", "temperature"}) == ""


def test_a_limit_is_sent_under_its_other_name_once() -> None:
    dialect = Dialect(OPENAI)
    new = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    assert dialect.first(("max_tokens", "max_completion_tokens")) == "max_tokens"
    assert dialect.learn(400, "max_tokens", new, {"max_tokens"}) == "max_tokens"
    assert dialect.first(("max_tokens", "max_completion_tokens")) == "max_completion_tokens"
    assert dialect.learn(400, "", "max_completion_tokens: unknown", {"max_completion_tokens"}) == ""
    assert dialect.left_out == ()  # it was sent, under its other name


def test_a_draft_knows_what_was_left_out_of_it() -> None:
    dialect = Dialect(OPENAI)
    before = dialect.draft()
    assert before.accepts("temperature")
    dialect.learn(400, "", "no temperature, please", {"temperature"})
    after = dialect.draft()
    assert not after.accepts("temperature")
    assert after.accepts("seed")
    assert (before.left_out, after.left_out, dialect.left_out) == ((), ("temperature",), ("temperature",))
