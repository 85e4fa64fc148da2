"""What a user meets first: help in groups, guesses, the question before money is spent, the beginning and the end."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys

import click
import pytest

from mmdt.cli.help import GROUPS, did_you_mean, grouped
from mmdt.cli.main import VERBS, group
from tests.servers.cli import ROOT
from tests.servers.openai_server import OpenAIServer
from tests.waiting import PATIENCE

KEY = "sk-planted-0123456789abcdef"
ASK = ["--select", "safety/i2t/typography", "--data", "embedded", "--size", 1, "--judge", "embedded",
       "--allow-embedded-judge"]  # fmt: skip
PRICED = ["--set", 'prices={"input": 1000, "output": 1000}']


@pytest.mark.parametrize("alone", [[], ["data"], ["data", "make"], ["evaluators"], ["list"], ["run"]])
def test_alone_it_prints_its_help_as_help(mmdt, alone):
    code, out, err = mmdt(*alone)
    assert (code, err) == (0, "")
    assert out == mmdt(*alone, "--help")[1]
    assert len(out.splitlines()) > 4


def test_every_verb_is_in_one_group_of_the_help(mmdt):
    out = mmdt("--help")[1]
    for verb in VERBS:
        assert len(re.findall(rf"^  {verb} ", out, re.MULTILINE)) == 1
    assert grouped([*VERBS, "gate", "unheard"])["Check"][-1] == "gate"
    assert grouped(["unheard"]) == {"More": ["unheard"]}
    shown = re.findall(r"^(\w+):$", out, re.MULTILINE)[1:]
    assert shown == [name for name in GROUPS if name in shown]
    assert max(map(len, out.splitlines())) <= 100


def test_a_misspelt_command_is_guessed(mmdt):
    code, out, err = mmdt("reprot")
    assert (code, out) == (2, "") and "did you mean report" in err
    assert "did you mean" not in mmdt("zzzzz")[2]
    assert did_you_mean("mkae", ["make"]) == "did you mean make?"
    assert "did you mean make" in mmdt("data", "mkae")[2]


def test_cells_are_selected_by_an_option_never_by_position(mmdt):
    code, _, err = mmdt("run", "organism/demo", *["safety/**"])
    assert code == 2 and "--select 'safety/**'" in err
    for verb, command in ((name, group.get_command(click.Context(group), name)) for name in VERBS):
        arguments = [each for each in command.params if isinstance(each, click.Argument)]
        assert not any("GLOB" in str(each.metavar) for each in arguments), verb


def test_plan_takes_the_options_of_run():
    def options(name):
        return {flag for each in group.get_command(click.Context(group), name).params for flag in each.opts}

    only_run = {"--out", "-o", "--fresh", "--yes", "-y", "--reuse", "--calibration"}
    assert options("run") - options("plan") <= only_run


def test_options_show_their_defaults(mmdt):
    out = " ".join(mmdt("run", "--help")[1].split())
    assert "Timeout of an attempt in seconds. [default: 600]" in out
    assert "()" not in out


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["list", "models"], "list"),
        (["list", "references"], "list"),
        (["doctor"], "doctor"),
        (["plan", "organism/demo", "--select", "safety/t2i/vanilla", "--size", 1], "plan"),
        (["data", "make", "worlds", "--out", "w", "--n", 1], "data"),
        (["evaluators", "check", "refusal=rules", "--n", 2], "evaluators"),
        (["doctor", "--ruler", "--seeds", 1], "ruler"),
    ],
)
def test_json_is_one_object_that_names_its_kind(mmdt, arguments, kind):
    out = mmdt(*arguments, "--json")[1]
    assert len(out.splitlines()) == 1
    assert json.loads(out)["kind"] == kind


def test_the_end_says_each_thing_once(mmdt):
    code, out, err = mmdt(
        "run", "organism/demo", "--select", "safety/**", "--size", 2, "--max-requests", 5, "--out", "r"
    )
    assert code == 4
    said = out + err
    assert said.count("the budget of 5 requests is used up") == 1
    assert "budget: 5 requests" in err and "organism/demo -> r" in err
    assert err.rstrip().splitlines()[-1].startswith("To continue: mmdt resume r ")


def test_the_plan_names_each_model_with_its_price(mmdt, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    arguments = ["--select", "safety/i2t/typography", "--data", "embedded", "--size", 1]
    code, out, _ = mmdt("plan", "openai/gpt-4o", *arguments, "--judge", "anthropic/claude-opus-4-6")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "$2.5 input, $10 output" in " ".join(out.split())
    assert "judge anthropic/claude-opus-4-6" in out
    found = json.loads(mmdt("plan", "organism/demo", *arguments, "--json")[1])
    assert (found["cost"], [each["price"] for each in found["models"]]) == (0, ["runs here"])


def at_a_terminal(server, folder, typed, *more):
    """The command with a terminal as its input and its error output; what it printed there, and its exit code."""
    controller, terminal = pty.openpty()
    environment = {**os.environ, "OPENAI_API_KEY": KEY, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    command = ["run", "openai/gpt-4o", *ASK, "--base-url", server.url, "--api-key-env", "OPENAI_API_KEY", *PRICED]
    arguments = [sys.executable, "-m", "mmdt", *map(str, [*command, "--out", folder, *more])]
    process = subprocess.Popen(
        arguments, env=environment, stdin=terminal, stdout=subprocess.DEVNULL, stderr=terminal, start_new_session=True
    )
    os.close(terminal)
    os.write(controller, typed)
    shown = b""
    while select.select([controller], [], [], PATIENCE)[0]:
        try:
            part = os.read(controller, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(controller)
    return shown.decode(errors="replace"), process.wait(timeout=PATIENCE)


def test_a_run_that_costs_money_asks_at_a_terminal(tmp_path):
    with OpenAIServer(key=KEY).in_thread() as server:
        shown, code = at_a_terminal(server, tmp_path / "no", b"n\n")
        assert code == 1 and "nothing was spent" in shown
        assert "about $" in shown and "Run it? [y/N]" in shown
        assert server.log.requests == 0 and not (tmp_path / "no").exists()
        for typed, more in ((b"y\n", ()), (b"", ("--yes",)), (b"", ("--max-cost", "99"))):
            folder = tmp_path / f"yes{len(more)}{len(typed)}{''.join(more)[:5]}"
            shown, code = at_a_terminal(server, folder, typed, *more)
            assert code == 0, shown
            assert ("Run it?" in shown) is bool(typed)
    assert server.log.requests == 3 * 6


def test_in_a_pipe_it_says_so_and_goes_on(mmdt, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with OpenAIServer(key=KEY).in_thread() as server:
        here = ["--base-url", server.url, "--api-key-env", "OPENAI_API_KEY"]
        code, _, err = mmdt("run", "openai/gpt-4o", *ASK, *here, *PRICED, "--out", "a")
        assert code == 0 and "no --max-cost" in err and "not asking" in err
        code, _, err = mmdt("run", "openai/gpt-4o", *ASK, *here, "--out", "b")
        assert code == 0 and "no --max-cost" not in err
