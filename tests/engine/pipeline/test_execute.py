import asyncio
from itertools import pairwise

import pytest

from mmdt.core.cell import Selection
from mmdt.core.observation import Observation
from mmdt.core.output import FailureKind, Output, RefusedBy, Status, Usage
from mmdt.core.protocols import EvaluatorInfo
from mmdt.core.scenario import Probe
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.errors import StopRun
from mmdt.engine.pipeline.build_request import seed_for
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.meter import TICK
from mmdt.engine.pipeline.progress import End, Progress
from mmdt.engine.store.store import Store
from mmdt.errors import MissingExtraError, StoreError, UsageError
from tests.engine.builders import (
    I2T,
    LENGTH,
    T2I,
    Measurer,
    case,
    cases,
    echo,
    picture,
    scenario,
    scenarios,
    talker,
)


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "run") as store:
        yield store


def endpoint(model, budget=None, **limits) -> Endpoint:
    return Endpoint(model, Limits(**{"attempts": 2, **limits}), budget or Budget())


async def run(store, model=None, measurer=None, **more):
    model = model or talker()
    asked = endpoint(model, more.pop("budget", None), **more.pop("limits", {}))
    more = {"seed": 7, **more}
    evaluators = more.pop("evaluators", {"measure": measurer or Measurer()})
    return await execute(store, more.pop("scenarios", scenarios()), asked, evaluators, **more)


def lengths(store, fingerprint):
    rows = store.trials(evaluators={"measure": fingerprint})
    return {row.observations["length"].value["length"] for row in rows}


class TestComplete:
    async def test_every_case_is_asked_observed_and_stored(self, store):
        store.add_cases(cases(500))
        model, measurer = talker(), Measurer()
        outcome = await run(store, model, measurer)
        assert outcome.end is End.COMPLETE
        assert outcome.reason == ""
        assert sorted(request.prompt for request in model.asked) == sorted(f"prompt {n}" for n in range(500))
        for row in store.trials():
            assert row.output.text == f"echo {row.case.prompt}"
            assert row.observations["length"].value == {"length": len(row.output.text)}
        assert max(measurer.batches) == 4

    async def test_nothing_is_done_twice(self, store):
        store.add_cases(cases(50))
        await run(store)
        model, measurer = talker(), Measurer()
        outcome = await run(store, model, measurer)
        assert outcome.end is End.COMPLETE
        assert model.asked == []
        assert measurer.items == []
        assert outcome.progress.done == outcome.progress.total == 50

    async def test_repeats_have_different_seeds_that_follow_from_the_run_seed(self, store):
        store.add_cases([(case(1), 3)])
        model = talker()
        await run(store, model, seed=7)
        assert {request.seed for request in model.asked} == {seed_for(7, case(1).id, repeat) for repeat in range(3)}
        assert len({request.seed for request in model.asked}) == 3

    async def test_only_the_selected_cells_are_asked(self, store):
        store.add_cases([*cases(3), *cases(2, T2I)])
        model = talker()
        both = scenarios(scenario(), scenario(T2I))
        outcome = await run(store, model, scenarios=both, selection=Selection.of("*/i2t"))
        assert outcome.end is End.COMPLETE
        assert len(model.asked) == 3
        assert outcome.progress.total == 3

    async def test_evaluators_and_model_work_at_the_same_time(self, store):
        store.add_cases(cases(40))
        order = []
        model = talker(reply=lambda request: order.append("asked") or echo(request), delay=0.01)
        seen = Measurer(see=lambda item: order.append("seen") or Observation({"length": 1}))
        await run(store, model, seen, limits={"concurrency": 4})
        assert order.index("seen") < 20

    async def test_slow_evaluators_hold_the_model_back(self, store):
        store.add_cases(cases(600))
        slow = Measurer(info=EvaluatorInfo("measure.slow", "fp", batch_size=1), delay=0.002)
        ahead = []
        model = talker(reply=lambda request: ahead.append(len(model.asked) - len(slow.items)) or echo(request))
        await run(store, model, slow, limits={"concurrency": 4})
        assert max(ahead) < 64 + 2 + 8 + 10  # what may wait for the evaluator, and what may be under way


