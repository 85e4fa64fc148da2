"""What a run may spend, in money and in requests, and what it has spent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from mmdt.core.output import Usage
from mmdt.engine.errors import BudgetExceeded


@dataclass(frozen=True, slots=True)
class Spent:
    """What one model has consumed: attempts sent to it, and what they used (failed ones included)."""

    requests: int = 0
    usage: Usage = field(default_factory=Usage)

    def plus(self, requests: int, usage: Usage) -> Spent:
        return Spent(self.requests + requests, self.usage.plus(usage))


class Budget:
    """Shared by all models of a run. No limit where ``max_cost`` (US dollars) or ``max_requests`` is None.

    ``already`` is what the run consumed before it was resumed, by model name; it counts. Every attempt counts as
    a request, since the provider counts it. Requests under way are taken to cost as much as the dearest one seen so
    far, so that the money is not overdrawn by many small requests in flight; until the first price of a model is
    seen, one request of it goes at a time.
    """

    def __init__(
        self,
        max_cost: float | None = None,
        max_requests: int | None = None,
        *,
        already: Mapping[str, Spent] | None = None,
    ) -> None:
        self.max_cost = max_cost
        self.max_requests = max_requests
        self.spent: dict[str, Spent] = dict(already or {})
        self.exceeded: BudgetExceeded | None = None
        self._requests = sum(each.requests for each in self.spent.values())
        self._cost = sum(each.usage.cost or 0.0 for each in self.spent.values())
        self._fresh: dict[str, Spent] = {}
        self._under_way: dict[str, int] = {}
        self._dearest: dict[str, float] = {}
        self._settled = asyncio.Event()

    @property
    def cost(self) -> float | None:
        """US dollars spent so far; None while no price is known."""
        known = any(each.usage.cost is not None for each in self.spent.values())
        return self._cost if known else None

    @property
    def requests(self) -> int:
        """Attempts sent so far."""
        return self._requests

    async def reserve(self, model: str) -> None:
        """Claim one request; waits where its cost depends on those under way. Raises BudgetExceeded."""
        while not self._fits(model):
            self._settled.clear()
            await self._settled.wait()
        self.count(model)

    def count(self, model: str) -> None:
        """Claim one request that was sent long ago: its cost cannot be avoided any more."""
        self._under_way[model] = self._under_way.get(model, 0) + 1
        self._requests += 1

    def settle(self, model: str, usage: Usage, *, must_have_price: bool = False) -> None:
        """Close one claim with what the request used. ``must_have_price``: it was answered, by a model that costs."""
        self._under_way[model] -= 1
        self._cost += usage.cost or 0.0
        self.spent[model] = self.spent.get(model, Spent()).plus(1, usage)
        self._fresh[model] = self._fresh.get(model, Spent()).plus(1, usage)
        if usage.cost is not None:
            self._dearest[model] = max(self._dearest.get(model, 0.0), usage.cost)
        elif must_have_price and self.max_cost is not None and self.exceeded is None:
            self.exceeded = BudgetExceeded(
                f"what a reply of {model} costs is not known (it has no price, or does not say what it used), "
                "so a budget in money cannot be kept: give a budget in requests"
            )
        self._settled.set()

    def give_back(self, model: str) -> None:
        """Drop one claim: the request was not sent."""
        self._under_way[model] -= 1
        self._requests -= 1
        self._settled.set()

    def fresh(self) -> dict[str, Spent]:
        """What has been spent since this was last called."""
        fresh, self._fresh = self._fresh, {}
        return fresh

    def _fits(self, model: str) -> bool:
        if self.exceeded is None and self.max_requests is not None and self._requests >= self.max_requests:
            self.exceeded = BudgetExceeded(f"the budget of {self.max_requests:,} requests is used up")
        if self.exceeded is not None:
            raise self.exceeded.fresh()
        if self.max_cost is None:
            return True
        under_way = self._under_way.get(model, 0)
        if under_way and model not in self._dearest:
            return False
        expected = sum(number * self._dearest.get(name, 0.0) for name, number in self._under_way.items())
        if self._cost + expected + self._dearest.get(model, 0.0) <= self.max_cost:
            return True
        if any(self._under_way.values()):
            return False
        self.exceeded = BudgetExceeded(
            f"the budget of ${self.max_cost:,.2f} is used up: ${self._cost:,.4f} spent,"
            f" and a request to {model} costs up to ${self._dearest.get(model, 0.0):,.4f}"
        )
        raise self.exceeded.fresh()
