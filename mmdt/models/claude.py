"""What the Claude models take: the same on Anthropic's API and on Bedrock."""

from __future__ import annotations

import re
from typing import Literal

from mmdt.errors import UsageError

Thinking = Literal["adaptive", "enabled", "disabled", "between_tools"]
ANSWER_TOKENS = 8192
"""For the answer itself."""
THINKING_TOKENS = 20_480
"""For thinking and answer together, of models that think unless told otherwise: the most that is a multiple of 4,096
below what Anthropic's SDK lets through without streaming (21,333 in 600 s)."""
LEAST_BUDGET = 1024

_CLAUDE = re.compile(r"claude-(?:opus|sonnet|haiku)-(\d{1,2})(?:[-.](\d{1,2})(?!\d))?(?!\d)")
_OLD_CLAUDE = re.compile(r"claude-(?:v?2|instant|3)(?!\d)")
_NEW_FAMILY = re.compile(r"claude-(?:fable|mythos)")


def claude_version(model: str) -> tuple[int, int] | None:
    """``(4, 6)`` of ``us.anthropic.claude-sonnet-4-6-v1:0``; None for what is no Claude, or none of a known name."""
    if _OLD_CLAUDE.search(model):
        return 3, 0
    if _NEW_FAMILY.search(model):
        return 5, 0
    found = _CLAUDE.search(model)
    return (int(found[1]), int(found[2] or 0)) if found else None


def claude_max_tokens(model: str, thinking: Thinking | None = None, budget: int | None = None) -> int:
    """The limit on thinking and answer that leaves room for both. From 4.7 on a Claude thinks unless told otherwise."""
    if budget is not None:
        return ANSWER_TOKENS + budget
    version = claude_version(model)
    thinks = thinking == "adaptive" or (thinking is None and (version is None or version >= (4, 7)))
    return THINKING_TOKENS if thinks else ANSWER_TOKENS


def check_thinking(
    model: str, thinking: Thinking | None, budget: int | None, max_tokens: int | None, where: str
) -> None:
    """Raises UsageError for thinking that this Claude refuses with every request.

    Source: platform.claude.com/docs, thinking, configuration by model (2026-11): a budget up to 4.6, ``adaptive`` from
    4.6 on.
    """
    version = claude_version(model)
    if thinking == "enabled" and budget is None:
        hint = f"add thinking_budget (at least {LEAST_BUDGET:,} tokens), or use thinking=adaptive"
        raise UsageError("thinking=enabled needs a budget", where=where, hint=hint)
    if budget is not None and thinking != "enabled":
        raise UsageError("thinking_budget needs thinking=enabled", where=where, hint="add it, or leave out the budget")
    if budget is not None and budget < LEAST_BUDGET:
        hint = f"use at least {LEAST_BUDGET:,} tokens"
        raise UsageError(f"thinking_budget is {budget:,}", where=where, hint=hint)
    if budget is not None and max_tokens is not None and budget >= max_tokens:
        hint = "raise max_tokens: it covers thinking and answer"
        raise UsageError(f"thinking_budget ({budget:,}) leaves no tokens for the answer", where=where, hint=hint)
    if version is None:
        return
    if thinking == "enabled" and version >= (4, 7):
        hint = "use thinking=adaptive, with effort"
        raise UsageError("this model takes no thinking budget", where=where, hint=hint)
    if thinking == "adaptive" and version < (4, 6):
        hint = "use thinking=enabled with thinking_budget"
        raise UsageError("this model has no adaptive thinking", where=where, hint=hint)
