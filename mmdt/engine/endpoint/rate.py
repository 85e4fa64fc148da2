"""Limits on requests and tokens per minute, and an estimate of the tokens of a request."""

from __future__ import annotations

from mmdt.core.image import Image
from mmdt.core.output import Usage
from mmdt.core.protocols import Request

BYTES_PER_TOKEN = 4
PIXELS_PER_TOKEN = 750
"""Roughly what the large providers count. They scale pictures down, so that one counts at most ``IMAGE_TOKENS``."""
IMAGE_TOKENS = 1600
FIRST_GUESS = 200
"""Assumed tokens of an answer until there are answers."""
LEARNING = 0.1
"""Weight of the newest answer in the moving average of tokens per answer."""


def estimate_input_tokens(request: Request) -> int:
    """Roughly how many tokens a request has; within a factor of two for most models and languages."""
    text = sum(len(each.text.encode("utf-8", "replace")) for each in request.messages)
    return text // BYTES_PER_TOKEN + 1 + sum(map(_image_tokens, request.images))


def _image_tokens(image: Image) -> int:
    return min(IMAGE_TOKENS, image.width * image.height // PIXELS_PER_TOKEN + 1)


class Bucket:
    """Lets at most ``per_minute`` units through, evenly; pure arithmetic, times in seconds.

    A leaky bucket that holds one second's worth: in any span of ``t`` seconds at most ``(t + 1) / 60 * per_minute``
    units pass (at least one, so that slow rates work). A request may take more than the bucket holds and then waits
    for all of it. aiolimiter can neither do that nor correct a wrong estimate.
    """

    def __init__(self, per_minute: float, now: float) -> None:
        self.rate = per_minute / 60
        self.burst = max(1.0, self.rate)
        self._level = self.burst
        self._at = now

    def reserve(self, amount: float, now: float) -> float:
        """Take ``amount`` and return the seconds to wait before using it. First come, first served."""
        self._level = min(self.burst, self._level + max(0.0, now - self._at) * self.rate) - amount
        self._at = max(self._at, now)
        return max(0.0, -self._level / self.rate)

    def give_back(self, amount: float) -> None:
        """Correct an estimate that was ``amount`` too high (negative: too low)."""
        self._level += amount


class RateLimits:
    """The limits of one endpoint on requests and tokens per minute; None: no limit."""

    def __init__(self, rpm: float | None, tpm: float | None, now: float) -> None:
        self._requests = Bucket(rpm, now) if rpm else None
        self._tokens = Bucket(tpm, now) if tpm else None
        self._answer = float(FIRST_GUESS)

    def reserve(self, request: Request, now: float) -> tuple[float, float]:
        """Seconds to wait before sending, and the estimated tokens that were counted."""
        wait = self._requests.reserve(1, now) if self._requests else 0.0
        if self._tokens is None:
            return wait, 0.0
        tokens = estimate_input_tokens(request) + self._answer
        return max(wait, self._tokens.reserve(tokens, now)), tokens

    def settle(self, counted: float, usage: Usage) -> None:
        """Replace the estimate by what was used, if the provider reports it."""
        used = usage.input_tokens + usage.output_tokens
        if self._tokens and used:
            self._tokens.give_back(counted - used)
            self._answer += LEARNING * (usage.output_tokens - self._answer)
