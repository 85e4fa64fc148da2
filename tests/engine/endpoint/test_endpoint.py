import asyncio
from dataclasses import replace

import pytest

from mmdt.core.output import FailureKind, Output, RefusedBy, Status, Usage
from mmdt.core.protocols import Request
from mmdt.engine.endpoint import endpoint as module
from mmdt.engine.endpoint.budget import Budget, Spending
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.errors import BudgetExceeded, EndpointDead, StopRun
from tests.clock import settle
from tests.engine.builders import echo, picture, talker

pytestmark = pytest.mark.usefixtures("clock")


def request(number: int = 0) -> Request:
    return Request.of(f"prompt {number}")


def in_turn(*replies):
    """Every reply once, the last one for ever."""
    left = list(replies)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def failed(kind=FailureKind.SERVER, message="down", **more) -> Output:
    return Output.failed(kind, message, **{"retryable": True, **more})


async def ask_all(endpoint, number):
    return await asyncio.gather(*(endpoint.ask(request(each)) for each in range(number)))


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr("mmdt.engine.endpoint.retry.FIRST_WAIT", 0.01)


class TestRetries:
    async def test_attempts_latency_and_all_usage_are_in_the_output(self):
        replies = in_turn(
            failed(usage=Usage(10, 0, 0, 0.1)),
            failed(FailureKind.EMPTY, usage=Usage(10, 1, 0, 0.2)),
            Output.answered("at last", usage=Usage(10, 5, 0, 0.3)),
        )
        budget = Budget()
        output = await Endpoint(talker(replies, delay=0.02), Limits(), budget).ask(request())
        assert output.text == "at last"
        assert output.attempts == 3
        assert output.usage == Usage(30, 6, 0, pytest.approx(0.6))
        assert output.latency == pytest.approx(0.02), "of the last attempt alone"
        assert budget.requests == 3
        assert budget.cost == pytest.approx(0.6)

    async def test_a_request_fails_after_the_last_attempt(self):
        model = talker(lambda request: failed(message="still down"))
        output = await Endpoint(model, Limits(attempts=4), Budget()).ask(request())
        assert output.failure.message == "still down"
        assert output.attempts == len(model.asked) == 4

    async def test_a_failure_that_is_not_retryable_is_final(self):
        model = talker(lambda request: Output.failed(FailureKind.BAD_REQUEST, "no"))
        output = await Endpoint(model, Limits(), Budget()).ask(request())
        assert output.attempts == len(model.asked) == 1

    async def test_a_refusal_is_an_answer(self):
        model = talker(lambda request: Output.refused(RefusedBy.FILTER))
        output = await Endpoint(model, Limits(), Budget()).ask(request())
        assert output.status is Status.REFUSED
        assert len(model.asked) == 1

    async def test_an_output_that_is_not_accepted_is_retried(self):
        model = talker(in_turn(Output.answered("half"), Output.answered("whole")))

        async def accept(output):
            return output if output.text == "whole" else failed(FailureKind.BAD_REPLY, "half a picture")

        output = await Endpoint(model, Limits(), Budget()).ask(request(), accept=accept)
        assert (output.text, output.attempts) == ("whole", 2)

    async def test_rejections_use_up_no_attempts_while_others_get_through(self):
        """A server that takes a third of what is sent: with three attempts each, everybody must get through."""
        count = 0

        def reply(request):
            nonlocal count
            count += 1
            return echo(request) if count % 3 == 0 else failed(FailureKind.RATE_LIMIT)

        endpoint = Endpoint(talker(reply), Limits(attempts=3), Budget())
        outputs = await ask_all(endpoint, 60)
        assert max(output.attempts for output in outputs) > 3
        assert [output.status for output in outputs] == [Status.ANSWERED] * 60


