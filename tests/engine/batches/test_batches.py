"""Provider batches through the real SDKs, against local servers that carry batches out."""

import asyncio
import json

import msgspec
import pytest

from mmdt.core.batch_api import Batchable
from mmdt.core.output import FailureKind, RefusedBy, Status
from mmdt.engine.batches.endpoint import BatchEndpoint
from mmdt.engine.batches.ledger import BatchLedger, BatchRecord
from mmdt.engine.batches.tracker import Pace
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.progress import End
from mmdt.engine.store.store import Store
from mmdt.plugins import open_model
from tests.engine.builders import I2T, T2I, Measurer, case, cases, picture, scenario, scenarios
from tests.servers.anthropic_server import AnthropicServer
from tests.servers.behaviour import by_prompt
from tests.servers.openai_server import OpenAIServer

BOTH = scenarios(scenario(), scenario(T2I, probes=()))
PRICES = {"input": 10.0, "output": 20.0, "image": 0.1}
PROTOCOLS = {
    "chat": (OpenAIServer, "openai/gpt-4o", {}),
    "responses": (OpenAIServer, "openai/gpt-4o", {"api": "responses"}),
    "anthropic": (AnthropicServer, "anthropic/claude-sonnet-4-6", {}),
}
KEY = "sk-test-0123456789abcdef"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setattr("mmdt.engine.endpoint.retry.FIRST_WAIT", 0.02)
    monkeypatch.setattr("mmdt.engine.batches.tracker.RESUBMIT_AFTER", 0.3)


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "run") as store:
        yield store


@pytest.fixture(params=PROTOCOLS)
def protocol(request):
    return PROTOCOLS[request.param]


class Asking:
    """One process of a run with batches; a second one on the same store acts as a later process."""

    def __init__(self, store, server, name, settings, *, wait=True, submit=True, most=None, budget=None):
        self.store = store
        self.model = open_model(name, {"base_url": server.url, "prices": PRICES, **settings})
        self.budget = budget or Budget(already=store.spent())
        direct = Endpoint(self.model, Limits(attempts=4), self.budget)
        pace = Pace(most=most, linger=0.1, poll=0.05)
        self.endpoint = BatchEndpoint(direct, self.model.batches, pace, submit=submit, wait=wait)

    async def run(self):
        await self.endpoint.start(self.store.folder / "batches" / "model")
        complete = False
        try:
            outcome = await execute(self.store, BOTH, self.endpoint, {"measure": Measurer()}, seed=5)
            complete = outcome.end is End.COMPLETE
            return outcome
        finally:
            await self.endpoint.close(complete=complete)


async def ask(store, server, protocol=PROTOCOLS["chat"], **options):
    _, name, settings = protocol
    return await Asking(store, server, name, settings, **options).run()


def outputs(store):
    return {row.case.prompt: row.output for row in store.trials()}


def left_over(store):
    return sorted(path.name for path in (store.folder / "batches" / "model").iterdir())


def batched(server):
    return sum(len(batch.requests) for batch in server.batches.values() if batch.state != "failed")


async def test_the_first_request_is_sent_alone_and_the_rest_in_one_batch(store, protocol):
    store.add_cases((case(n, images=(picture(),)), 1) for n in range(12))
    async with protocol[0]() as server:
        outcome = await ask(store, server, protocol)
        assert outcome.end is End.COMPLETE, outcome.reason
        found = outputs(store)
        assert {prompt: output.text.split(" [")[0] for prompt, output in found.items()} == {
            f"prompt {n}": f"You said: prompt {n}" for n in range(12)
        }
        assert all("[image" in output.text for output in found.values())
        assert [len(batch.requests) for batch in server.batches.values()] == [11]
        assert max(server.log.by_content.values()) == 1
        spent = next(iter(store.spent().values()))
        assert spent.requests == 12
        assert left_over(store) == []  # all answers are in the store


async def test_a_batch_costs_half(store, protocol):
    store.add_cases(cases(5))
    async with protocol[0]() as server:
        await ask(store, server, protocol)
    costs = {}
    for output in outputs(store).values():
        full = (10.0 * output.usage.input_tokens + 20.0 * output.usage.output_tokens) / 1e6
        share = round(output.usage.cost / full, 6)
        costs[share] = costs.get(share, 0) + 1
    assert costs == {1.0: 1, 0.5: 4}  # the first one was asked directly
    spent = next(iter(store.spent().values()))
    assert spent.usage.cost == pytest.approx(sum(output.usage.cost for output in outputs(store).values()))


