"""Everything public is found in `mmdt`, whatever was imported before, and its settings are explicit."""

import importlib
import inspect
import pkgutil
from dataclasses import MISSING, fields

import pytest

import mmdt
from mmdt.runs.settings import CHANGEABLE, Settings

VERBS = ("run", "resume", "score", "plan", "batches", "open_run", "doctor", "check_evaluators")


def modules():
    return [
        found.name
        for found in pkgutil.walk_packages(mmdt.__path__, "mmdt.")
        if not found.name.endswith("__main__") and not found.name.startswith("mmdt.engine.ray")
    ]


def test_no_module_hides_a_verb():
    for name in modules():
        importlib.import_module(name)
    for name in mmdt.__all__:
        found = getattr(mmdt, name)
        assert not inspect.ismodule(found), name
    assert all(callable(getattr(mmdt, verb)) for verb in VERBS)


def test_whatever_the_command_line_does_is_a_function_or_a_method():
    from mmdt.cli.catalog import _LISTS
    from mmdt.cli.main import VERBS as COMMANDS

    elsewhere = {
        "batches": mmdt.batches,
        "attack": (mmdt.find_attacks, mmdt.resume_search, mmdt.open_search),
        "import": mmdt.import_run,
        "show": mmdt.open_run,
        "report": mmdt.Run.report,
        "export": mmdt.Run.export,
        "list": mmdt.list_references,
        "data": mmdt.make_worlds,
        "attacks": (mmdt.apply_attacks, mmdt.make_split, mmdt.seal_split, mmdt.reveal_case),
        "benchmarks": (mmdt.check_benchmark, mmdt.list_benchmarks),
        "judges": (mmdt.compare_judges, mmdt.judge_stability),
        "evaluators": (mmdt.check_evaluators, mmdt.check_labels),
    }
    assert {verb for verb in COMMANDS if verb not in elsewhere and verb not in mmdt.__all__} == set()
    assert {f"list_{kind}".replace("list_prompts", "list_judge_prompts") for kind in _LISTS} <= set(mmdt.__all__)
    assert all(callable(each) for each in (mmdt.check_intervals, mmdt.check_vectors))  # of `mmdt doctor`


def test_dir_shows_the_public_names():
    assert dir(mmdt) == sorted(mmdt.__all__)
    assert set(VERBS) <= set(dir(mmdt))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = mmdt.nothing


@pytest.mark.parametrize("verb", [mmdt.run, mmdt.plan])
def test_every_setting_is_a_keyword_with_its_default(verb):
    parameters = inspect.signature(verb).parameters
    for field in fields(Settings):
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        given = parameters[field.name].default
        if default is MISSING:
            assert given is inspect.Parameter.empty
        else:
            assert given == default or (given is None and default == {})


@pytest.mark.parametrize("verb", ["resume", "score"])
def test_an_existing_run_takes_only_what_may_change(verb):
    parameters = inspect.signature(getattr(mmdt, verb)).parameters
    keywords = {name for name, each in parameters.items() if each.kind is inspect.Parameter.KEYWORD_ONLY}
    assert keywords - {"progress"} == set(CHANGEABLE[verb])


@pytest.mark.parametrize("change", [{"model": "organism/painter"}, {"seed": 9, "repeats": 3}, {"select": "safety/**"}])
@pytest.mark.parametrize("verb", [mmdt.resume, mmdt.score])
def test_what_decides_the_questions_is_refused_with_the_way_out(verb, change, tmp_path):
    run = mmdt.run("organism/demo", select="safety/t2i/vanilla", size=1, out=tmp_path / "run")
    before = (run.folder / "manifest.json").read_bytes()
    with pytest.raises(mmdt.MmdtError, match=r"cannot be changed in an existing run.*reuse=\[RUN\]"):
        verb(run.folder, **change)
    assert (run.folder / "manifest.json").read_bytes() == before


def test_a_misspelt_setting_is_no_setting(tmp_path):
    with pytest.raises(mmdt.MmdtError, match="unknown setting 'max_costs'"):
        mmdt.resume(tmp_path, max_costs=3)
