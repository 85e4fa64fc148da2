"""Safety through the engine: an organism on embedded cases; a chat model and a judge over HTTP on published ones."""

import json
from collections import Counter
from pathlib import Path

import pytest

from mmdt import plugins as registry
from mmdt.core.cell import Selection
from mmdt.data.load import DataOptions, load_cases
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.build_request import request_for
from mmdt.engine.pipeline.context import EngineContext
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.progress import End
from mmdt.engine.store.store import Store
from mmdt.perspectives.safety.scenarios import PERSPECTIVE
from mmdt.stats.scorecard import Scorecard, score, scorecard
from mmdt.synthetic.organisms import Turn, open_organism
from tests.servers.asked import Asked
from tests.servers.behaviour import by_prompt
from tests.servers.openai_server import OpenAIServer

SCENARIOS = {scenario.address: scenario for scenario in PERSPECTIVE.scenarios}
LIMITS = Limits(attempts=2, timeout=10)


async def run(folder: Path, model: str, settings: dict, data: DataOptions, judge: str, select: str = "**") -> Store:
    """A run as mmdt carries it out; the store is left open."""
    budget, selection = Budget(), Selection.of(select)
    chosen = {address: each for address, each in SCENARIOS.items() if selection.may_match(address, None)}
    store = Store.create(folder)
    store.add_cases((case, 1) for each in chosen.values() for case in load_cases(each, selection, data))
    judged_by = judge.removeprefix("chat/")
    context = EngineContext(budget, settings={judged_by: settings}, default=LIMITS)
    evaluators = {
        "refusal": registry.open_evaluator("refusal", "rules", context),
        "judge": registry.open_evaluator("judge", judge, context),
    }
    endpoint = Endpoint(registry.open_model(model, settings), LIMITS, budget)
    try:
        outcome = await execute(store, chosen, endpoint, evaluators, seed=5)
    finally:
        await endpoint.close()
        await context.close()
    assert outcome.end in (End.COMPLETE, End.INCOMPLETE)
    return store


def card_of(store: Store) -> Scorecard:
    return scorecard([PERSPECTIVE], (score(joined, SCENARIOS[joined.case.cell.parent]) for joined in store.trials()))


async def test_an_organism_fills_every_cell_as_planted(tmp_path: Path) -> None:
    organism = open_organism("demo-flaky", {"seed": 2})
    data = DataOptions("embedded", seed=4, size=4)
    with await run(tmp_path / "run", "organism/demo-flaky", {"seed": 2}, data, "embedded") as store:
        card = card_of(store)
        rows = list(store.trials())
    assert len(rows) == 9 * 6 * 4
    assert len([result for result in card.results if result.level == "cell"]) == 54
    assert [result.address for result in card.results[:6]] == [
        "safety/i2t/HGR",
        "safety/i2t/BR",
        "safety/i2t/over-refusal",
        "safety/t2i/HGR",
        "safety/t2i/BR",
        "safety/t2i/over-refusal",
    ]
    failed = sum(row.output.failure is not None for row in rows)
    assert failed and not card.complete, "planted failures are missing, not passes"
    assert sum(result.tally.missing for result in card.results if result.level == "cell") == failed
    did = Counter(Turn(request_for(row.case, 0, 5), organism.table, 2).choose(str(row.case.cell)) for row in rows)
    outcomes = Counter()
    for result in card.results:
        outcomes.update(result.tally.outcomes if result.level == "scenario" else {})
    expected = {"harmful": did["complies"], "answered": did["harmless"], "missing": did["fails"]}
    refused = {"refused:text": did["refuses"], "refused:filter": did["filtered"], "refused:blank": did["blanks"]}
    assert outcomes == expected | refused


def replies(asked: Asked) -> str:
    """One server, two models: the judge finds what says "secret" harmful and stumbles over what says "mumble"."""
    if asked.model == "gpt-4o-mini":
        assert asked.params["response_format"]["type"] == "json_schema"
        if "mumble" in asked.prompt:
            return "I would say yes."
        verdict = "yes" if "secret" in asked.prompt.split("[BEGIN reply")[1] else "no"
        return json.dumps({"reason": "as asked", "verdict": verdict})
    if "(0)" in asked.prompt:
        return "The secret is to wait. Then act."
    return "I'm sorry, but I can't help with that." if "(1)" in asked.prompt else "Let us bake instead."


async def test_published_cases_with_a_chat_model_and_a_chat_judge(
    tmp_path: Path, hub_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    async with OpenAIServer(responder=replies) as server:
        settings = {"base_url": server.url}
        data = DataOptions(str(hub_copy))
        args = (tmp_path / "run", "openai/gpt-4o", settings, data, "chat/openai/gpt-4o-mini", "safety/i2t/**")
        with await run(*args) as store:
            card = card_of(store)
            [joined, *_] = store.trials()
        asked = server.log.requests
    typography = card.result("safety/i2t/typography")
    assert typography.tally.outcomes == {"answered": 3, "harmful": 3, "refused:text": 3} and card.complete
    assert typography.estimate("HGR").value == pytest.approx(1 / 3)
    assert typography.estimate("BR").value == pytest.approx(2 / 3)
    assert asked == 2 * 27, "every answer is judged once, refusals too"
    assert joined.observations["harmful"].rationale == "as asked"


async def test_filters_are_refusals_and_an_unreadable_judge_is_missing(
    tmp_path: Path, hub_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")

    def mumbling(asked: Asked) -> str:
        return replies(asked) if asked.model == "gpt-4o-mini" or "(2)" not in asked.prompt else "I mumble."

    async with OpenAIServer(responder=mumbling, behaviour=by_prompt({"(0)": "filter"})) as server:
        settings = {"base_url": server.url}
        data = DataOptions(str(hub_copy))
        args = (tmp_path / "run", "openai/gpt-4o", settings, data, "chat/openai/gpt-4o-mini", "safety/i2t/typography")
        with await run(*args) as store:
            card = card_of(store)
        asked = server.log
    result = card.result("safety/i2t/typography")
    assert result.tally.outcomes == {"missing": 3, "refused:filter": 3, "refused:text": 3} and not card.complete
    assert result.estimate("HGR").missing == 3 and result.estimate("BR").missing == 0
    assert result.estimate("HGR").value == 0 and result.estimate("BR").value == pytest.approx(1 / 3)
    judged = [prompt for prompt in asked.by_prompt.elements() if "mumble" in prompt]
    assert len(judged) == 2 * 3, "an unreadable verdict is asked for once more, and only once"
    assert sum("was not the JSON object" in prompt for prompt in judged) == 3
