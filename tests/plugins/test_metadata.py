"""What messages and records name comes from metadata, so that nothing is forgotten."""

import ast
import tomllib

import pytest

import mmdt
from mmdt.errors import UsageError
from mmdt.plugins import MODELS, find, libraries, names
from mmdt.plugins.facts import facts, key_variables, runtimes_with_batches
from mmdt.runs.manifest import versions
from mmdt.validate.doctor import doctor, keys_in_environment
from tests.docs.pages import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_doctor_looks_at_every_extra():
    found = {each.what.split()[1].rstrip(":") for each in doctor() if each.what.startswith("extra ")}
    assert found == PROJECT["optional-dependencies"].keys() - {"all"}


def test_an_extra_that_lacks_a_library_says_which(monkeypatch):
    real = libraries.installed
    monkeypatch.setattr(libraries, "installed", lambda name: "" if name == "num2words" else real(name))
    (found,) = [each for each in doctor() if each.what.startswith("extra hf ")]
    assert (found.level, "num2words" in found.what, "mmdt[hf]" in found.hint) == ("warning", True, True)


def test_a_run_records_every_library_and_every_package_that_extends_mmdt(monkeypatch):
    from mmdt.plugins import registry

    assert {"mmdt", "click", "openai", "numpy", "inspect-ai", "python"} <= versions().keys()
    monkeypatch.setattr(registry, "packages", lambda: ["pytest", "not-there-at-all"])
    found = versions()
    assert found["pytest"] == pytest.__version__
    assert "not-there-at-all" not in found


def test_mmdt_itself_extends_mmdt():
    from mmdt.plugins import registry

    assert "mmdt" in registry.packages()


def test_every_runtime_over_an_api_says_where_its_key_is(monkeypatch):
    silent = {name for name in names(MODELS) if not getattr(find(MODELS, name, "runtime"), "mmdt_keys", ())}
    assert silent == {"http", "inspect", "organism", "stored"}  # they name their own, have none, or need none
    for name in key_variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "a-planted-key-0123456789")
    assert keys_in_environment() == ["ANTHROPIC_API_KEY"]


def test_runtimes_of_others_say_it_too(monkeypatch):
    from mmdt.plugins import registry

    monkeypatch.setattr(registry, "_registered", dict(registry._registered))

    @mmdt.model("own-batches")
    @facts(keys=("OWN_KEY",), batches="the large ones")
    def own(rest, settings):
        raise NotImplementedError

    assert "OWN_KEY" in key_variables()
    assert runtimes_with_batches()["own-batches"] == "the large ones"


def test_the_hint_for_a_model_without_batches_names_those_that_have_them(tmp_path):
    with pytest.raises(UsageError) as caught:
        mmdt.run("organism/demo", select="safety/t2i/vanilla", size=1, batch="model", out=tmp_path / "run")
    assert "anthropic/ (all models)" in caught.value.hint
    assert "openai/ (" in caught.value.hint
    assert caught.value.where == "batch"


def test_a_runtime_has_batches_where_it_says_so():
    for name, which in runtimes_with_batches().items():
        opened = mmdt.plugins.open_model(f"{name}/claude-x" if name == "anthropic" else f"{name}/gpt-4o")
        assert which and opened.batches is not None


def named_extras():
    """The extras that messages name, from the last argument of each call that makes such a message."""
    places = {"require": 2, "require_torch": 1, "MissingExtraError": 1}
    for path in (ROOT / "mmdt").rglob("*.py"):
        for each in ast.walk(ast.parse(path.read_text())):
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in places:
                argument = each.args[places[each.func.id]]
                if isinstance(argument, ast.Constant):
                    yield argument.value


def test_every_extra_that_a_message_names_is_there():
    found = set(named_extras())
    assert len(found) > 5
    assert found <= PROJECT["optional-dependencies"].keys()


def test_an_export_format_that_writes_nothing_is_named(tmp_path, monkeypatch):
    from mmdt.plugins import registry

    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    run = mmdt.run("organism/demo", select="safety/t2i/vanilla", size=1, out=tmp_path / "run")
    mmdt.export_format("own-nothing")(lambda run, path: None)
    with pytest.raises(UsageError, match="wrote no file"):
        run.export(tmp_path / "a.own-nothing")