class TestStorms:
    """A provider that rejects everything for minutes, without saying for how long."""

    async def test_it_is_waited_out(self, clock):
        began = clock.now

        def reply(request):
            return failed(FailureKind.RATE_LIMIT) if clock.now < began + 200 else echo(request)

        model = talker(reply, delay=0.1, concurrency=8, start_concurrency=8)
        outputs = await ask_all(Endpoint(model, Limits(), Budget()), 40)
        assert [output.status for output in outputs] == [Status.ANSWERED] * 40
        assert 200 <= clock.now - began < 260
        assert len(model.asked) < 40 * 40, "the waits become long"

    @pytest.mark.parametrize("kind", [FailureKind.RATE_LIMIT, FailureKind.OVERLOADED])
    async def test_but_not_for_ever(self, clock, kind):
        began = clock.now
        endpoint = Endpoint(talker(lambda request: failed(kind)), Limits(patience=120.0), Budget())
        found = await asyncio.gather(*(endpoint.ask(request(n)) for n in range(40)), return_exceptions=True)
        assert any(isinstance(each, EndpointDead) for each in found)
        assert 120 <= clock.now - began < 240

    async def test_without_patience_the_attempts_decide(self, clock):
        model = talker(lambda request: failed(FailureKind.RATE_LIMIT))
        output = await Endpoint(model, Limits(attempts=4, patience=0.0), Budget()).ask(request())
        assert output.attempts == 4

    async def test_a_storm_with_retry_after_is_one_too(self, clock):
        began = clock.now

        def reply(request):
            return failed(FailureKind.RATE_LIMIT, retry_after=2.0) if clock.now < began + 60 else echo(request)

        output = await Endpoint(talker(reply), Limits(), Budget()).ask(request())
        assert output.status is Status.ANSWERED

    async def test_an_answer_ends_it(self, clock):
        """Two storms of 200 seconds with an answer between them are no storm of 400."""
        began = clock.now

        def reply(request):
            calm = 200 < clock.now - began < 260 or clock.now - began > 460
            return echo(request) if calm else failed(FailureKind.RATE_LIMIT)

        endpoint = Endpoint(talker(reply, delay=50.0, concurrency=1, start_concurrency=1), Limits(), Budget())
        outputs = [await endpoint.ask(request(n)) for n in range(3)]
        assert [output.status for output in outputs] == [Status.ANSWERED] * 3


class TestPoison:
    """Inputs on which a server fails every time."""

    @staticmethod
    def reply(request):
        poisoned = int(request.prompt.split()[-1]) >= 60 if request.prompt != "Hello." else False
        return failed(message="500 worker crashed") if poisoned else echo(request)

    @pytest.mark.parametrize("concurrency", [1, 16])
    async def test_they_fail_alone_though_they_come_last(self, concurrency):
        endpoint = Endpoint(talker(self.reply), Limits(concurrency=concurrency), Budget())
        outputs = [await endpoint.ask(request(n)) for n in range(100)] if concurrency == 1 else None
        outputs = outputs or await ask_all(endpoint, 100)
        assert sum(output.status is Status.ANSWERED for output in outputs) == 60
        assert sum(output.status is Status.FAILED for output in outputs) == 40

    async def test_and_though_nothing_else_is_left(self):
        """As in a run that is resumed."""
        endpoint = Endpoint(talker(self.reply), Limits(), Budget())
        outputs = [await endpoint.ask(request(n)) for n in range(60, 95)]
        assert {output.failure.message for output in outputs} == {"500 worker crashed"}

    async def test_what_finds_that_out_is_paid_for(self):
        budget = Budget()
        model = talker(self.reply)
        await ask_all(Endpoint(model, Limits(), budget), 100)
        assert budget.requests == len(model.asked)

    async def test_a_server_that_fails_on_everything_is_dead(self):
        model = talker(lambda request: failed(message="500 worker crashed"))
        endpoint = Endpoint(model, Limits(attempts=2, concurrency=4), Budget())
        found = await asyncio.gather(*(endpoint.ask(request(n)) for n in range(100)), return_exceptions=True)
        assert sum(isinstance(each, EndpointDead) for each in found) >= 100 - module.GIVEN_UP - 4
        assert len(model.asked) < 150


class TestRetryAfter:
    async def test_everybody_waits_as_long_as_the_server_asks(self, clock):
        began = clock.now
        sent = []

        def reply(request):
            sent.append(clock.now - began)
            return failed(FailureKind.RATE_LIMIT, retry_after=0.4) if len(sent) == 1 else echo(request)

        endpoint = Endpoint(talker(reply, concurrency=4, start_concurrency=4), Limits(), Budget())
        first = asyncio.create_task(endpoint.ask(request(0)))
        await asyncio.sleep(0.1)
        assert endpoint.paused == pytest.approx(0.3)
        await asyncio.gather(first, ask_all(endpoint, 20))
        assert sorted(sent)[:2] == [0, pytest.approx(0.4)], "nothing is sent in the pause, and no time is lost after it"
        assert endpoint.paused == 0

    async def test_a_server_that_asks_for_hours_ends_the_run(self):
        model = talker(lambda request: failed(FailureKind.RATE_LIMIT, "daily limit", retry_after=7200.0))
        with pytest.raises(EndpointDead, match=r"wait of 120 minutes \(daily limit\).*resume"):
            await Endpoint(model, Limits(), Budget()).ask(request())


