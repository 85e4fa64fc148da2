"""Scenarios of a notebook or script: their numbers are seen later, and a wrong component has a reason."""

import os
import subprocess
import sys

import pytest

import mmdt
from mmdt.core import Score
from mmdt.errors import StoreError, UsageError
from mmdt.plugins import registry
from mmdt.runs.integrity import snapshot

SCRIPT = """
import sys
import mmdt

@mmdt.model("script-echo")
def echo(request):
    return request.prompt

@mmdt.scenario("script/i2t/polite", cases=[{"prompt": "Good morning"}, {"prompt": "Hey"}])
def polite(case, output):
    return output.text.startswith("Good")

if __name__ == "__main__":
    run = mmdt.run("script-echo", select="script/**", data="embedded", out="run")
    print(run.scorecard().result("script/i2t/polite").estimate().value)
"""


@pytest.fixture
def python(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def call(*arguments):
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100)

    ran = call("script.py")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "0.5"
    return call


def test_the_numbers_of_a_script_are_shown_as_they_were(python):
    shown = python("-m", "mmdt", "show", "run")
    assert shown.returncode == 0, shown.stderr
    assert "50.0%" in shown.stdout or "0.50" in shown.stdout
    assert "s computed when the run ended" in " ".join(shown.stdout.split())


@pytest.mark.parametrize("verb", ["report", "resume", "score"])
def test_what_needs_the_scenario_says_how_to_register_it(python, verb):
    done = python("-m", "mmdt", verb, "run")
    assert done.returncode != 0
    assert "registered in a notebook or a script" in done.stderr
    assert "--plugin FILE" in done.stderr


def test_registered_again_from_its_file_it_is_computed_anew(python, tmp_path):
    shown = python("-m", "mmdt", "show", "run", "--plugin", "script.py")
    assert shown.returncode == 0, shown.stderr
    assert "As computed" not in shown.stdout
    resumed = python("-m", "mmdt", "resume", "run", "--plugin", "script.py")
    assert resumed.returncode == 0, resumed.stderr
    assert not snapshot.exists(tmp_path / "run")
    assert python("-m", "mmdt", "show", "run").returncode == 0


def test_a_damaged_scorecard_is_an_error_of_the_store(python, tmp_path):
    (tmp_path / "run" / snapshot.FILE).write_bytes(b"\xc1")
    shown = python("-m", "mmdt", "show", "run")
    assert shown.returncode != 0
    assert "scorecard is damaged" in shown.stderr


@pytest.fixture
def echo(monkeypatch):
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))

    @mmdt.model("own-echo")
    def echo(request):
        return request.prompt

    yield
    registry.perspectives.cache_clear()


def ran(tmp_path, address):
    return mmdt.run("own-echo", select=address, data="embedded", out=tmp_path / "run")


@pytest.mark.usefixtures("echo")
@pytest.mark.parametrize("returned", [{"qiet": 1.0}, Score({"qiet": 1.0})])
def test_a_component_that_is_not_declared_ends_the_run_as_incomplete(returned, tmp_path):
    @mmdt.scenario("own/i2t/quiet", cases=[{"prompt": "hush"}])
    def quiet(case, output):
        return returned

    run = ran(tmp_path, "own/i2t/quiet")
    assert run.manifest.ended.how == "incomplete"
    assert "writes qiet" in run.manifest.ended.reason and "components: quiet" in run.manifest.ended.reason
    (why,) = run.scorecard().result("own/i2t/quiet").tally.why_missing
    assert "writes qiet" in why


@pytest.mark.usefixtures("echo")
def test_a_score_function_that_fails_ends_the_run_as_incomplete(tmp_path):
    @mmdt.scenario("own/i2t/broken", cases=[{"prompt": "hush"}])
    def broken(case, output):
        return case.target["nothing"]

    run = ran(tmp_path, "own/i2t/broken")
    assert run.manifest.ended.how == "incomplete"
    assert "KeyError" in run.manifest.ended.reason


@pytest.mark.usefixtures("echo")
def test_metrics_are_checked_when_a_scenario_is_declared(tmp_path):
    def declare(**more):
        @mmdt.scenario("own/i2t/two", cases=[{"prompt": "hush"}], metrics=[mmdt.mean_of("loud")], **more)
        def two(case, output):
            return {"loud": 0.0, "long": 1.0}

    with pytest.raises(UsageError, match=r"metric 'loud' reads the component 'loud'.*declares: lowd"):
        declare(components=["lowd"])
    declare(components=["loud", "long"])
    assert ran(tmp_path, "own/i2t/two").complete


@pytest.mark.usefixtures("echo")
def test_a_run_reads_its_store_once_until_something_changes(tmp_path, monkeypatch):
    reads = []
    seen = mmdt.Run.joined
    monkeypatch.setattr(mmdt.Run, "joined", lambda self, *rest, **given: reads.append(1) or seen(self, *rest, **given))

    def declare(value):
        @mmdt.scenario("own/i2t/valued", cases=[{"prompt": "hush"}])
        def valued(case, output):
            return value

    declare(1.0)
    run = mmdt.open_run(ran(tmp_path, "own/i2t/valued").folder)
    reads.clear()
    assert run.scorecard() is run.scorecard()
    assert dict(run.estimates())["own/i2t/valued"].value == 1.0
    assert "own/i2t/valued" in run._repr_html_()
    assert len(list(run.rows("estimates"))) == 2
    assert len(reads) == 1
    declare(0.0)  # a notebook's cell was run again
    assert dict(run.estimates())["own/i2t/valued"].value == 0.0
    assert len(reads) == 2


@pytest.mark.usefixtures("echo")
def test_a_run_knows_what_it_cost_and_shows_it(tmp_path):
    from mmdt.core.output import Output, Usage

    @mmdt.model("own-priced")
    def priced(request):
        return Output.answered("<b>yes</b>", usage=Usage(100, 20, cost=0.25))

    @mmdt.scenario("own/i2t/cheap", cases=[{"prompt": "a"}, {"prompt": "b"}])
    def cheap(case, output):
        return 1.0

    run = mmdt.run("own-priced/<i>x</i>", select="own/i2t/cheap", data="embedded", out=tmp_path / "run")
    assert (run.cost, run.tokens, run.requests) == (0.5, (200, 40), 2)
    shown = run._repr_html_()
    assert "0.50 US dollars" in shown and "200 + 40 tokens" in shown and "2 requests" in shown
    assert "<i>" not in shown


def test_without_a_price_there_is_no_cost(tmp_path):
    run = mmdt.run("organism/demo", select="safety/t2i/vanilla", size=1, out=tmp_path / "run")
    assert run.requests > 0
    assert run.cost in (None, 0.0)
    with pytest.raises(StoreError, match="scenario"):
        mmdt.runs.result.scenarios_of(["own/i2t/absent"], run.folder)
