"""A scenario, a model and an evaluator in one file of the user's own, from the command line and from Python."""

import os
import subprocess
import sys

import pytest

import mmdt
from mmdt.errors import UsageError
from mmdt.plugins import files, registry

PLUGIN = '''
import mmdt
from mmdt.core import Probe


@mmdt.model("own-parrot")
def parrot(request):
    """Repeats the question in capitals."""
    return request.prompt.upper()


@mmdt.evaluator("own-capitals", role="own-loudness")
def capitals(item):
    """How much of a reply is in capitals."""
    letters = [letter for letter in item.output.text if letter.isalpha()]
    return {"share": sum(map(str.isupper, letters)) / len(letters)}


@mmdt.scenario(
    "own/i2t/loud",
    cases=[{"prompt": "Good morning"}, {"prompt": "Good night"}],
    probes=[Probe("loudness", "own-loudness", lambda case, output: {})],
    higher_is_better=False,
)
def loud(case, output, observations):
    """Does the reply shout?"""
    return observations["loudness"].value["share"] > 0.5
'''


@pytest.fixture
def environment(tmp_path):
    return {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.fixture
def plugin(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN)
    return path


def command(environment, *arguments):
    found = [sys.executable, "-m", "mmdt", *map(str, arguments)]
    return subprocess.run(found, env=environment, capture_output=True, text=True, timeout=100)


@pytest.fixture
def ran(environment, plugin, tmp_path):
    arguments = ["run", "own-parrot/green", "--select", "own/**", "--data", "embedded", "--plugin", plugin]
    arguments += ["--evaluator", "own-loudness=own-capitals"]
    done = command(environment, *arguments, "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert "100.0%" in done.stdout
    return tmp_path / "run"


def test_later_commands_find_it_again(environment, ran):
    shown = command(environment, "show", ran)
    assert shown.returncode == 0, shown.stderr
    assert "100.0%" in shown.stdout
    assert command(environment, "resume", ran).returncode == 0


def test_a_changed_file_is_refused_until_it_is_named(environment, ran, plugin):
    plugin.write_text(PLUGIN + "\n# changed\n")
    shown = command(environment, "show", ran)
    assert shown.returncode == 2
    assert "has changed since the run used it" in shown.stderr
    assert "--plugin" in shown.stderr
    assert command(environment, "show", ran, "--plugin", plugin).returncode == 0


def test_a_run_from_somebody_else_runs_no_code_here(environment, ran, plugin, tmp_path):
    marker = tmp_path / "ran"
    plugin.write_text(PLUGIN + f"\nopen({str(marker)!r}, 'w')\n")
    stranger = {**environment, "XDG_CACHE_HOME": str(tmp_path / "elsewhere")}
    shown = command(stranger, "show", ran)
    assert shown.returncode == 2
    assert not marker.exists()
    plugin.write_text(PLUGIN)
    shown = command(stranger, "show", ran)
    assert shown.returncode == 2
    assert "never loaded by you on this machine" in shown.stderr


def test_what_it_adds_is_listed(environment, plugin):
    listed = command(environment, "list", "models", "--plugin", plugin)
    assert "own-parrot/..." in listed.stdout
    assert "Repeats the question in capitals" in listed.stdout


@pytest.mark.parametrize(
    ("text", "message"), [("import nothing_like_this", "failed while it was loaded"), ("x = (", "failed while")]
)
def test_a_broken_file_is_an_error_of_the_users(text, message, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "broken.py"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        files.load(path)
    with pytest.raises(UsageError, match="cannot be read"):
        files.load(tmp_path / "absent.py")


@pytest.fixture
def clean_registry(monkeypatch):
    """What a test registers in this process is forgotten after it."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    monkeypatch.setattr(files, "_loaded", dict(files._loaded))
    yield
    registry.perspectives.cache_clear()


@pytest.mark.usefixtures("clean_registry")
def test_a_plugin_is_a_setting_in_python(plugin, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    run = mmdt.run(
        "own-parrot/blue",
        select="own/**",
        data="embedded",
        plugins=[str(plugin)],
        evaluators={"own-loudness": "own-capitals"},
        out=tmp_path / "run",
    )
    assert run.complete
    assert list(run.manifest.plugins) == [str(plugin)]
    assert {address: estimate.value for address, estimate in run.estimates()}["own/i2t/loud"] == 1.0