class TestDeath:
    async def test_a_fatal_failure_reaches_all_at_once(self):
        model = talker(lambda request: failed(FailureKind.AUTH, "wrong key", fatal=True), delay=0.01)
        endpoint = Endpoint(model, Limits(concurrency=2), Budget())
        found = await asyncio.gather(*(endpoint.ask(request(n)) for n in range(50)), return_exceptions=True)
        assert {(type(each), str(each)) for each in found} == {(EndpointDead, "wrong key")}
        assert len(model.asked) == 2
        with pytest.raises(EndpointDead):
            await endpoint.ask(request())
        assert len(model.asked) == 2

    async def test_an_endpoint_that_answers_nothing_counts_as_dead(self):
        model = talker(lambda request: failed(FailureKind.NETWORK, "connection refused"))
        endpoint = Endpoint(model, Limits(attempts=2, concurrency=4), Budget())
        found = await asyncio.gather(*(endpoint.ask(request(n)) for n in range(100)), return_exceptions=True)
        dead = [each for each in found if isinstance(each, EndpointDead)]
        assert len(dead) >= 100 - module.GIVEN_UP
        assert "connection refused" in str(dead[0])
        assert "mmdt.doctor" in str(dead[0])
        assert len(model.asked) < 150  # not every one of them twice

    async def test_failures_of_single_requests_do_not_kill_it(self):
        """Each has a reason of its own, or something was answered before, in this part of the run or an earlier one."""
        reasons = iter("abcdefghijklmnopqrstuvwxyz" * 2)
        model = talker(lambda request: Output.failed(FailureKind.BAD_REQUEST, f"no {next(reasons)}"))
        assert len(await ask_all(Endpoint(model, Limits(), Budget()), 50)) == 50
        alike = Output.failed(FailureKind.BAD_REQUEST, "no")
        endpoint = Endpoint(talker(in_turn(Output.answered("x"), alike)), Limits(concurrency=1), Budget())
        assert len(await ask_all(endpoint, 50)) == 50
        earlier = {"test/talker": Spending(1, Usage(5, 5))}
        resumed = Endpoint(talker(lambda request: alike), Limits(), Budget(already=earlier))
        assert len(await ask_all(resumed, 50)) == 50

    async def test_the_same_rejection_of_every_request_stops_after_a_few(self):
        numbers = iter(range(1000))
        model = talker(lambda request: Output.failed(FailureKind.BAD_REQUEST, f"bad effort (request {next(numbers)})"))
        endpoint = Endpoint(model, Limits(concurrency=2), Budget())
        found = await asyncio.gather(*(endpoint.ask(request(n)) for n in range(50)), return_exceptions=True)
        dead = [each for each in found if isinstance(each, EndpointDead)]
        assert len(dead) > 40
        assert "bad effort" in str(dead[0])
        assert "model_settings" in str(dead[0])
        assert len(model.asked) <= module.ALIKE + 2

    async def test_a_silent_403_of_a_resumed_run_concerns_one_request(self):
        forbidden = Output.failed(FailureKind.FORBIDDEN, "403")
        with pytest.raises(EndpointDead):
            await Endpoint(talker(lambda request: forbidden), Limits(), Budget()).ask(request())
        earlier = {"test/talker": Spending(1, Usage(5, 5))}
        output = await Endpoint(talker(lambda request: forbidden), Limits(), Budget(already=earlier)).ask(request())
        assert output.failure.kind is FailureKind.FORBIDDEN


