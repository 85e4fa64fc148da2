"""Messages name options on the command line and arguments in Python, and only what there is."""

import ast
import inspect
import re
from pathlib import Path

import click
import pytest

import mmdt
from mmdt.cli.main import VERBS, group
from mmdt.runs.settings import NAMES
from mmdt.spelling import is_command_line, on_command_line, option, verb

HOME = Path(mmdt.__file__).parent
SPOKEN = re.compile(r"(?<![\w-])--[a-z][a-z-]+|`mmdt[ .]")
SETTING = re.compile(rf"(?<![\w.])({'|'.join(name for name in NAMES if '_' in name)})\b")
FOREIGN = re.compile(r"--(repo-type|local-dir)\b")
"""Options of other programs."""


@pytest.mark.parametrize(
    ("name", "value", "shell", "python"),
    [
        ("max_cost", 5, "--max-cost 5", "max_cost=5"),
        ("max_cost", None, "--max-cost", "max_cost"),
        ("fresh", True, "--fresh", "fresh=True"),
        ("wait", False, "--no-wait", "wait=False"),
        ("reuse", ["RUN"], "--reuse RUN", "reuse=[RUN]"),
        ("plugins", ["my file.py"], "--plugin 'my file.py'", 'plugins=["my file.py"]'),
        ("evaluators", {"judge": "NAME"}, "--evaluator judge=NAME", 'evaluators={"judge": NAME}'),
        (
            "model_settings",
            {"prices": {"input": 2.5}},
            "--set 'prices={\"input\": 2.5}'",
            'model_settings={"prices": {"input": 2.5}}',
        ),
    ],
)
def test_a_setting(name, value, shell, python):
    assert option(name, value) == python
    with on_command_line():
        assert option(name, value) == shell
    assert not is_command_line()


def test_a_verb():
    assert verb("resume", "runs/a b") == '`mmdt.resume("runs/a b")`'
    assert verb("report", "runs/a") == '`mmdt.open_run("runs/a").report()`'
    assert verb("run", "MODEL", reuse=["FOLDER"]) == "`mmdt.run(MODEL, reuse=[FOLDER])`"
    assert verb("list cells") == "`mmdt.list_cells()`"
    with on_command_line():
        assert verb("resume", "runs/a b") == "`mmdt resume 'runs/a b'`"
        assert verb("run", "...", reuse=["FOLDER"]) == "`mmdt run ... --reuse FOLDER`"
        assert verb("list cells") == "`mmdt list cells`"


def sources():
    for path in HOME.rglob("*.py"):
        part = path.relative_to(HOME).parts[0]
        if part not in ("cli", "spelling.py"):
            yield path, ast.parse(path.read_text())


def texts(tree):
    """Every string of a module that is not a docstring."""
    bare = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in bare:
            yield each.value


def test_no_message_spells_an_option_or_a_verb_itself():
    found = [
        (path.name, text) for path, tree in sources() for text in texts(tree) if SPOKEN.search(FOREIGN.sub("", text))
    ]
    assert not found


def test_no_message_spells_a_setting_itself():
    found = [
        (path.name, text)
        for path, tree in sources()
        for text in texts(tree)
        if " " in text.strip() and SETTING.search(text)
    ]
    assert not found


def calls(name):
    for _, tree in sources():
        for each in ast.walk(tree):
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == name and each.args:
                yield each


def flags():
    found = set()
    for name in VERBS:
        context = click.Context(group)
        command = group.get_command(context, name)
        parts = [command, *getattr(command, "commands", {}).values()]
        found |= {flag for part in parts for each in part.params for flag in (*each.opts, *each.secondary_opts)}
    return found


def test_every_option_that_a_message_names_is_there():
    names = {each.args[0].value for each in calls("option") if isinstance(each.args[0], ast.Constant)}
    assert len(names) > 10
    known = flags()
    with on_command_line():
        assert {name for name in names if option(name) not in known} == set()
    verbs = [mmdt.run, mmdt.resume, mmdt.score, mmdt.plan, mmdt.Collection.table, mmdt.doctor, mmdt.check_evaluators]
    verbs += [mmdt.compare, mmdt.compare_judges, mmdt.judge_stability, mmdt.find_attacks]
    keywords = {name for each in verbs for name in inspect.signature(each).parameters}
    assert names <= keywords


def test_every_verb_that_a_message_names_is_there():
    names = {each.args[0].value for each in calls("verb")}
    assert len(names) > 5
    for name in names:
        head, _, kind = name.partition(" ")
        assert head in VERBS
        if kind:
            (choices,) = [each.type.choices for each in group.get_command(click.Context(group), "list").params[:1]]
            assert kind in choices
        function = re.search(r"mmdt\.(\w+)", verb(name))[1]
        assert callable(getattr(mmdt, function))


def test_the_same_error_in_both_languages(tmp_path, capsys):
    from mmdt.cli import main

    arguments = {"select": "safety/t2i/vanilla", "size": 1, "out": tmp_path / "run"}
    mmdt.run("organism/demo", **arguments)
    with pytest.raises(mmdt.MmdtError, match=r"`mmdt\.resume\(\".*run\"\)` resumes it, fresh=True replaces it"):
        mmdt.run("organism/demo", **arguments)
    with pytest.raises(SystemExit):
        main(["run", "organism/demo", "--select", "safety/t2i/vanilla", "--size", "1", "--out", str(tmp_path / "run")])
    assert f"`mmdt resume {tmp_path / 'run'}` resumes it, --fresh replaces it" in capsys.readouterr().err
    assert not is_command_line()
