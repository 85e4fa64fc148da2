import pytest

from mmdt.core.protocols import Request
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Limits
from mmdt.engine.errors import BudgetExceeded
from mmdt.engine.pipeline.context import EngineContext
from mmdt.errors import UsageError
from mmdt.plugins import registry
from tests.engine.builders import talker

QUESTION = Request.of("Is it a biscuit?")


@pytest.fixture
def opened(monkeypatch):
    """Models of the runtime ``parrot``, as they are opened."""
    found = {}

    def factory(rest, settings):
        found[rest] = talker(name=f"parrot/{rest}", settings=dict(settings), concurrency=8)
        return found[rest]

    monkeypatch.setitem(registry._registered, (registry.MODELS, "parrot"), factory)
    return found


async def test_each_judge_is_opened_once_with_its_own_settings(opened):
    context = EngineContext(Budget(), settings={"parrot/grey": {"temperature": 0}})
    first, second = context.ask("parrot/grey"), context.ask("parrot/grey")
    context.ask("parrot/green")
    assert (await first(QUESTION)).text == (await second(QUESTION)).text == "echo Is it a biscuit?"
    assert set(opened) == {"grey", "green"}
    assert len(opened["grey"].asked) == 2
    assert opened["grey"].info.settings == {"temperature": 0}
    assert opened["green"].info.settings == {}
    assert context.model_info("parrot/grey").name == "parrot/grey"
    await context.close()
    assert opened["grey"].closed
    assert opened["green"].closed


async def test_limits_are_by_model_with_a_default(opened):
    context = EngineContext(Budget(), limits={"parrot/grey": Limits(concurrency=2)}, default=Limits(concurrency=5))
    context.ask("parrot/grey"), context.ask("parrot/green")
    assert context.endpoints["parrot/grey"].limit == 2
    assert context.endpoints["parrot/green"].limit == 5


async def test_judges_spend_from_the_runs_budget(opened):
    budget = Budget(max_requests=1)
    context = EngineContext(budget)
    await context.ask("parrot/grey")(QUESTION)
    with pytest.raises(BudgetExceeded):
        await context.ask("parrot/green")(QUESTION)
    assert budget.spent["parrot/grey"].requests == 1


def test_an_unknown_judge_is_the_users_error():
    with pytest.raises(UsageError, match="unknown model runtime 'nobody'"):
        EngineContext(Budget()).ask("nobody/x")
