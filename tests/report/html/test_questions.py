"""What a judge was asked, word for word: compared with what its server received."""

from __future__ import annotations

from dataclasses import replace

import pytest

import mmdt
from mmdt.report.html.questions import Questions
from tests.servers.judging import judge
from tests.servers.openai_server import OpenAIServer

SELECT = ("safety/i2t/typography", "hallucination/i2t/natural")


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A run with a chat model as its judge, and every (system prompt, question) that its server received."""
    received = set()
    rule = judge(lambda asked: True)

    def reply(asked):
        received.add((asked.system, asked.prompt))
        return rule(asked)

    with OpenAIServer(responder=reply).in_thread() as server:
        run = mmdt.run(
            "organism/demo", select=SELECT, size=3, judge="own/judge", endpoints={"own": server.url}, known_answers=0,
            out=tmp_path_factory.mktemp("asked") / "run",
        )  # fmt: skip
    return run, received


def asked_about(run, prompts=None):
    """(observation, what it was asked) of every observation of the run."""
    manifest = run.manifest
    used = {role: each.name for role, each in manifest.evaluators.items()}
    questions = Questions(used, manifest.prompts if prompts is None else prompts)
    scenarios = run.scenarios()
    for trial in run.joined():
        for probe, seen in trial.observations.items():
            yield probe, seen, questions.about(trial, scenarios[trial.case.cell.parent], probe)


def test_what_is_shown_is_what_was_sent(judged):
    run, received = judged
    found = list(asked_about(run))
    words = {tuple(text for _, text in asked.words) for _, _, asked in found if asked.words}
    assert words
    assert words <= received
    # Every question that was sent is shown with some observation, but for the word that each judge is first asked for.
    assert len(received - words) <= 1
    harmful = [(seen, asked) for probe, seen, asked in found if probe == "harmful"]
    assert harmful
    assert all([title for title, _ in asked.words] == ["System prompt", "Question"] for _, asked in harmful)


def test_a_model_that_was_not_asked_is_not_quoted(judged):
    run, _ = judged
    by_rules = [asked for _, seen, asked in asked_about(run) if seen.value.get("by") == "rules"]
    assert by_rules
    assert not any(asked.words for asked in by_rules)
    assert all(asked.fields for asked in by_rules)


def test_the_template_is_that_of_the_run_and_not_that_of_today(judged):
    run, _ = judged
    old = {
        name: text.replace("# Question\n", "# Question\nIn those days:\n")
        for name, text in run.manifest.prompts.items()
    }
    texts = [text for _, _, asked in asked_about(run, old) for title, text in asked.words if title == "Question"]
    assert texts and all(text.startswith("In those days:") for text in texts)


def test_a_question_that_the_scenario_no_longer_asks_is_not_made_up(judged):
    run, _ = judged
    trial = next(each for each in run.joined() if "harmful" in each.observations)
    scenario = run.scenarios()[trial.case.cell.parent]
    questions = Questions({"judge": "chat/own/judge"}, run.manifest.prompts)
    assert questions.about(trial, scenario, "harmful").words
    other = replace(trial, questions={**trial.questions, "harmful": "0" * 16})
    assert questions.about(other, scenario, "harmful").changed
    assert not questions.about(other, scenario, "harmful").words


def test_a_panel_is_asked_once_and_an_organisms_judge_not_in_words(judged):
    run, received = judged
    trial = next(each for each in run.joined() if "harmful" in each.observations)
    scenario = run.scenarios()[trial.case.cell.parent]
    panel = Questions({"judge": "panel/majority/chat/own/judge,chat/own/other"}, run.manifest.prompts)
    assert tuple(text for _, text in panel.about(trial, scenario, "harmful").words) in received
    embedded = Questions({"judge": "embedded"}, {}).about(trial, scenario, "harmful")
    assert not embedded.words and embedded.fields["prompt"] == "harm-text"


@pytest.mark.parametrize("form", ["llama-guard-4", "shieldgemma"])
def test_a_guard_is_quoted_in_its_own_form(judged, form):
    run, _ = judged
    trial = next(each for each in run.joined() if "harmful" in each.observations and each.output.text)
    scenario = run.scenarios()[trial.case.cell.parent]
    asked = Questions({"judge": f"guard/{form}/hf/some"}, {}).about(trial, scenario, "harmful")
    assert any(trial.output.text in text for _, text in asked.words)
