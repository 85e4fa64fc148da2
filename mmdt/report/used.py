"""What a run used, in words: the same on a terminal, in a report and in a notebook."""

from __future__ import annotations

from collections.abc import Iterator

from mmdt.engine.store.use import Use


def money(cost: float) -> str:
    """``$0.0031``, ``$12.40``: cents, and more digits below one."""
    return f"${cost:,.2f}" if cost >= 0.01 or not cost else f"${cost:.2g}"


def seconds_text(seconds: float) -> str:
    """``0.08 s``, ``2.4 s``, ``31 s``."""
    return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:,.0f} s"


def used_text(use: Use) -> str:
    """``2,222 requests, 3 retries, 12,000 + 3,400 tokens, $1.20, 0.8 s an answer (95 % within 2.1 s)``."""
    return ", ".join(_parts(use))


def _parts(use: Use) -> Iterator[str]:
    yield _counted(use.requests, "request", "requests")
    if use.retries:
        yield _counted(use.retries, "retry", "retries")
    if use.input_tokens or use.output_tokens:
        yield f"{use.input_tokens:,} + {use.output_tokens:,} tokens"
    if use.cost is not None:
        yield money(use.cost)
    if use.latency_median is not None and use.latency_p95 is not None:
        within = seconds_text(use.latency_p95)
        yield f"{seconds_text(use.latency_median)} an answer (95 % within {within})"


def _counted(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"