class TestWhatIsAsked:
    async def test_an_unsupported_case_is_not_sent(self, store):
        many = tuple(picture((shade, 0, 0)) for shade in range(3))
        store.add_cases([(case(1, images=many), 1), (case(2, T2I), 1), (case(3), 1)])
        model = talker(modalities=frozenset({"i2t"}))
        outcome = await run(store, model, scenarios=scenarios(scenario(), scenario(T2I)))
        assert [request.prompt for request in model.asked] == ["prompt 3"]
        outputs = [row.output for row in store.trials()]
        assert [output.failure.kind for output in outputs[:2]] == [FailureKind.CASE] * 2
        assert "3 images; test/talker accepts 2" in outputs[0].failure.message
        assert "needs t2i; test/talker supports only i2t" in outputs[1].failure.message
        assert outcome.end is End.INCOMPLETE
        assert outcome.reason == "2 failed (case 2)"

    async def test_images_reach_the_model_as_stored_references(self, store):
        image = picture()
        store.add_cases([(case(1, images=(image,)), 1)])
        model = talker()
        await run(store, model)
        (sent,) = model.asked[0].images
        assert sent.data == b""
        assert sent.read() == image.data


class TestFailures:
    async def test_failed_outputs_are_stored_and_asked_again(self, store):
        store.add_cases(cases(10))
        things = iter("abcdefghij")
        down = talker(reply=lambda request: Output.failed(FailureKind.BAD_REQUEST, f"no such {next(things)}"))
        outcome = await run(store, down)
        assert outcome.end is End.INCOMPLETE
        assert outcome.reason == "10 failed (bad_request 10)"
        assert all(row.output.status is Status.FAILED for row in store.trials())
        model = talker()
        outcome = await run(store, model)
        assert outcome.end is End.COMPLETE
        assert len(model.asked) == 10

    async def test_a_refusal_is_final_and_not_observed(self, store):
        store.add_cases(cases(5))
        model, measurer = talker(reply=lambda request: Output.refused(RefusedBy.FILTER, "policy")), Measurer()
        outcome = await run(store, model, measurer)
        assert outcome.end is End.COMPLETE
        assert outcome.progress.refused == 5
        assert measurer.items == []
        await run(store, model, measurer)
        assert len(model.asked) == 5

    async def test_an_exception_in_the_model_fails_one_case(self, store):
        def reply(request):
            if request.prompt == "prompt 3":
                raise KeyError("choices")
            return echo(request)

        store.add_cases(cases(10))
        outcome = await run(store, talker(reply))
        assert outcome.reason == "1 failed (bug 1)"
        (failed,) = [row.output for row in store.trials() if row.output.status is Status.FAILED]
        assert failed.failure.message == "KeyError: 'choices'"

    async def test_a_wrong_key_stops_the_run_at_once(self, store):
        store.add_cases(cases(500))
        model = talker(lambda request: Output.failed(FailureKind.AUTH, "the server refuses the key", fatal=True))
        outcome = await run(store, model)
        assert outcome.end is End.INCOMPLETE
        assert outcome.reason == "the server refuses the key"
        assert len(model.asked) <= 8
        assert outcome.progress.failed == 0

    async def test_a_missing_library_stops_the_run_at_once(self, store):
        def reply(request):
            raise MissingExtraError("hf models", "hf", ImportError("torch"))

        store.add_cases(cases(100))
        outcome = await run(store, talker(reply))
        assert "pip install 'mmdt[hf]'" in outcome.reason

    async def test_an_exception_in_an_evaluator_is_a_missing_observation(self, store):
        def see(item):
            if item.case.prompt == "prompt 2":
                raise ZeroDivisionError("by zero")
            return Observation({"length": 1})

        store.add_cases(cases(8))
        outcome = await run(store, measurer=Measurer(see=see))
        assert outcome.end is End.INCOMPLETE
        assert outcome.reason == "1 observations missing"
        (missing,) = [row.observations["length"] for row in store.trials() if row.observations["length"].missing]
        assert missing.error == "error in measure.length: ZeroDivisionError: by zero"
        outcome = await run(store)
        assert outcome.end is End.COMPLETE

    async def test_a_value_that_is_not_json_is_a_missing_observation(self, store):
        store.add_cases(cases(2))
        outcome = await run(store, measurer=Measurer(see=lambda item: Observation({"length": object()})))
        assert outcome.reason == "2 observations missing"
        assert "not JSON" in next(store.trials()).observations["length"].error

    async def test_an_exception_in_a_probe_is_a_missing_observation(self, store):
        store.add_cases(cases(2))
        broken = Probe("broken", "measure", lambda case, output: {"x": case.target["absent"]})
        outcome = await run(store, scenarios=scenarios(scenario(probes=(LENGTH, broken))))
        assert outcome.reason == "2 observations missing"
        row = next(store.trials())
        assert "KeyError: 'absent'" in row.observations["broken"].error
        assert not row.observations["length"].missing

    async def test_too_few_observations_are_missing_ones(self, store):
        class Lazy(Measurer):
            async def observe(self, items):
                return []

        store.add_cases(cases(3))
        outcome = await run(store, measurer=Lazy())
        assert outcome.reason == "3 observations missing"

    async def test_a_judge_that_cannot_be_reached_stops_the_run_and_keeps_the_answers(self, store):
        def see(item):
            raise StopRun("the judge is gone")

        store.add_cases(cases(5))
        outcome = await run(store, measurer=Measurer(see=see))
        assert outcome.end is End.INCOMPLETE
        assert outcome.reason == "the judge is gone"
        assert store.counts()[str(I2T)].answered > 0
        assert not any(row.observations for row in store.trials())

    async def test_an_evaluator_without_its_library_is_an_error(self, store):
        def see(item):
            raise MissingExtraError("nudity", "nudenet", ImportError("nudenet"))

        store.add_cases(cases(5))
        with pytest.raises(MissingExtraError, match="nudenet"):
            await run(store, measurer=Measurer(see=see))

    async def test_a_disk_error_is_raised(self, store):
        (store.folder / "artifacts").write_text("in the way")
        store.add_cases(cases(5, T2I))
        model = talker(lambda request: Output.answered(images=(picture(),)))
        with pytest.raises(StoreError, match="artifacts"):
            await run(store, model, scenarios=scenarios(scenario(T2I)))


