import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.output import Usage
from mmdt.engine.endpoint.budget import Budget, Sent, Spending
from mmdt.engine.errors import BudgetExceeded


def test_usage_adds_up_and_an_unknown_cost_stays_unknown():
    assert Usage(1, 2, 3, 0.5).plus(Usage(10, 20, 30, None)) == Usage(11, 22, 33, 0.5)
    assert Usage(1).plus(Usage(1)).cost is None


async def test_requests_over_all_models():
    budget = Budget(max_requests=3)
    for model in ("a", "b", "a"):
        await budget.reserve(model)
    with pytest.raises(BudgetExceeded, match="3 requests is used up"):
        await budget.reserve("b")
    assert budget.requests == 3


async def test_earlier_spending_counts():
    budget = Budget(max_requests=3, already={"a": Spending(2, Usage(1, 1, 0, 0.5))})
    assert budget.cost == 0.5
    await budget.reserve("a")
    with pytest.raises(BudgetExceeded):
        await budget.reserve("a")


async def test_the_first_request_of_a_model_goes_alone_until_its_price_is_known():
    budget = Budget(max_cost=1.0)
    await budget.reserve("a")
    second = asyncio.create_task(budget.reserve("a"))
    await asyncio.sleep(0.01)
    assert not second.done()
    budget.settle("a", Usage(cost=0.1))
    await second


async def test_a_budget_in_money_needs_a_known_price():
    budget = Budget(max_cost=1.0)
    await budget.reserve("a")
    budget.settle("a", Usage(5, 5), must_have_price=True)
    with pytest.raises(BudgetExceeded, match="the cost of a reply from a is unknown"):
        await budget.reserve("a")


async def test_a_failed_attempt_needs_no_price():
    budget = Budget(max_cost=1.0)
    await budget.reserve("a")
    budget.settle("a", Usage())
    await budget.reserve("a")


async def test_free_models_are_free():
    budget = Budget(max_cost=0.0)
    for _ in range(5):
        await budget.reserve("organism/x")
        budget.settle("organism/x", Usage(cost=0.0))
    assert budget.cost == 0.0


async def test_what_is_sent_is_written_ahead_and_what_it_cost_is_booked():
    budget, ahead, booked = Budget(), [], []
    with budget.keeping(ahead.append, lambda *row: booked.append(row)):
        await budget.reserve("a")
        assert ahead[-1] == {"a": Sent(1, 0.0, None, 1)}, "written before it is sent, its cost unknown"
        budget.settle("a", Usage(1, 2, 0, 0.5))
        assert booked == [("a", 1, Usage(1, 2, 0, 0.5))]
        await budget.reserve("a")
        assert ahead[-1] == {"a": Sent(2, 1.0, 0.5)}, "at the highest cost so far"
        budget.give_back("a")
    assert ahead[-1] == {"a": Sent(1, 0.5, 0.5)}, "at the end, what was given back is not counted"
    assert budget.spent == {"a": Spending(1, Usage(1, 2, 0, 0.5))}


async def test_a_request_in_a_batch_is_not_written_ahead():
    """The batch has a record of its own, from which a later process counts it."""
    budget, ahead = Budget(max_requests=2), []
    with budget.keeping(ahead.append, lambda *_: None):
        await budget.reserve("a", elsewhere=True)
        await budget.reserve("a")
        assert ahead[-1]["a"].requests == 1
        with pytest.raises(BudgetExceeded):
            await budget.reserve("a")
        budget.settle("a", Usage(), elsewhere=True)
    assert ahead[-1]["a"].requests == 2


async def test_a_request_whose_answer_was_never_seen_costs_as_much_as_the_dearest():
    budget = Budget(already={"a": Spending(1, Usage(cost=0.5), highest=0.5)})
    await budget.reserve("a")
    budget.settle_unseen("a")
    assert budget.cost == 1.0


async def test_unseen_requests_are_priced_by_the_first_price_that_is_known():
    budget, booked = Budget(already={"a": Spending(2, unpriced=2)}), []
    with budget.keeping(lambda _: None, lambda *row: booked.append(row)):
        await budget.reserve("a")
        budget.settle_unseen("a")
        await budget.reserve("a")
        budget.settle("a", Usage(cost=0.25))
    assert budget.cost == 1.0
    assert sum(usage.cost or 0 for _, _, usage in booked) == 1.0
    assert budget.requests == 4


@given(
    limit=st.floats(0.05, 3), costs=st.lists(st.floats(0.001, 0.1), min_size=1, max_size=60), width=st.integers(1, 16)
)
def test_overspending_is_bounded_by_unexpected_costs(limit, costs, width):
    """Overspending is at most the amount by which the last requests in flight cost more than all earlier ones. It is
    zero if all cost the same."""

    async def spend() -> float:
        budget, left = Budget(max_cost=limit), list(costs)

        async def work() -> None:
            while left:
                cost = left.pop()
                await budget.reserve("a")
                await asyncio.sleep(0)
                budget.settle("a", Usage(cost=cost))

        await asyncio.gather(*(work() for _ in range(width)), return_exceptions=True)
        return budget.cost or 0.0

    spent = asyncio.run(spend())
    spread = max(costs) - min(costs)
    assert spent <= limit + max(costs) * (len(costs) == 1) + spread * width + 1e-9 or spent == costs[-1]