class TestMoneyOfTimeouts:
    async def test_an_attempt_given_up_counts_as_the_most_expensive_so_far(self):
        """The provider may charge for it, and its reply with the usage never came."""
        replies = in_turn(
            Output.answered("x", usage=Usage(5, 5, cost=0.25)),
            failed(FailureKind.TIMEOUT),
            Output.answered("y", usage=Usage(5, 5, cost=0.05)),
        )
        budget = Budget()
        endpoint = Endpoint(talker(replies), Limits(concurrency=1), budget)
        await endpoint.ask(request(0))
        await endpoint.ask(request(1))
        assert budget.cost == pytest.approx(0.25 + 0.25 + 0.05)
        assert budget.requests == 3

    async def test_before_any_cost_is_known_it_costs_as_much_as_the_first_answer(self):
        replies = in_turn(failed(FailureKind.TIMEOUT), Output.answered("x", usage=Usage(5, 5, cost=0.25)))
        budget = Budget()
        await Endpoint(talker(replies), Limits(concurrency=1), budget).ask(request(0))
        assert budget.cost == pytest.approx(0.5)


async def test_a_field_that_the_server_does_not_take_uses_up_no_attempt():
    replies = in_turn(
        failed(FailureKind.UNSUPPORTED, retry_after=0.0),
        failed(FailureKind.UNSUPPORTED, retry_after=0.0),
        Output.answered("x"),
    )
    output = await Endpoint(talker(replies), Limits(attempts=1), Budget()).ask(request())
    assert (output.status, output.attempts) == (Status.ANSWERED, 3)

    async def test_halt_wakes_waiting_requests_and_finishes_those_in_flight(self, clock):
        model = talker(in_turn(failed(retry_after=60.0), Output.answered("x")), delay=0.1)
        endpoint = Endpoint(model, Limits(concurrency=2), Budget())
        sleeping = asyncio.create_task(endpoint.ask(request(0)))
        await asyncio.sleep(0.02)
        under_way = asyncio.create_task(endpoint.ask(request(1)))
        await asyncio.sleep(0.09)
        halted = clock.now
        endpoint.halt(StopRun("enough"))
        with pytest.raises(StopRun, match="enough"):
            await sleeping
        with pytest.raises(StopRun, match="enough"):
            await endpoint.ask(request(2))
        assert clock.now == halted, "neither of them waited"
        assert not under_way.done()
        assert (await under_way).text == "x"
        assert len(model.asked) == 2

    async def test_a_request_that_waits_for_the_budget_is_not_sent_after_halt(self):
        model = talker(lambda request: Output.answered("x", usage=Usage(cost=0.1)), delay=0.05)
        budget = Budget(max_cost=10)
        endpoint = Endpoint(model, Limits(), budget)
        first, second = (asyncio.create_task(endpoint.ask(request(n))) for n in range(2))
        await asyncio.sleep(0.02)  # the second waits until the first has shown its price
        endpoint.halt(StopRun("enough"))
        assert (await first).status is Status.ANSWERED
        with pytest.raises(StopRun, match="enough"):
            await second
        assert len(model.asked) == budget.requests == 1


class TestLimits:
    async def test_a_concurrency_set_by_the_user_is_fixed(self):
        model = talker(delay=0.01, concurrency=256, start_concurrency=8)
        endpoint = Endpoint(model, Limits(concurrency=20), Budget())
        await ask_all(endpoint, 200)
        assert model.peak == 20
        assert endpoint.limit == 20

    async def test_concurrency_never_exceeds_the_models_limit(self):
        model = talker(delay=0.001, concurrency=3, start_concurrency=1)
        await ask_all(Endpoint(model, Limits(concurrency=20), Budget()), 50)
        assert model.peak == 3

    async def test_it_grows_while_the_model_keeps_up(self):
        model = talker(delay=0.02, concurrency=64, start_concurrency=4)
        endpoint = Endpoint(model, Limits(), Budget())
        await ask_all(endpoint, 400)
        assert model.peak == 64
        assert endpoint.limit == 64

    async def test_it_shrinks_when_the_model_is_too_busy(self):
        model = talker(delay=0.01, concurrency=256, start_concurrency=64)
        model.reply = lambda request: failed(FailureKind.OVERLOADED) if model.busy > 10 else echo(request)
        endpoint = Endpoint(model, Limits(), Budget())
        outputs = await ask_all(endpoint, 300)
        assert endpoint.limit < 40
        assert all(output.status is Status.ANSWERED for output in outputs)

    async def test_requests_per_minute(self, clock):
        model = talker()
        began = clock.now
        await ask_all(Endpoint(model, Limits(rpm=1200), Budget()), 30)
        assert clock.now - began == pytest.approx(0.5)  # twenty at once, then one every 50 ms

    async def test_tokens_per_minute(self, clock):
        model = talker(lambda request: Output.answered("x", usage=Usage(100, 100)))
        began = clock.now
        await ask_all(Endpoint(model, Limits(tpm=60_000, concurrency=4), Budget()), 8)
        assert 0.4 <= clock.now - began < 0.8  # a thousand at once, then a thousand a second

    async def test_a_server_that_hangs_is_asked_twice(self, clock):
        """Not six times 600 seconds: each attempt may be billed."""
        began = clock.now
        output = await Endpoint(talker(delay=50_000), Limits(), Budget()).ask(request())
        assert output.failure.kind is FailureKind.TIMEOUT
        assert output.attempts == 2
        assert 1200 <= clock.now - began < 1202

    async def test_an_attempt_times_out(self):
        model = talker(delay=5000, concurrency=8, start_concurrency=8)
        endpoint = Endpoint(model, Limits(timeout=0.05, attempts=2), Budget())
        output = await endpoint.ask(request())
        assert output.failure.kind is FailureKind.TIMEOUT
        assert "0.05 seconds" in output.failure.message
        assert output.attempts == 2
        assert endpoint.limit < 8
        assert endpoint.in_flight == 0