class TestBudget:
    async def test_requests(self, store):
        store.add_cases(cases(100))
        model = talker()
        outcome = await run(store, model, budget=Budget(max_requests=30))
        assert outcome.end is End.BUDGET
        assert outcome.reason == "the budget of 30 requests is used up"
        assert len(model.asked) == 30
        assert store.counts()[str(I2T)].answered == 30
        assert store.spent()["test/talker"].requests == 30
        outcome = await run(store, model)
        assert outcome.end is End.COMPLETE
        assert len(model.asked) == 100

    async def test_money_is_not_overdrawn(self, store):
        store.add_cases(cases(100))
        model = talker(lambda request: Output.answered("x", usage=Usage(1, 1, 0, 0.01)), delay=0.001, organism=False)
        outcome = await run(store, model, budget=Budget(max_cost=0.305), limits={"concurrency": 16})
        assert outcome.end is End.BUDGET
        assert "$0.30" in outcome.reason
        assert len(model.asked) == 30
        assert outcome.progress.cost == pytest.approx(0.30)
        assert store.spent()["test/talker"].usage.cost == pytest.approx(0.30)

    async def test_a_run_that_needs_exactly_its_budget_is_complete(self, store):
        store.add_cases(cases(30))
        outcome = await run(store, budget=Budget(max_requests=30))
        assert outcome.end is End.COMPLETE