async def test_without_waiting_the_run_ends_and_another_process_collects(store, protocol):
    store.add_cases(cases(10))
    async with protocol[0]() as server:
        server.plan.hold = True
        outcome = await ask(store, server, protocol, wait=False, most=4)
        assert outcome.end is End.AWAITING
        assert outcome.reason == "3 batches at the provider: 0 of 9 requests done"
        outcome = await ask(store, server, protocol, wait=False, most=4)
        assert outcome.end is End.AWAITING
        assert len(server.batches) == 3
        server.plan.hold = False
        outcome = await ask(store, server, protocol, most=4)
        assert outcome.end is End.COMPLETE, outcome.reason
        assert len(server.batches) == 3
        assert max(server.log.by_content.values()) == 1
        assert next(iter(store.spent().values())).requests == 10
        assert left_over(store) == []


async def test_what_a_batch_holds_is_collected_even_when_no_new_one_is_wanted(store):
    store.add_cases(cases(6))
    async with OpenAIServer() as server:
        server.plan.hold = True
        await ask(store, server, wait=False)
        server.plan.hold = False
        outcome = await ask(store, server, submit=False)
        assert outcome.end is End.COMPLETE
        assert len(server.batches) == 1
        assert max(server.log.by_content.values()) == 1


async def test_a_batch_whose_receipt_was_lost_is_found_again(store, protocol):
    store.add_cases(cases(8))
    async with protocol[0]() as server:
        server.plan.lose_reply = 1
        outcome = await ask(store, server, protocol)
        assert outcome.end is End.COMPLETE, outcome.reason
        assert len(server.batches) == 1
        assert max(server.log.by_content.values()) == 1


async def test_a_process_killed_while_submitting_finds_its_batch(store, protocol):
    """A killed process leaves a record without the provider's id of the batch."""
    store.add_cases(cases(8))
    async with protocol[0]() as server:
        server.plan.hold = True
        await ask(store, server, protocol, wait=False)
        book = BatchLedger(store.folder / "batches" / "model")
        (entry,) = book.records()
        book.write(msgspec.structs.replace(entry, batch=""))
        server.plan.hold = False
        outcome = await ask(store, server, protocol)
        assert outcome.end is End.COMPLETE, outcome.reason
        assert len(server.batches) == 1
        assert max(server.log.by_content.values()) == 1


async def test_a_batch_that_never_arrived_is_submitted_again(store):
    store.add_cases(cases(8))
    async with OpenAIServer() as server:
        server.plan.hold = True
        await ask(store, server, wait=False)
        book = BatchLedger(store.folder / "batches" / "model")
        (entry,) = book.records()
        book.write(msgspec.structs.replace(entry, batch=""))
        server.batches.clear()
        server.plan.hold = False
        outcome = await ask(store, server)
        assert outcome.end is End.COMPLETE, outcome.reason
        assert batched(server) == 6  # the first of what is left is asked directly again


async def test_unprocessed_requests_go_into_another_batch(store, protocol):
    store.add_cases(cases(10))
    async with protocol[0]() as server:
        server.plan.expire = 3
        outcome = await ask(store, server, protocol)
        assert outcome.end is End.COMPLETE, outcome.reason
        assert [len(batch.requests) for batch in server.batches.values()] == [9, 3]
        assert max(server.log.by_content.values()) == 1
        assert sorted(output.attempts for output in outputs(store).values()) == [1] * 7 + [2] * 3
        assert next(iter(store.spent().values())).requests == 10  # what expired is not paid for


async def test_a_request_that_failed_in_a_batch_is_sent_directly(store, protocol):
    store.add_cases(cases(6))
    async with protocol[0](behaviour=by_prompt({"prompt 4": "server_error"})) as server:
        failing = server.behaviour
        server.behaviour = lambda asked, nth: failing(asked, nth) if nth == 1 else by_prompt({})(asked, nth)
        outcome = await ask(store, server, protocol)
        assert outcome.end is End.COMPLETE, outcome.reason
        assert len(server.batches) == 1
        assert outputs(store)["prompt 4"].attempts == 2


async def test_filters_refusals_and_bad_requests_in_a_batch_are_told_apart(store, protocol):
    store.add_cases(cases(6))
    rules = {"prompt 1": "filter", "prompt 2": "filter_finish", "prompt 3": "bad_request", "prompt 4": "cut_short"}
    async with protocol[0](behaviour=by_prompt(rules)) as server:
        outcome = await ask(store, server, protocol)
        found = outputs(store)
        assert found["prompt 1"].refused_by is found["prompt 2"].refused_by is RefusedBy.FILTER
        assert found["prompt 3"].failure.kind is FailureKind.BAD_REQUEST
        assert found["prompt 4"].finish == "length"
        assert found["prompt 5"].status is Status.ANSWERED
        assert outcome.reason == "1 failed (bad_request 1)"


