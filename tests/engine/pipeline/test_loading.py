"""Cases are asked while later ones are still loaded; whatever stops that, no answer is lost or changes its case."""

import asyncio
import os
import signal
import threading

import pytest

from mmdt.core.case import Case
from mmdt.core.output import Status
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.loading import AHEAD, CaseLoader
from mmdt.engine.pipeline.progress import STILL_LOADING, End
from mmdt.engine.store.store import Store
from mmdt.errors import DataError
from tests.engine.builders import I2T, Measurer, case, cases, echo, picture, scenarios, talker
from tests.waiting import PATIENCE, until


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "run") as store:
        yield store


async def run(store, source, model=None, *, ahead=AHEAD, budget=None, seen=None):
    """The outcome, the model, and the loading."""
    model = model or talker()
    ended, readied = [], []

    def ready():
        readied.append(len(model.asked))

    async def done(count):
        ended.append(count)

    loading = CaseLoader(source, store, ready, done, ahead=ahead)
    endpoint = Endpoint(model, Limits(concurrency=8), budget or Budget())
    progress = None if seen is None else seen.append
    outcome = await asyncio.wait_for(
        execute(
            store, scenarios(), endpoint, {"measure": Measurer()}, seed=7, loading=loading, progress=progress
        ),
        PATIENCE,
    )  # fmt: skip
    assert ended == ([count(store)] if loading.whole else [])
    assert readied == [0] or (not readied and not model.asked), "what asks gets ready once, and first"
    return outcome, model, loading


def count(store):
    return sum(each.cases for each in store.counts().values())


def bad_after(number):
    yield from cases(number)
    raise DataError("the line is not a JSON object", where=f"cases.jsonl, line {number + 1}", hint="mend it")


async def break_off(store, source):
    """A run that came to bad data when it had asked some of these."""
    asked = threading.Event()

    def broken():
        yield from source
        assert asked.wait(PATIENCE)
        yield from bad_after(0)

    def reply(request):
        asked.set()
        return echo(request)

    outcome, _, _ = await run(store, broken(), talker(reply), ahead=0)
    assert outcome.end is End.INCOMPLETE
    assert store.asked


def names(store):
    return [row.case.id for row in store.trials()]


def prompts(model):
    return [request.prompt for request in model.asked]


class TestTogether:
    async def test_the_first_answers_come_before_the_last_cases_do(self, store):
        answered = threading.Event()

        def source():
            yield from cases(AHEAD + 100)
            assert answered.wait(PATIENCE), "nothing was asked before all cases were there"
            yield from ((case(number), 1) for number in range(AHEAD + 100, AHEAD + 200))

        def reply(request):
            answered.set()
            return echo(request)

        outcome, model, _ = await run(store, source(), talker(reply))
        assert outcome.end is End.COMPLETE
        assert sorted(prompts(model)) == sorted(f"prompt {number}" for number in range(AHEAD + 200))
        assert names(store) == [case.id for case, _ in cases(AHEAD + 200)]
        assert outcome.progress.total == outcome.progress.done == AHEAD + 200

    async def test_small_data_is_loaded_completely_before_anything_is_asked(self, store):
        loaded = threading.Event()

        def source():
            yield from cases(AHEAD)
            loaded.set()

        def reply(request):
            assert loaded.is_set()
            return echo(request)

        outcome, _, _ = await run(store, source(), talker(reply))
        assert outcome.end is End.COMPLETE

    async def test_each_case_is_asked_as_many_times_as_the_data_says(self, store):
        outcome, model, _ = await run(store, [(case(1), 3), (case(2), 1)])
        assert (outcome.progress.total, len(model.asked)) == (4, 4)

    async def test_progress_says_that_more_cases_may_come(self, store):
        seen = []

        def source():
            yield from cases(2)
            until(lambda: sum(each.loading for each in seen) >= 2)
            yield case(2), 1

        await run(store, source(), ahead=1, seen=seen)
        loading = [each for each in seen if each.loading]
        assert loading and all(each.total == 2 and each.eta is None for each in loading)
        assert (seen[-1].total, seen[-1].loading) == (3, False)


