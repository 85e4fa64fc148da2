"""The price of one model at one time, and what a reply costs at it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import msgspec


@dataclass(frozen=True, slots=True)
class Details:
    """Tokens of a reply that may have prices of their own, each a part of all its tokens.

    ``cache_read``, ``cache_write`` and ``cache_write_1h`` (kept for an hour) are part of the input, and so is
    ``input_image``; ``output_image`` is part of the output.
    """

    cache_read: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0
    input_image: int = 0
    output_image: int = 0


NO_DETAILS = Details()


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prices of a request with more than ``above`` input tokens. They hold for all of its tokens."""

    above: int
    price: Price


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """US dollars: ``image`` per generated picture, ``request`` per request, all others per million tokens.

    None means that these tokens cost what ``input`` or ``output`` says. ``valid_from`` and ``valid_until``: the first
    day and the last, in UTC. ``source``: where the figures come from. ``fixed``: they are the user's own, so they also
    come before what a reply says that it cost.
    """

    input: float = 0.0
    output: float = 0.0
    image: float = 0.0
    cache_read: float | None = None
    cache_write: float | None = None
    cache_write_1h: float | None = None
    input_image: float | None = None
    output_image: float | None = None
    request: float = 0.0
    tiers: tuple[Tier, ...] = ()
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    source: str = ""
    fixed: bool = False

    def cost(self, input_tokens: int, output_tokens: int, images: int = 0, details: Details = NO_DETAILS) -> float:
        """US dollars of one reply."""
        return self.estimate(1, input_tokens, output_tokens, images, details)

    def estimate(
        self, requests: int, input_tokens: int, output_tokens: int, images: int = 0, details: Details = NO_DETAILS
    ) -> float:
        """US dollars of many replies that use these tokens together, each about as many as the others."""
        parts = self._at(input_tokens // max(requests, 1))._shares(input_tokens, output_tokens, details)
        return sum(rate * tokens for rate, tokens in parts) / 1e6 + self.image * images + self.request * requests

    def _at(self, input_tokens: int) -> Price:
        """The prices of a request with this many input tokens."""
        reached = [tier for tier in self.tiers if input_tokens > tier.above]
        return max(reached, key=lambda tier: tier.above).price if reached else self

    def _shares(self, given: int, made: int, details: Details) -> list[tuple[float, int]]:
        """The rates with their tokens. A provider's parts never count for more than the whole."""
        shares, left = [], given
        write = self.cache_write
        hour = write if self.cache_write_1h is None else self.cache_write_1h
        for rate, tokens in (
            (self.cache_read, details.cache_read),
            (hour, details.cache_write_1h),
            (write, details.cache_write),
            (self.input_image, details.input_image),
        ):
            part = min(left, tokens)
            shares.append((self.input if rate is None else rate, part))
            left -= part
        drawn = min(made, details.output_image)
        shares.append((self.output if self.output_image is None else self.output_image, drawn))
        return [*shares, (self.input, left), (self.output, made - drawn)]

    def times(self, share: float) -> Price:
        """The same at a share of every price."""

        def part(rate: float | None) -> float | None:
            return None if rate is None else rate * share

        return msgspec.structs.replace(
            self,
            input=self.input * share,
            output=self.output * share,
            image=self.image * share,
            request=self.request * share,
            cache_read=part(self.cache_read),
            cache_write=part(self.cache_write),
            cache_write_1h=part(self.cache_write_1h),
            input_image=part(self.input_image),
            output_image=part(self.output_image),
            tiers=tuple(Tier(tier.above, tier.price.times(share)) for tier in self.tiers),
        )

    def holds(self, day: dt.date) -> bool:
        """Whether it is valid on that day."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)

    def __str__(self) -> str:
        rates = [("input", self.input), ("output", self.output), ("cached input", self.cache_read)]
        rates += [("input pictures", self.input_image), ("generated pictures", self.output_image)]
        shown = [f"${rate:g} {name}" for name, rate in rates if rate is not None]
        tokens = f"{', '.join(shown)} per million tokens" if self.input or self.output or not self.image else ""
        picture = f"${self.image:g} per picture" if self.image else ""
        request = f"${self.request:g} per request" if self.request else ""
        since = f" since {self.valid_from}" if self.valid_from else ""
        until = f" until {self.valid_until}" if self.valid_until else ""
        whence = f" ({self.source}{since}{until})" if self.source else ""
        return "; ".join(filter(None, (tokens, picture, request))) + whence
