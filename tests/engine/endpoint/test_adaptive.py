import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.engine.endpoint.adaptive import Aimd, Slots
from mmdt.engine.errors import StopRun


class TestAimd:
    def test_slow_start_doubles_with_every_round_trip(self):
        rule, now = Aimd(2, 1000), 0.0
        limits = [rule.limit]
        for _ in range(5):
            began, now, sent = now, now + 1, rule.limit
            for _ in range(sent):
                rule.succeeded(began, now, rule.limit)
            limits.append(rule.limit)
        assert limits == [2, 4, 8, 16, 32, 64]

    def test_after_congestion_it_grows_by_one_a_round_trip(self):
        rule = Aimd(64, 1000)
        rule.congested(began=0.0, now=1.0)
        assert rule.limit == 32
        for turn in range(2, 6):
            for _ in range(rule.limit):
                rule.succeeded(turn, turn + 1, rule.limit)
        assert rule.limit in (35, 36)

    def test_a_whole_round_trip_of_refusals_halves_once(self):
        rule = Aimd(64, 64)
        for late in range(64):
            rule.congested(began=0.0, now=1 + late / 1000)
        assert rule.limit == 32
        rule.congested(began=1.5, now=2.0)
        assert rule.limit == 16

    def test_a_limit_that_is_not_used_does_not_grow(self):
        rule = Aimd(10, 100)
        for _ in range(50):
            rule.succeeded(0.0, 1.0, in_flight=4)
        assert rule.limit == 10

    def test_a_server_that_only_queues_ends_the_growth(self):
        """One that does a fixed number of requests a second: more at a time only makes each of them slower."""
        rule, now = Aimd(8, 1024), 0.0
        for _ in range(200):
            took = max(0.5, rule.limit / 20)  # 20 a second, half a second at best: 10 at a time keep it busy
            for _ in range(rule.limit):
                rule.succeeded(now, now + took, rule.limit)
            now += took
        assert 10 <= rule.limit <= 70

    def test_longer_requests_do_not_keep_the_limit_down_for_ever(self):
        rule, now = Aimd(64, 64), 0.0
        for _ in range(64):
            rule.succeeded(now, now + 1, rule.limit)
        now += 1
        rule.congested(now, now)
        for _ in range(40):
            for _ in range(rule.limit):
                rule.succeeded(now, now + 10, rule.limit)
            now += 10
        assert rule.limit == 64

    @given(
        start=st.integers(1, 2000),
        ceiling=st.integers(1, 1000),
        events=st.lists(st.tuples(st.booleans(), st.floats(0, 30), st.integers(1, 1500)), max_size=200),
    )
    def test_invariants(self, start, ceiling, events):
        rule, now, cut = Aimd(start, ceiling), 0.0, float("-inf")
        for good, latency, in_flight in events:
            before, now = rule.limit, now + 0.1
            began = now - latency
            if good:
                rule.succeeded(began, now, in_flight)
                assert before <= rule.limit <= before + 1
                if 2 * in_flight < before:
                    assert rule.limit == before
            else:
                rule.congested(began, now)
                if began < cut:
                    assert rule.limit == before  # that round trip has been answered for
                else:
                    cut = now
                    assert max(1, before // 2) <= rule.limit <= max(1, before // 2 + 1)
            assert 1 <= rule.limit <= ceiling


class TestSlots:
    async def test_never_more_than_the_limit_and_all_get_in(self):
        slots, inside, peak, through = Slots(Aimd(3, 3)), 0, 0, []

        async def visit(name):
            nonlocal inside, peak
            await slots.acquire()
            inside += 1
            peak = max(peak, inside)
            await asyncio.sleep(0.001)
            inside -= 1
            slots.release()
            through.append(name)

        await asyncio.gather(*(visit(name) for name in range(50)))
        assert peak == 3
        assert through == list(range(50))  # in the order of their coming
        assert slots.taken == 0

    async def test_a_higher_limit_lets_more_in_with_the_next_release(self):
        rule = Aimd(1, 3)
        slots = Slots(rule)
        await slots.acquire()
        waiting = [asyncio.create_task(slots.acquire()) for _ in range(3)]
        await asyncio.sleep(0)
        rule.succeeded(0, 1, 1)
        slots.release()
        await asyncio.sleep(0)
        assert sum(task.done() for task in waiting) == 2
        slots.halt(StopRun("end"))
        await asyncio.gather(*waiting, return_exceptions=True)

    async def test_a_cancelled_task_takes_no_slot(self):
        slots = Slots(Aimd(1, 1))
        await slots.acquire()
        first, second = (asyncio.create_task(slots.acquire()) for _ in range(2))
        await asyncio.sleep(0)
        slots.release()  # the first is let in ...
        first.cancel()  # ... and cancelled before it knows
        with pytest.raises(asyncio.CancelledError):
            await first
        await second
        slots.release()
        assert slots.taken == 0

    async def test_halt_wakes_all_waiting_tasks(self):
        slots = Slots(Aimd(1, 1))
        await slots.acquire()
        waiting = [asyncio.create_task(slots.acquire()) for _ in range(3)]
        await asyncio.sleep(0)
        slots.halt(StopRun("the budget"))
        found = await asyncio.gather(*waiting, return_exceptions=True)
        assert [str(each) for each in found] == ["the budget"] * 3
        assert len({id(each) for each in found}) == 3
        assert slots.taken == 1
