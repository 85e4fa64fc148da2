"""The budget of a run, in money and in requests, and what has been spent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from mmdt.core.output import Usage
from mmdt.engine.errors import BudgetExceeded


@dataclass(frozen=True, slots=True)
class Spending:
    """What one model has consumed: the attempts sent to it and what they used, failed ones included. ``highest``: cost
    of the most expensive attempt so far; ``unpriced``: attempts whose answers a killed process never saw, and whose
    cost nobody knows yet. ``left_out``: request fields that some answer was asked without, since the server takes
    none of them."""

    requests: int = 0
    usage: Usage = field(default_factory=Usage)
    highest: float | None = None
    unpriced: int = 0
    left_out: tuple[str, ...] = ()

    def plus(self, requests: int, usage: Usage, left_out: Sequence[str] = ()) -> Spending:
        fields = tuple(sorted({*self.left_out, *left_out}))
        return Spending(self.requests + requests, self.usage.plus(usage), self.highest, self.unpriced, fields)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent to one model, written ahead of each request: ``requests`` and ``cost`` include those in flight,
    each at the ``highest`` cost so far; ``unpriced`` are those in flight while no cost is known. ``left_out``: as in
    Spending, written as soon as it is known, since the answer may be the last one."""

    requests: int = 0
    cost: float = 0.0
    highest: float | None = None
    unpriced: int = 0
    left_out: tuple[str, ...] = ()


Ahead = Callable[[Mapping[str, Sent]], None]
"""Keeps what was sent, by model, where a killed process leaves it."""
Book = Callable[[str, int, Usage], None]
"""Adds requests and usage to what is stored about a model."""