class TestBadData:
    async def test_nothing_is_asked_where_small_data_is_bad(self, store):
        outcome, model, loading = await run(store, bad_after(AHEAD - 1))
        assert not model.asked and not store.asked
        assert outcome.end is End.INCOMPLETE
        assert isinstance(loading.error, DataError)
        assert f"line {AHEAD}" in outcome.reason and "mend it" in outcome.reason

    async def test_answers_before_bad_data_are_kept_and_not_asked_again(self, store):
        going = threading.Event()

        def source():
            yield from cases(AHEAD + 300)
            assert going.wait(PATIENCE)
            yield from bad_after(0)

        def reply(request):
            if request.prompt == "prompt 40":
                going.set()
            return echo(request)

        outcome, first, _ = await run(store, source(), talker(reply))
        assert outcome.end is End.INCOMPLETE
        assert STILL_LOADING in outcome.reason
        kept = {row.case.prompt for row in store.trials() if row.output}
        assert kept == set(prompts(first)) and len(kept) >= 41

        outcome, second, _ = await run(store, cases(AHEAD + 500))
        assert outcome.end is End.COMPLETE
        assert not set(prompts(second)) & kept
        assert len(first.asked) + len(second.asked) == AHEAD + 500


class TestAgain:
    def doubled(self):
        """Every content twice, some thrice; pictures on some."""
        for number in range(40):
            shown = (picture((number, 0, 0)),) if number % 4 == 0 else ()
            for _ in range(3 if number % 7 == 0 else 2):
                yield case(number // 2, images=shown), 1 + number % 2

    async def test_copies_have_the_same_numbers_wherever_loading_was_interrupted(self, tmp_path):
        every = list(self.doubled())
        with Store.create(tmp_path / "whole") as store:
            store.add_cases(every)
            wanted = [(row.case, row.repeat) for row in store.trials()]
        for stop in range(1, len(every), 11):
            with Store.create(tmp_path / str(stop)) as store:
                await break_off(store, every[:stop])
                await run(store, every, ahead=0)
                assert [(row.case, row.repeat) for row in store.trials()] == wanted
                assert all(row.output.status is Status.ANSWERED for row in store.trials())

    @pytest.mark.parametrize(
        ("changed", "words"),
        [
            (lambda known: [*known[:5], (case(99), 1), *known[6:]], "case number 6 is a different one now"),
            (lambda known: [*known[:5], (known[5][0], 2), *known[6:]], "case number 6 is a different one now"),
            (lambda known: known[:7], "it has 7 cases now, and the run began with more"),
            (lambda known: [known[1], known[0], *known[2:]], "case number 1 is a different one now"),
        ],
    )
    async def test_other_data_is_refused_where_answers_belong_to_the_first(self, store, changed, words):
        await break_off(store, cases(10))
        before = names(store)
        outcome, _, loading = await run(store, changed(list(cases(10))))
        assert outcome.end is End.INCOMPLETE
        assert words in outcome.reason and "reuse=[FOLDER]" in outcome.reason
        assert isinstance(loading.error, DataError)
        assert names(store) == before

    async def test_the_data_may_change_before_anything_was_asked(self, store):
        store.add_cases(cases(10))  # a process was killed when these were there
        outcome, model, _ = await run(store, [(case(99), 1)])
        assert outcome.end is End.COMPLETE
        assert prompts(model) == ["prompt 99"]

    async def test_an_id_that_only_starts_like_another_is_not_a_copy(self, store):
        first, longer = (Case(I2T, "hello", id=name) for name in ("ab", "ab-c"))
        await break_off(store, [(longer, 1)])
        outcome, _, _ = await run(store, [(first, 1)])
        assert "case number 1 is a different one now" in outcome.reason


class TestStopping:
    async def test_an_interrupt_does_not_wait_for_the_data(self, store):
        over = threading.Event()

        def source():
            yield from cases(3)
            over.wait(PATIENCE)  # a download that takes its time
            yield case(4), 1

        def reply(request):
            os.kill(os.getpid(), signal.SIGINT)
            return echo(request)

        try:
            outcome, _, loading = await run(store, source(), talker(reply), ahead=0)
        finally:
            over.set()
        assert outcome.end is End.INTERRUPTED
        assert not loading.whole and outcome.reason.endswith(STILL_LOADING)
        outcome, model, _ = await run(store, [*cases(3), (case(4), 1)])
        assert outcome.end is End.COMPLETE
        assert "prompt 4" in prompts(model)

    async def test_a_budget_that_is_used_up_leaves_all_cases_in_the_store(self, store):
        spent = threading.Event()

        def source():
            yield from cases(AHEAD + 50)
            assert spent.wait(PATIENCE)
            yield from ((case(number), 1) for number in range(AHEAD + 50, AHEAD + 400))

        def reply(request):
            spent.set()
            return echo(request)

        outcome, model, _ = await run(store, source(), talker(reply), budget=Budget(max_requests=20))
        assert outcome.end is End.BUDGET
        assert len(model.asked) == 20
        assert count(store) == outcome.progress.total == AHEAD + 400
        assert STILL_LOADING not in outcome.reason

    async def test_an_exception_in_the_case_generator_is_raised(self, store):
        def source():
            yield from cases(2)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await run(store, source())