class TestObserveOnly:
    async def test_another_evaluator_observes_and_nothing_is_asked(self, store):
        store.add_cases(cases(20))
        await run(store)
        other = Measurer(info=EvaluatorInfo("measure.other", "fp-2"), see=lambda item: Observation({"length": -1}))
        model = talker()
        outcome = await run(store, model, other, ask=False)
        assert outcome.end is End.COMPLETE
        assert model.asked == []
        assert len(other.items) == 20
        assert lengths(store, "fp-2") == {-1}
        assert min(lengths(store, "fp-1")) > 0

    async def test_without_an_endpoint(self, store):
        store.add_cases(cases(4))
        await run(store, budget=Budget(max_requests=2))
        measurer = Measurer(info=EvaluatorInfo("measure.other", "fp-2"))
        outcome = await execute(store, scenarios(), None, {"measure": measurer}, seed=1)
        assert outcome.end is End.INCOMPLETE
        assert outcome.reason == "2 not asked yet"
        assert len(measurer.items) == 2

    async def test_failed_outputs_stay_failed(self, store):
        store.add_cases(cases(3))
        await run(store, talker(lambda request: Output.failed(FailureKind.BAD_REQUEST, "no")))
        outcome = await run(store, ask=False)
        assert outcome.reason == "3 failed (bad_request 3)"


class TestPanel:
    async def test_a_missing_evaluator_is_reported_before_anything_is_asked(self, store):
        store.add_cases(cases(3))
        model = talker()
        with pytest.raises(UsageError, match=r"no evaluator for the role 'measure' \(safety/i2t/typography\)"):
            await run(store, model, evaluators={})
        assert model.asked == []

    async def test_an_optional_evaluator_may_be_missing(self, store):
        store.add_cases(cases(3))
        optional = Probe("more", "ocr", lambda case, output: {}, optional=True)
        outcome = await run(store, scenarios=scenarios(scenario(probes=(LENGTH, optional))))
        assert outcome.end is End.COMPLETE
        assert set(next(store.trials()).observations) == {"length"}

    async def test_an_unknown_scenario(self, store):
        store.add_cases(cases(3))
        with pytest.raises(UsageError, match="unknown scenario"):
            await run(store, scenarios={})


class TestProgress:
    async def test_snapshots_are_few_and_end_with_the_whole(self, store):
        store.add_cases([*cases(60), *cases(2, T2I)])
        shown: list[Progress] = []
        halfway = asyncio.Event()

        def show(snapshot):
            shown.append(snapshot)
            if 0 < snapshot.done < 62 and snapshot.rate:
                halfway.set()

        refuses = talker(lambda request: echo(request) if request.wants == "text" else Output.refused(RefusedBy.FILTER))
        generate = refuses.generate

        async def half_of_them_after_a_snapshot(requests):
            if len(refuses.asked) >= 31:
                await halfway.wait()
            return await generate(requests)

        refuses.generate = half_of_them_after_a_snapshot
        both = scenarios(scenario(), scenario(T2I, probes=()))
        await run(store, refuses, scenarios=both, progress=show, limits={"concurrency": 2})
        assert all(after.elapsed - before.elapsed > TICK * 0.9 for before, after in pairwise(shown[:-1]))
        last = shown[-1]
        assert (last.total, last.done, last.answered, last.refused, last.failed) == (62, 62, 60, 2, 0)
        assert last.cells[str(T2I)].refused == 2
        assert last.cells[str(I2T)].done == 60
        middle = next(each for each in shown if 0 < each.done < 62 and each.rate)
        assert middle.eta > 0
        assert middle.in_flight <= middle.limit == 2

    async def test_a_callback_that_raises_is_not_swallowed(self, store):
        def show(progress):
            raise BrokenPipeError("nobody reads")

        store.add_cases(cases(3))
        with pytest.raises(BrokenPipeError):
            await run(store, talker(delay=0.1), progress=show)


async def test_cancelling_keeps_what_came_back(store):
    store.add_cases(cases(50))
    model, hangs = talker(), asyncio.Event()
    generate = model.generate

    async def hang_after_ten(requests):
        if len(model.asked) == 10:
            hangs.set()
            await asyncio.Event().wait()
        return await generate(requests)

    model.generate = hang_after_ten
    task = asyncio.create_task(run(store, model, limits={"concurrency": 1}))
    await hangs.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert store.counts()[str(I2T)].answered == 10