async def test_a_full_provider_gets_smaller_batches(store):
    store.add_cases(cases(20))
    async with OpenAIServer() as server:
        server.plan.largest = 5
        outcome = await ask(store, server)
        assert outcome.end is End.COMPLETE, outcome.reason
        sizes = [len(batch.requests) for batch in server.batches.values()]
        assert sizes[0] == 19 and max(size for size in sizes if size <= 5) == 4
        assert batched(server) == 19
        assert max(server.log.by_content.values()) == 1


async def test_a_batch_is_submitted_until_the_provider_accepts_it(store, protocol):
    store.add_cases(cases(5))
    async with protocol[0]() as server:
        server.plan.overloaded = 3
        outcome = await ask(store, server, protocol)
        assert outcome.end is End.COMPLETE, outcome.reason
        assert len(server.batches) == 1


async def test_a_provider_that_never_accepts_a_batch_ends_the_run(store, monkeypatch):
    monkeypatch.setattr("mmdt.engine.batches.tracker.MOST_FAILURES", 3)
    store.add_cases(cases(5))
    async with OpenAIServer() as server:
        server.plan.overloaded = 1000
        outcome = await ask(store, server)
        assert outcome.end is End.INCOMPLETE
        assert "does not accept the batch" in outcome.reason and "overloaded" in outcome.reason
        assert server.plan.overloaded == 997
        server.plan.overloaded = 0
        assert (await ask(store, server)).end is End.COMPLETE


async def test_a_batch_that_is_wrong_as_a_whole_ends_the_run(store):
    store.add_cases(cases(5))
    async with OpenAIServer() as server:
        server.plan.turn_away = ["model_not_found"]
        outcome = await ask(store, server)
        assert outcome.end is End.INCOMPLETE
        assert outcome.reason == "the provider rejected the batch: Not taken (model_not_found)"
        assert len(outputs(store)) == 5 and outcome.progress.answered == 1
        assert (await ask(store, server)).end is End.COMPLETE  # resumed when it is replace_surrogates


async def test_a_wrong_key_shows_before_any_batch(store):
    store.add_cases(cases(5))
    async with OpenAIServer(key="sk-another-0123456789") as server:
        outcome = await ask(store, server)
        assert outcome.end is End.INCOMPLETE
        assert "OPENAI_API_KEY" in outcome.reason
        assert not server.batches and not server.uploads


async def test_a_server_without_batches_says_so(store, monkeypatch):
    monkeypatch.setattr("tests.servers.openai_server.batch_routes", lambda *_: [])
    store.add_cases(cases(5))
    async with OpenAIServer() as server:
        outcome = await ask(store, server)
        assert outcome.end is End.INCOMPLETE
        assert "no batch endpoint" in outcome.reason and "run without batch" in outcome.reason


async def test_an_invalid_request_fails_only_its_case(store, protocol):
    from mmdt.core.case import Case

    store.add_cases([*cases(3), (Case.make(I2T, "  ", target={"number": 3}), 1)])
    async with protocol[0]() as server:
        outcome = await ask(store, server, protocol)
        assert outcome.reason == "1 failed (case 1)"
        assert batched(server) == 2


async def test_an_unsupported_setting_shows_with_the_first_request(store):
    store.add_cases(cases(5))
    async with OpenAIServer(rejects={"temperature"}) as server:
        outcome = await ask(store, server)
        assert outcome.end is End.COMPLETE, outcome.reason
        (batch,) = server.batches.values()
        assert not any("temperature" in request["body"] for request in batch.requests)


async def test_the_budget_holds_for_batches(store):
    store.add_cases(cases(10))
    async with OpenAIServer() as server:
        outcome = await ask(store, server, budget=Budget(max_requests=4))
        assert outcome.end is End.BUDGET
        assert outcome.progress.answered == 4
        assert batched(server) == 3
        outcome = await ask(store, server, budget=Budget(max_requests=20, already=store.spent()))
        assert outcome.end is End.COMPLETE
        assert next(iter(store.spent().values())).requests == 10


async def test_batches_do_not_overspend(store):
    """What all may cost is reserved when they are handed over: a dollar for each, as the first one cost."""
    store.add_cases(cases(10))
    async with OpenAIServer() as server:
        settings = {"prices": {"input": 500_000.0}}  # two words a prompt: a dollar, half a one in a batch
        asking = Asking(store, server, "openai/gpt-4o", settings, budget=Budget(max_cost=4.0))
        outcome = await asking.run()
        assert outcome.end is End.BUDGET, outcome.reason
        assert asking.budget.cost <= 4.0
        assert outcome.progress.answered >= 6  # a dollar, then three of a half, and again