class TestBudget:
    async def test_every_attempt_counts(self):
        model = talker(in_turn(failed(), failed(), Output.answered("x")))
        budget = Budget(max_requests=2)
        with pytest.raises(BudgetExceeded):
            await Endpoint(model, Limits(), budget).ask(request())
        assert len(model.asked) == 2

    async def test_two_endpoints_share_one(self):
        budget = Budget(max_requests=10)
        one, other = talker(), talker(name="test/other")
        found = await asyncio.gather(
            *(Endpoint(model, Limits(), budget).ask(request(n)) for n in range(10) for model in (one, other)),
            return_exceptions=True,
        )
        assert sum(isinstance(each, BudgetExceeded) for each in found) == 10
        assert len(one.asked) + len(other.asked) == 10
        assert set(budget.spent) == {"test/talker", "test/other"}


class TestBatches:
    async def test_full_batches_and_the_models_own_concurrency(self):
        model = talker(delay=0.01, batch_size=8, concurrency=2, start_concurrency=2)
        endpoint = Endpoint(model, Limits(), Budget())
        outputs = await ask_all(endpoint, 64)
        assert model.batches == [8] * 8
        assert model.peak == 2
        assert [output.text for output in outputs] == [f"echo prompt {n}" for n in range(64)]
        await endpoint.close()
        assert model.closed

    async def test_requests_with_equally_many_pictures_come_first(self):
        """However long the text of the others."""
        seen = []

        def reply(request):
            seen.append(len(request.images))
            return echo(request)

        endpoint = Endpoint(talker(reply, batch_size=4, concurrency=1, max_images=1), Limits(), Budget())
        asked = [Request.of("a" * (n % 3 * 4000 + n), images=(picture(),) * (n % 2)) for n in range(16)]
        await asyncio.gather(*(endpoint.ask(each) for each in asked))
        batches = [seen[place : place + 4] for place in range(0, 16, 4)]
        assert all(len(set(batch)) == 1 for batch in batches)
        await endpoint.close()

    async def test_too_large_a_batch_is_halved_until_it_fits(self):
        model = talker(batch_size=8, concurrency=1)

        async def generate(requests):
            model.batches.append(len(requests))
            if len(requests) > 2:
                return [Output.failed(FailureKind.MEMORY, "out of memory") for _ in requests]
            return [echo(each) for each in requests]

        model.generate = generate
        endpoint = Endpoint(model, Limits(attempts=1), Budget())
        outputs = await ask_all(endpoint, 32)
        assert all(output.status is Status.ANSWERED for output in outputs)
        assert max(model.batches[2:]) <= 2
        assert max(output.attempts for output in outputs) == 2
        await endpoint.close()

    async def test_a_request_too_large_on_its_own_fails(self):
        model = talker(lambda request: Output.failed(FailureKind.MEMORY, "out of memory"), batch_size=4)
        endpoint = Endpoint(model, Limits(), Budget())
        outputs = await ask_all(endpoint, 4)
        assert [output.failure.kind for output in outputs] == [FailureKind.MEMORY] * 4
        await endpoint.close()

    async def test_an_exception_in_a_batch_fails_only_its_own_request(self):
        def reply(request):
            if request.prompt == "prompt 3":
                raise RuntimeError("cannot")
            return echo(request)

        endpoint = Endpoint(talker(reply, batch_size=8), Limits(), Budget())
        outputs = await ask_all(endpoint, 8)
        assert [output.status for output in outputs].count(Status.FAILED) == 1
        assert outputs[3].failure.message == "RuntimeError: cannot"
        await endpoint.close()

    async def test_a_request_cancelled_before_its_batch_was_not_sent(self):
        budget = Budget()
        endpoint = Endpoint(talker(delay=0.05, batch_size=2, concurrency=1), Limits(), budget)
        tasks = [asyncio.ensure_future(endpoint.ask(request(n))) for n in range(6)]
        await asyncio.sleep(0.02)  # the first two are under way
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert budget.requests == 2
        assert budget.spent["test/talker"].requests == 2
        await endpoint.close()

    async def test_a_batch_has_the_time_of_all_its_requests(self):
        endpoint = Endpoint(talker(delay=0.1, batch_size=8), Limits(timeout=0.05), Budget())
        outputs = await ask_all(endpoint, 8)
        assert all(output.status is Status.ANSWERED for output in outputs)
        await endpoint.close()


