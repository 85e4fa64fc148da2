"""Every command that the documentation shows is one that mmdt understands: verbs, options and their values."""

import re
import shlex

import click
import pytest

from mmdt.cli.main import group
from tests.docs.pages import INLINE, PAGES, block_commands, name

PLACEHOLDER = re.compile(r"VERB|\[")


def commands():
    for page in PAGES:
        lines = [command.line for command in block_commands(page) if command.line.startswith("mmdt ")]
        for line in [*lines, *INLINE.findall(page.read_text())]:
            words = shlex.split(line, comments=True)
            if not PLACEHOLDER.search(" ".join(words)):
                yield pytest.param(words[1:], id=f"{name(page)}: {' '.join(words)}")


def understood(command, words):
    """Parse as the command line does, and carry nothing out."""
    with command.make_context("mmdt", list(words), allow_extra_args=isinstance(command, click.Group)) as context:
        if isinstance(command, click.Group) and context._protected_args + context.args:
            _, verb, rest = command.resolve_command(context, context._protected_args + context.args)
            understood(verb, rest)


@pytest.mark.parametrize("words", list(commands()))
def test_it_is_understood(words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mmdt.plugins.files.load", lambda path: "")  # the reader's own file
    try:
        understood(group, words)
    except click.exceptions.Exit as shown:  # --help, --version
        assert shown.exit_code == 0
    except click.MissingParameter:
        assert not [word for word in words if word.startswith("-")]  # a verb by its mere name
    except click.BadParameter as error:
        assert "does not exist" in error.format_message()  # the reader's own folder


def test_there_are_many():
    assert len(list(commands())) > 30


def test_a_wrong_option_would_be_seen():
    with pytest.raises(click.NoSuchOption):
        understood(group, ["run", "organism/demo", "--selct", "safety/**"])