class Budget:
    """Shared by all models of a run. ``max_cost`` (US dollars) or ``max_requests`` of None means no limit.

    ``already`` is what the run consumed before it was resumed, by model name; it counts too. While it is ``keeping``,
    what is sent is written down before it is sent, and what it cost is booked as soon as it is known. Every attempt
    counts as a request, as the provider counts it. Each request in flight is assumed to cost as much as the most
    expensive one so far, so that many requests in flight cannot overspend. Until the first cost of a model is known,
    its requests are sent one at a time.
    """

    def __init__(
        self,
        max_cost: float | None = None,
        max_requests: int | None = None,
        *,
        already: Mapping[str, Spending] | None = None,
    ) -> None:
        self.max_cost = max_cost
        self.max_requests = max_requests
        self.spent: dict[str, Spending] = dict(already or {})
        self.exceeded: BudgetExceeded | None = None
        self._requests = sum(each.requests for each in self.spent.values())
        self._cost = sum(each.usage.cost or 0.0 for each in self.spent.values())
        self._in_flight: dict[str, int] = {}
        self._elsewhere: dict[str, int] = {}
        self._highest_cost = {model: each.highest for model, each in self.spent.items() if each.highest is not None}
        self._unpriced = {model: each.unpriced for model, each in self.spent.items() if each.unpriced}
        self._settled = asyncio.Event()
        self._ahead: Ahead | None = None
        self._book: Book | None = None

    @contextmanager
    def keeping(self, ahead: Ahead, book: Book) -> Iterator[None]:
        """Write down what is sent with ``ahead`` and what it cost with ``book``, meanwhile."""
        self._ahead, self._book = ahead, book
        self._write_ahead()
        try:
            yield
        finally:
            self._write_ahead()
            self._ahead = self._book = None

    @property
    def cost(self) -> float | None:
        """US dollars spent so far; None if no price is known."""
        known = any(each.usage.cost is not None for each in self.spent.values())
        return self._cost if known else None

    @property
    def requests(self) -> int:
        """Attempts sent so far."""
        return self._requests

    async def reserve(self, model: str, *, elsewhere: bool = False) -> None:
        """Reserve one request. Waits while the cost of requests in flight decides. Raises BudgetExceeded.

        ``elsewhere``: it is recorded in another place if this process is killed (a batch); give the same to the method
        that closes the reservation.
        """
        while not self._fits(model):
            self._settled.clear()
            await self._settled.wait()
        self.count(model, elsewhere=elsewhere)

    def count(self, model: str, *, elsewhere: bool = False) -> None:
        """Reserve one request without a check: it was sent already, and its cost is unavoidable."""
        self._in_flight[model] = self._in_flight.get(model, 0) + 1
        self._elsewhere[model] = self._elsewhere.get(model, 0) + elsewhere
        self._requests += 1
        self._write_ahead()

    def settle(
        self,
        model: str,
        usage: Usage,
        *,
        left_out: Sequence[str] = (),
        must_have_price: bool = False,
        elsewhere: bool = False,
    ) -> None:
        """Close one reservation with what the request used. ``left_out``: the request fields that it was sent without;
        ``must_have_price``: a model that costs money answered."""
        if usage.cost is not None:
            self._highest_cost[model] = max(self._highest_cost.get(model, 0.0), usage.cost)
            if model in self._unpriced:
                usage = usage.plus(Usage(cost=self._unpriced.pop(model) * usage.cost))
        elif must_have_price and self.max_cost is not None and self.exceeded is None:
            self.exceeded = BudgetExceeded(
                f"the cost of a reply from {model} is unknown (the model has no price, or the reply has no usage), "
                "so a budget in money cannot be enforced: set a budget in requests instead"
            )
        self._cost += usage.cost or 0.0
        before = self.spent.get(model, Spending())
        self.spent[model] = before.plus(1, usage, left_out)
        self._close(model, elsewhere)
        if self.spent[model].left_out != before.left_out:
            self._write_ahead()
        if self._book:
            self._book(model, 1, usage)

    def settle_unseen(self, model: str) -> None:
        """Close one reservation whose request was sent and whose answer will never be seen: it counts as the most
        expensive one so far."""
        highest = self._highest_cost.get(model)
        if highest is None:
            self._unpriced[model] = self._unpriced.get(model, 0) + 1
        self.settle(model, Usage(cost=highest))

    def give_back(self, model: str, *, elsewhere: bool = False) -> None:
        """Drop one reservation: the request was not sent."""
        self._requests -= 1
        self._close(model, elsewhere)

    def _close(self, model: str, elsewhere: bool) -> None:
        self._in_flight[model] -= 1
        self._elsewhere[model] -= elsewhere
        self._settled.set()

    def _write_ahead(self) -> None:
        if self._ahead:
            self._ahead({model: self._sent(model) for model in self.spent.keys() | self._in_flight.keys()})

    def _sent(self, model: str) -> Sent:
        spent, highest = self.spent.get(model, Spending()), self._highest_cost.get(model)
        in_flight = self._in_flight.get(model, 0) - self._elsewhere.get(model, 0)
        return Sent(
            spent.requests + in_flight,
            (spent.usage.cost or 0.0) + in_flight * (highest or 0.0),
            highest,
            self._unpriced.get(model, 0) + (in_flight if highest is None else 0),
            spent.left_out,
        )

    def _fits(self, model: str) -> bool:
        if self.exceeded is None and self.max_requests is not None and self._requests >= self.max_requests:
            self.exceeded = BudgetExceeded(f"the budget of {self.max_requests:,} requests is used up")
        if self.exceeded is not None:
            raise self.exceeded.fresh()
        if self.max_cost is None:
            return True
        in_flight = self._in_flight.get(model, 0)
        if in_flight and model not in self._highest_cost:
            return False
        expected = sum(number * self._highest_cost.get(name, 0.0) for name, number in self._in_flight.items())
        if self._cost + expected + self._highest_cost.get(model, 0.0) <= self.max_cost:
            return True
        if any(self._in_flight.values()):
            return False
        self.exceeded = BudgetExceeded(
            f"the budget of ${self.max_cost:,.2f} is used up: ${self._cost:,.4f} spent,"
            f" and a request to {model} costs up to ${self._highest_cost.get(model, 0.0):,.4f}"
        )
        raise self.exceeded.fresh()
