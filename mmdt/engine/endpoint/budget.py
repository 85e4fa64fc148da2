"""The budget of a run, in money and in requests, and what has been spent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from mmdt.core.output import Usage
from mmdt.engine.errors import BudgetExceeded


@dataclass(frozen=True, slots=True)
class Spending:
    """What one model has consumed: the attempts sent to it and what they used, failed ones included."""

    requests: int = 0
    usage: Usage = field(default_factory=Usage)

    def plus(self, requests: int, usage: Usage) -> Spending:
        return Spending(self.requests + requests, self.usage.plus(usage))


class Budget:
    """Shared by all models of a run. ``max_cost`` (US dollars) or ``max_requests`` of None means no limit.

    ``already`` is what the run consumed before it was resumed, by model name; it counts too. Every attempt counts as
    a request, as the provider counts it. Each request in flight is assumed to cost as much as the most expensive one so
    far, so that many requests in flight cannot overspend. Until the first cost of a model is known, its requests are
    sent one at a time.
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
        self._fresh: dict[str, Spending] = {}
        self._in_flight: dict[str, int] = {}
        self._highest_cost: dict[str, float] = {}
        self._settled = asyncio.Event()

    @property
    def cost(self) -> float | None:
        """US dollars spent so far; None if no price is known."""
        known = any(each.usage.cost is not None for each in self.spent.values())
        return self._cost if known else None

    @property
    def requests(self) -> int:
        """Attempts sent so far."""
        return self._requests

    async def reserve(self, model: str) -> None:
        """Reserve one request. Waits while the cost of requests in flight decides. Raises BudgetExceeded."""
        while not self._fits(model):
            self._settled.clear()
            await self._settled.wait()
        self.count(model)

    def count(self, model: str) -> None:
        """Reserve one request without a check: it was sent already, and its cost is unavoidable."""
        self._in_flight[model] = self._in_flight.get(model, 0) + 1
        self._requests += 1

    def settle(self, model: str, usage: Usage, *, must_have_price: bool = False) -> None:
        """Close one reservation with what the request used. ``must_have_price``: a model that costs money answered."""
        self._in_flight[model] -= 1
        self._cost += usage.cost or 0.0
        self.spent[model] = self.spent.get(model, Spending()).plus(1, usage)
        self._fresh[model] = self._fresh.get(model, Spending()).plus(1, usage)
        if usage.cost is not None:
            self._highest_cost[model] = max(self._highest_cost.get(model, 0.0), usage.cost)
        elif must_have_price and self.max_cost is not None and self.exceeded is None:
            self.exceeded = BudgetExceeded(
                f"the cost of a reply from {model} is unknown (the model has no price, or the reply has no usage), "
                "so a budget in money cannot be enforced: set a budget in requests instead"
            )
        self._settled.set()

    def give_back(self, model: str) -> None:
        """Drop one reservation: the request was not sent."""
        self._in_flight[model] -= 1
        self._requests -= 1
        self._settled.set()

    def fresh(self) -> dict[str, Spending]:
        """What has been spent since the last call."""
        fresh, self._fresh = self._fresh, {}
        return fresh

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