class TestPromises:
    """What the protocol promises and a model may break."""

    @pytest.mark.parametrize("broken", [[], [1], [Output.answered("a"), Output.answered("b")]])
    async def test_anything_but_one_output_per_request_is_a_bug(self, broken):
        model = talker()

        async def generate(requests):
            return broken

        model.generate = generate
        output = await Endpoint(model, Limits(), Budget()).ask(request())
        assert output.failure.kind is FailureKind.BUG

    async def test_a_timeout_error_raised_by_the_model_is_its_own_bug(self):
        def reply(request):
            raise TimeoutError("mine")

        output = await Endpoint(talker(reply), Limits(), Budget()).ask(request())
        assert output.failure.kind is FailureKind.BUG

    async def test_a_long_message_is_cut(self):
        def reply(request):
            raise ValueError("x" * 100_000)

        output = await Endpoint(talker(reply), Limits(), Budget()).ask(request())
        assert len(output.failure.message) <= 500


async def test_a_cancelled_request_leaves_nothing_behind():
    model = talker(delay=5000)
    endpoint = Endpoint(model, Limits(concurrency=1), Budget(max_cost=5))
    tasks = [asyncio.create_task(endpoint.ask(request(n))) for n in range(3)]
    await settle()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert endpoint.in_flight == 0
    model.delay = 0
    assert (await endpoint.ask(request())).status is Status.ANSWERED


def test_info_is_taken_once():
    model = talker()
    endpoint = Endpoint(model, Limits(concurrency=5), Budget())
    model.info = replace(model.info, name="other")
    assert endpoint.info.name == "test/talker"
    assert endpoint.backlog == 10


class TestWithoutAReason:
    async def test_a_silent_403_ends_the_run_before_the_first_answer(self):
        endpoint = Endpoint(
            talker(lambda request: failed(FailureKind.FORBIDDEN, "403", retryable=False)), Limits(), Budget()
        )
        with pytest.raises(EndpointDead, match="403"):
            await endpoint.ask(request())

    async def test_a_silent_403_is_one_failure_after_an_answer(self):
        replies = in_turn(
            Output.answered("x"), failed(FailureKind.FORBIDDEN, "403", retryable=False), Output.answered("y")
        )
        endpoint = Endpoint(talker(replies), Limits(), Budget())
        found = [await endpoint.ask(request(number)) for number in range(3)]
        assert [each.status for each in found] == [Status.ANSWERED, Status.FAILED, Status.ANSWERED]

    async def test_a_picture_that_no_attempt_brings_was_refused_by_the_model(self):
        endpoint = Endpoint(
            talker(lambda request: failed(FailureKind.DECLINED, "no picture")), Limits(attempts=3), Budget()
        )
        output = await endpoint.ask(request())
        assert (output.status, output.refused_by, output.attempts) == (Status.REFUSED, RefusedBy.MODEL, 3)
