"""A mistake in an addition of one's own is said where it is made, and becomes no number, crash or damaged run."""

import pytest

import mmdt
from mmdt.attacks import Behaviour, make_attempt
from mmdt.plugins import registry


@pytest.fixture(autouse=True)
def nothing_stays(monkeypatch):
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    yield
    registry.perspectives.cache_clear()


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: mmdt.model("a/b")(lambda request: "x"), "'a/b' cannot be the name of a model"),
        (lambda: mmdt.model("a", modalities=["i2x"])(lambda request: "x"), "unknown modality 'i2x'"),
        (lambda: mmdt.model("a", modalities=[])(lambda request: "x"), "no modality"),
        (lambda: mmdt.model("a")(lambda: "x"), "takes 0 arguments.*one request"),
        (lambda: mmdt.evaluator("a", role="")(lambda item: {}), "cannot be the name of a role"),
        (lambda: mmdt.evaluator("a", role="b")(lambda: {}), "takes 0 arguments.*one item"),
        (lambda: mmdt.attack("a+b")(lambda attempt, rng: attempt), "cannot be the name of an attack"),
        (lambda: mmdt.attack("a")(lambda attempt: attempt), r"cannot be called.*\(attempt, rng\)"),
        (lambda: mmdt.attack("a", most=3)(lambda attempt, rng: attempt), r"cannot be called.*\(attempt, rng, most\)"),
        (lambda: mmdt.attack("a", modalities=["t2x"])(lambda attempt, rng: attempt), "unknown modality 't2x'"),
        (lambda: mmdt.detector("a")(lambda picture: []), "takes 1 arguments.*picture, labels"),
        (lambda: mmdt.export_format("")(lambda run, path: None), "cannot be the name of an export format"),
        (lambda: mmdt.export_format("md")(lambda run: None), r"takes 1 arguments.*run, path"),
        (lambda: mmdt.judge_prompt("Bad Id", system="a", question="b"), "not a valid prompt id"),
    ],
)
def test_what_cannot_work_is_refused_when_it_is_declared(declare, message):
    with pytest.raises(mmdt.MmdtError, match=message) as caught:
        declare()
    assert caught.value.hint


@pytest.mark.parametrize(
    ("cases", "message"),
    [
        ([], "no cases"),
        (["Hi"], "expected a case, got str"),
        ([{"prompt": 3}], "expected a string for prompt, got int"),
        ([{"prompt": "a", "images": "a.png"}], "expected a list for images, got str"),
        ([{"prompt": "a", "target": 3}], "expected a mapping for target, got int"),
        ([{"question": "a"}], "unknown keys: question"),
    ],
)
def test_cases_are_checked_when_a_scenario_is_declared(cases, message):
    with pytest.raises(mmdt.MmdtError, match=message):
        mmdt.scenario("own/i2t/wrong", cases=cases)(lambda case, output: 1)


def asked(tmp_path, model, score=lambda case, output: 1.0, **more):
    mmdt.model("own-mistaken")(model)
    score.__name__ = "value"
    more.setdefault("cases", [{"prompt": "a"}, {"prompt": "b"}])
    evaluators = more.pop("evaluators", None)
    mmdt.scenario("own/i2t/mistaken", **more)(score)
    return mmdt.run(
        "own-mistaken", select="own/**", data="embedded", evaluators=evaluators, out=tmp_path / "run", fresh=True
    )


def fine(request):
    return "x"


@pytest.mark.parametrize("returned", [None, 3, {"text": "x"}])
def test_a_function_that_returns_no_answer_has_failed(returned, tmp_path):
    run = asked(tmp_path, lambda request: returned)
    assert run.manifest.ended.how == "incomplete"
    (row, _) = run.rows("outputs")
    assert f"returned {type(returned).__name__}" in row["failure_message"]


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (lambda requests: None, "returned NoneType"),
        (lambda requests: (mmdt.Output.answered("x") for _ in requests), "returned generator"),
        (lambda requests: [], "0 items for"),
        (lambda requests: ["x" for _ in requests], "not outputs"),
        (lambda requests: [mmdt.Output.answered(None) for _ in requests], "whose text is NoneType"),
        (lambda requests: [mmdt.Output.answered("", ("a.png",)) for _ in requests], "not Image values"),
    ],
)
def test_a_model_that_breaks_its_promise_costs_no_other_answer(returned, message, tmp_path):
    class Broken:
        info = mmdt.ModelInfo("own-broken", frozenset({"i2t"}))

        def __init__(self, rest, settings):
            pass

        async def generate(self, requests):
            return returned(requests)

        async def close(self):
            pass

    run = asked(tmp_path, Broken)
    assert run.manifest.ended.how == "incomplete"
    assert all(message in row["failure_message"] for row in run.rows("outputs"))


@pytest.mark.parametrize("value", [3, None, ["a"]])
def test_an_evaluator_without_a_mapping_has_failed_and_the_run_can_be_read(value, tmp_path):
    mmdt.evaluator("own-odd", role="own")(lambda item: value)
    probes = [mmdt.Probe("seen", "own", lambda case, output: {})]
    run = asked(tmp_path, fine, probes=probes, evaluators={"own": "own-odd"})
    assert run.manifest.ended.how == "incomplete"
    (row, _) = mmdt.open_run(run.folder).rows("outputs")
    assert f"expected a mapping as its value, got {type(value).__name__}" in row["observations"]["seen"]["error"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "expected a number for value, got None"),
        ("1", "expected a number for value, got '1'"),
        (float("nan"), "has nan for value"),
        (float("inf"), "has inf for value"),
        (2.5, "has 2.5 for value, outside 0 to 1"),
        ({"value": float("nan")}, "has nan for value"),
        (mmdt.Score({"value": "x"}), "has 'x' for value"),
    ],
)
def test_what_is_no_number_is_missing_with_its_reason(value, message, tmp_path):
    run = asked(tmp_path, fine, lambda case, output: value)
    assert run.manifest.ended.how == "incomplete"
    assert message in run.manifest.ended.reason
    (why,) = run.scorecard().result("own/i2t/mistaken").tally.why_missing
    assert message in why


def test_bounds_of_ones_own_are_kept(tmp_path):
    metrics = [mmdt.mean_of("value", bounds=(0, 10))]
    run = asked(tmp_path, fine, lambda case, output: {"value": 2.5}, metrics=metrics)
    assert run.complete
    assert dict(run.estimates())["own/i2t/mistaken"].value == 2.5


@pytest.mark.parametrize(
    ("made", "message"), [(["a"], "expected a Case, got str"), (None, "cannot be made: TypeError")]
)
def test_a_generator_that_fails_is_named(made, message, tmp_path):
    with pytest.raises(mmdt.MmdtError, match=rf"{message}.*own/i2t/mistaken|own/i2t/mistaken.*{message}"):
        asked(tmp_path, fine, cases=lambda seed, size: made)


def test_an_attack_that_returns_nothing_is_named():
    mmdt.attack("own-nothing")(lambda attempt, rng: None)
    with pytest.raises(mmdt.MmdtError, match="'own-nothing' returned NoneType, not an Attempt"):
        make_attempt(Behaviour("noise", "wake the neighbour with a drum", thing="a drum"), "i2t", "own-nothing")
