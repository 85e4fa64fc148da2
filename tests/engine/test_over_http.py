"""The engine against a real local server that misbehaves, through the real runtime for its protocol."""

import pytest

from mmdt.core.output import FailureKind, RefusedBy, Status
from mmdt.core.scenario import Probe
from mmdt.engine.endpoint import endpoint as endpoints
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.context import EngineContext
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.progress import End
from mmdt.engine.store.store import Store
from mmdt.plugins import open_model
from tests.clock import VirtualClock
from tests.engine.builders import I2T, LENGTH, T2I, Measurer, case, cases, picture, scenario, scenarios
from tests.engine.worker import JUDGE, ChatJudge
from tests.servers.behaviour import Fault, by_prompt, chaos, script
from tests.servers.openai_server import OpenAIServer

BOTH = scenarios(scenario(I2T), scenario(T2I, probes=()))


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("mmdt.engine.endpoint.retry.FIRST_WAIT", 0.02)


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "run") as store:
        yield store


@pytest.fixture
def clock(monkeypatch):
    """The endpoint's waits take no time: they only advance its clock."""
    clock = VirtualClock()

    async def sleep(endpoint, seconds):
        clock.now += seconds

    monkeypatch.setattr(endpoints, "time", clock)
    monkeypatch.setattr(Endpoint, "_sleep", sleep)
    return clock


async def run(store, server, budget=None, **limits):
    model = open_model("openai/llava", {"base_url": server.url, "modality": "both"})
    endpoint = Endpoint(model, Limits(**limits), budget or Budget())
    try:
        return await execute(store, BOTH, endpoint, {"measure": Measurer()}, seed=5)
    finally:
        await endpoint.close()


def outputs(store):
    return {row.case.prompt: row.output for row in store.trials()}


async def test_every_recoverable_fault_is_overcome(store):
    """A third of all requests meets a fault; in the end every case has its answer, and only one."""
    image = picture()
    store.add_cases([*((case(n, I2T, (image,)), 1) for n in range(150)), *((case(n, T2I), 1) for n in range(150, 200))])
    faults = "rate_limit:0.02,rate_limit,overloaded,server_error,reset,malformed,truncated_body,html,empty,wrong_shape"
    behaviour = chaos(0.33, f"{faults},truncated_image", seed=1)
    async with OpenAIServer(behaviour=behaviour) as server:
        outcome = await run(store, server, attempts=8)
        assert outcome.end is End.COMPLETE, outcome.reason
        found = outputs(store)
        assert {output.status for output in found.values()} == {Status.ANSWERED}
        assert max(output.attempts for output in found.values()) > 1
        assert sum(output.attempts for output in found.values()) == server.log.requests
        assert found["prompt 199"].images[0].pil().size == (32, 32)
        assert store.spent()["openai/llava"].requests == server.log.requests


async def test_the_filter_the_key_and_a_wrong_request_are_three_things(store):
    store.add_cases([*cases(3), *((case(n, T2I), 1) for n in (3, 4))])
    rules = {"prompt 0": "filter", "prompt 1": "bad_request", "prompt 3": "filter"}
    async with OpenAIServer(behaviour=by_prompt(rules)) as server:
        outcome = await run(store, server)
        found = outputs(store)
        assert found["prompt 0"].refused_by is RefusedBy.FILTER
        assert found["prompt 1"].failure.kind is FailureKind.BAD_REQUEST
        assert found["prompt 2"].status is Status.ANSWERED
        assert found["prompt 3"].refused_by is RefusedBy.FILTER
        assert found["prompt 4"].status is Status.ANSWERED
        assert outcome.reason == "1 failed (bad_request 1)"


async def test_a_wrong_key_stops_a_large_run_after_a_few_requests(store):
    store.add_cases(cases(1000))
    async with OpenAIServer(key="sk-another") as server:
        outcome = await run(store, server)
        assert outcome.end is End.INCOMPLETE
        assert "OPENAI_API_KEY" in outcome.reason
        assert "sk-test" not in outcome.reason
        assert server.log.requests <= 32
        assert store.counts()[str(I2T)].failed == 0


async def test_retry_after_holds_for_all_requests(store, clock):
    """For a minute no further request reaches the server."""
    store.add_cases(cases(40))
    arrived, began, turned_away = [], clock.now, script("rate_limit:60")

    def behave(asked, nth):
        arrived.append(clock.now - began)
        return turned_away(asked, nth)

    async with OpenAIServer(behaviour=behave) as server:
        outcome = await run(store, server, concurrency=1)
        assert outcome.end is End.COMPLETE
        assert arrived[0] == 0
        assert arrived[1] == pytest.approx(60)
        assert arrived[1:] == [arrived[1]] * 40


async def test_the_capacity_of_a_server_is_found_and_respected(store):
    store.add_cases(cases(300))
    async with OpenAIServer(capacity=12, latency=0.01) as server:
        outcome = await run(store, server)
        assert outcome.end is End.COMPLETE
        assert outcome.progress.limit < 32


async def test_hanging_requests_time_out_and_are_tried_again(store):
    store.add_cases(cases(10))
    async with OpenAIServer(behaviour=script("hang*3")) as server:
        outcome = await run(store, server, timeout=2)
        assert outcome.end is End.COMPLETE
        assert server.log.requests == 13


async def test_requests_a_minute_hold_at_the_server(store, clock):
    """Ten at once, then ten a second."""
    store.add_cases(cases(25))
    arrived, began = [], clock.now

    def behave(asked, nth):
        arrived.append(clock.now - began)
        return Fault()

    async with OpenAIServer(behaviour=behave) as server:
        await run(store, server, rpm=600, concurrency=1)
    assert arrived == pytest.approx([0] * 10 + [n / 10 for n in range(1, 16)])


async def test_an_unreachable_server_ends_the_run_with_the_reason(store):
    store.add_cases(cases(300))
    async with OpenAIServer() as server:
        pass
    outcome = await run(store, server, attempts=2)
    assert outcome.end is End.INCOMPLETE
    assert "127.0.0.1" in outcome.reason
    assert 'mmdt.doctor("openai/llava")' in outcome.reason


async def test_a_judge_over_http_shares_the_budget_and_has_its_own_endpoint(store):
    store.add_cases(cases(20))
    verdict = Probe("verdict", "judge", lambda case, output: {"is": "it even"})
    judged = scenarios(scenario(I2T, (LENGTH, verdict)))
    async with OpenAIServer() as server:
        settings = {"base_url": server.url}
        for max_requests, end in ((25, End.BUDGET), (None, End.COMPLETE)):
            spent = store.spent()
            budget = Budget(max_requests=max_requests, already=spent)
            context = EngineContext(budget, settings={JUDGE: settings})
            endpoint = Endpoint(open_model("openai/llava", settings), Limits(), budget)
            evaluators = {"measure": Measurer(), "judge": ChatJudge(context)}
            outcome = await execute(store, judged, endpoint, evaluators, seed=5)
            await context.close()
            await endpoint.close()
            assert outcome.end is end
        assert server.log.requests == 40  # 20 answers and 20 verdicts, none twice
    assert {name: spent.requests for name, spent in store.spent().items()} == {"openai/llava": 20, JUDGE: 20}
    assert all(set(row.observations) == {"length", "verdict"} for row in store.trials())