async def test_pictures_come_in_batches_too(store):
    store.add_cases((case(n, T2I), 1) for n in range(6))
    async with OpenAIServer() as server:
        outcome = await ask(store, server, (OpenAIServer, "openai/gpt-image-1.5", {}))
        assert outcome.end is End.COMPLETE, outcome.reason
        assert batched(server) == 5
        assert all(output.images[0].pil().size == (32, 32) for output in outputs(store).values())


async def test_cancelled_batches_keep_what_is_done_and_ask_the_rest_when_resumed(store, protocol):
    store.add_cases(cases(6))
    async with protocol[0]() as server:
        server.plan.hold = True
        await ask(store, server, protocol, wait=False)
        asking = Asking(store, server, *protocol[1:])
        (entry,) = BatchLedger(store.folder / "batches" / "model").records()
        assert await asking.model.batches.cancel(entry.batch) is None
        await asking.endpoint.close()
        outcome = await ask(store, server, protocol)
        assert outcome.end is End.INCOMPLETE and "expired 5" in outcome.reason
        server.plan.hold = False
        outcome = await ask(store, server, protocol)
        assert outcome.end is End.COMPLETE, outcome.reason


async def test_truncated_results_lose_only_the_missing_requests(store, monkeypatch):
    import tests.servers.openai_batching as served

    store.add_cases(cases(8))
    whole = served.lines

    def broken(results):
        monkeypatch.setattr(served, "lines", whole)
        response = whole(results)
        response.body = response.body[:-30]
        return response

    monkeypatch.setattr(served, "lines", broken)
    async with OpenAIServer() as server:
        outcome = await ask(store, server)
        assert outcome.end is End.COMPLETE, outcome.reason
        assert batched(server) == 7 + 1


async def test_the_disk_that_refuses_ends_the_run_with_an_error(store):
    from mmdt.errors import StoreError

    (store.folder / "batches").write_text("a file where a folder should be")
    async with OpenAIServer() as server:
        with pytest.raises(StoreError, match="batches"):
            await ask(store, server)


async def test_an_interrupted_run_leaves_its_batches_with_the_provider(store):
    store.add_cases(cases(6))
    async with OpenAIServer() as server:
        server.plan.hold = True
        asking = Asking(store, server, "openai/gpt-4o", {})
        task = asyncio.create_task(asking.run())
        while not server.batches:  # noqa: ASYNC110 - a server's state has no event
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        server.plan.hold = False
        outcome = await ask(store, server)
        assert outcome.end is End.COMPLETE
        assert len(server.batches) == 1 and max(server.log.by_content.values()) == 1


async def test_equal_requests_are_sent_once(tmp_path):
    """A judge may be asked the same twice: both get the answer, and it is paid for once."""
    from mmdt.core.protocols import Request

    async with OpenAIServer() as server:
        model = open_model("openai/gpt-4o", {"base_url": server.url, "prices": PRICES})
        budget = Budget()
        endpoint = BatchEndpoint(
            Endpoint(model, Limits(), budget), model.batches, Pace(linger=0.1, poll=0.05), submit=True, wait=True
        )
        await endpoint.start(tmp_path)
        await endpoint.ask(Request.of("first"))
        one, other = await asyncio.gather(*(endpoint.ask(Request.of("same")) for _ in range(2)))
        assert one.text == other.text == "You said: same"
        assert sorted([one.usage.input_tokens, other.usage.input_tokens]) == [0, 1]
        assert batched(server) == 1
        await endpoint.close()


def test_only_models_with_a_batch_endpoint_have_one(monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
    assert open_model("openai/gpt-4o", {}).batches is not None
    assert open_model("openai/gpt-4o", {"modality": "both"}).batches is None
    assert open_model("azure/gpt-4o", {"base_url": "https://x.openai.azure.com"}).batches is None
    assert not isinstance(open_model("organism/demo", {}), Batchable)


def test_an_unreadable_record_is_skipped(tmp_path):
    book = BatchLedger(tmp_path)
    book.write(BatchRecord("a" * 32, "m", 1, 5.0, "batch_1"))
    (tmp_path / "broken.json").write_text('{"mark": ')
    assert book.records() == [BatchRecord("a" * 32, "m", 1, 5.0, "batch_1")]
    assert json.loads((tmp_path / f"{'a' * 32}.json").read_text())["batch"] == "batch_1"


def test_files_without_a_record_are_removed(tmp_path):
    """A process that is killed while it collects a batch leaves its requests, and while it drops one, its results."""
    BatchLedger(tmp_path).write(BatchRecord("known", "m", 1, 0.0))
    for name in ("known.requests", "known.keys", "lost.requests", "lost.keys", "lost.results", "x.json.part"):
        (tmp_path / name).touch()
    BatchLedger(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"known.json", "known.requests", "known.keys"}
