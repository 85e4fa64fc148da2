"""Output: what a model did with a request. Answered, refused and failed are three different things."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mmdt.core.image import Image

OUT_OF_TOKENS = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "token_limit"})
"""Finish reasons, in small letters, of an answer that a token limit cut off."""


class Status(StrEnum):
    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"


class RefusedBy(StrEnum):
    """Who declined. A refusal in words is read by an evaluator, so a model never reports it itself."""

    FILTER = "filter"  # the provider's content filter or policy error, or a pipeline's safety checker
    MODEL = "model"  # the model made no picture in any attempt, without saying why
    BLANK = "blank"  # an all-black picture in place of a picture


class FailureKind(StrEnum):
    """Why there is no answer. None of these says anything about the model's behaviour."""

    RATE_LIMIT = "rate_limit"
    OVERLOADED = "overloaded"
    SERVER = "server"
    NETWORK = "network"
    TIMEOUT = "timeout"
    BAD_REPLY = "bad_reply"  # not JSON, truncated picture, wrong media type
    DECLINED = "declined"  # no picture, without a reason; refused by the model if no attempt brings one
    EMPTY = "empty"  # a well-formed reply with nothing in it
    AUTH = "auth"
    FORBIDDEN = "forbidden"  # a 403 that does not say why
    NOT_FOUND = "not_found"
    BAD_REQUEST = "bad_request"
    UNSUPPORTED = "unsupported"  # the server does not take a field that mmdt chose to send: asked again without it
    MEMORY = "memory"
    EXPIRED = "expired"  # a batch ended before the request's turn came
    CASE = "case"  # the case itself cannot be asked (a damaged image, too many images)
    DAMAGED = "damaged"  # what was stored has been changed or lost since
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request has no answer.

    ``retryable``: the same request may succeed later. ``fatal``: no request to this endpoint can
    succeed (a wrong key, an unknown model), so the run stops. ``retry_after``: seconds the server asked for.
    """

    kind: FailureKind
    message: str
    retryable: bool = False
    fatal: bool = False
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a request consumed. ``cost`` is in US dollars, None where no price is known."""

    input_tokens: int = 0
    output_tokens: int = 0
    images: int = 0
    cost: float | None = None

    def plus(self, other: Usage) -> Usage:
        """Both together; the cost is None only where neither has one."""
        costs = [usage.cost for usage in (self, other) if usage.cost is not None]
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.images + other.images,
            sum(costs) if costs else None,
        )


@dataclass(frozen=True, slots=True)
class Output:
    """What came back for one request. ``latency`` is seconds of the last attempt; ``attempts`` counts all.

    ``text`` is the answer alone; what the model reasoned before it is ``reasoning``. ``backend``: the provider's mark
    of the system that answered (OpenAI's ``system_fingerprint``). ``left_out``: the request fields that were not sent,
    because the server does not take them. ``blind``: the question has pictures, and the provider counted no more tokens
    than its text has, so the model may not have seen them."""

    status: Status
    text: str = ""
    images: tuple[Image, ...] = ()
    refused_by: RefusedBy | None = None
    reason: str = ""
    failure: Failure | None = None
    usage: Usage = field(default_factory=Usage)
    latency: float = 0.0
    attempts: int = 1
    finish: str = ""
    model: str = ""
    reasoning: str = ""
    backend: str = ""
    left_out: tuple[str, ...] = ()
    blind: bool = False

    @property
    def cut_off(self) -> bool:
        """Whether a token limit cut the answer off."""
        return self.status is Status.ANSWERED and self.finish.lower() in OUT_OF_TOKENS

    @property
    def empty(self) -> bool:
        """Whether it is an answer with nothing in it: the model reasoned and never came to its answer."""
        return self.status is Status.ANSWERED and not self.text.strip() and not self.images

    @classmethod
    def answered(
        cls,
        text: str = "",
        images: tuple[Image, ...] = (),
        usage: Usage | None = None,
        finish: str = "stop",
        model: str = "",
        reasoning: str = "",
    ) -> Output:
        """An answer; ``model`` is the exact version the provider names."""
        return cls(
            Status.ANSWERED,
            text=text,
            images=images,
            usage=usage or Usage(),
            finish=finish,
            model=model,
            reasoning=reasoning,
        )

    @classmethod
    def refused(cls, by: RefusedBy, reason: str = "", usage: Usage | None = None) -> Output:
        return cls(Status.REFUSED, refused_by=by, reason=reason, usage=usage or Usage())

    @classmethod
    def failed(
        cls,
        kind: FailureKind,
        message: str,
        *,
        retryable: bool = False,
        fatal: bool = False,
        retry_after: float | None = None,
        usage: Usage | None = None,
    ) -> Output:
        failure = Failure(kind, message, retryable, fatal, retry_after)
        return cls(Status.FAILED, failure=failure, usage=usage or Usage())
