"""How a message names a setting or a verb: as an option of the command line, or as an argument in Python.

A message is written once, with :func:`option` and :func:`verb`; whoever runs mmdt reads it in the language he uses.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FLAGS = {
    "evaluators": "--evaluator",
    "plugins": "--plugin",
    "endpoints": "--endpoint",
    "attacker_settings": "--attacker-set",
    "method_options": "--method-set",
    "model_settings": "--set",
    "judge_settings": "--judge-set",
    "batch_options": "--batch-set",
    "ray_options": "--ray-set",
    "import_file": "--import",
    "export_file": "--export",
    "judges": "--as",
    "outputs": "--stability",
    "earlier": "--from",
}
"""Options whose name is not that of the setting."""
_CALLS = {
    "report": "open_run({}).report()",
    "show": "open_run({})",
    "import": "import_run({})",
    "export": "open_run({}).export(PATH)",
    "list cells": "list_cells()",
    "list models": "list_models()",
    "list evaluators": "list_evaluators()",
    "list attacks": "list_attacks()",
    "list data": "list_data()",
    "list benchmarks": "list_benchmarks()",
    "list searches": "list_searches()",
    "attack": "find_attacks({})",
    "list exports": "list_exports()",
    "list prompts": "list_judge_prompts()",
}
"""Verbs that are not a function of the same name in Python."""
_PLACEHOLDER = re.compile(r"[A-Z][A-Z_]*")


@dataclass
class _Reader:
    shell: bool = False


_reader = _Reader()


@contextmanager
def on_command_line(shell: bool = True) -> Iterator[None]:
    """Meanwhile messages are for somebody at a shell; otherwise they are for a Python program."""
    before, _reader.shell = _reader.shell, shell
    try:
        yield
    finally:
        _reader.shell = before


def speak(shell: bool) -> None:
    """From now on: a worker's process speaks as its driver does."""
    _reader.shell = shell


def is_command_line() -> bool:
    """Whether messages are for somebody at a shell."""
    return _reader.shell


def option(name: str, value: Any = None) -> str:
    """A setting, and the value to give it: ``--max-cost 5`` or ``max_cost=5``; without a value, its name alone.

    ``value``: True for a switch, a mapping or a list for settings that hold several. A text in capitals (``FILE``)
    stands for something of the user's.
    """
    return _flag(name, value) if _reader.shell else _argument(name, value)


def flag(name: str, value: Any) -> str:
    """A setting as an option of a command, whoever reads it; values are quoted for a shell."""
    return _flag(name, value)


def verb(name: str, *arguments: str | Path, **settings: Any) -> str:
    """A command between backticks: ```mmdt resume runs/a``` or ```mmdt.resume("runs/a")```."""
    if _reader.shell:
        parts = ["mmdt", name, *map(_word, map(str, arguments)), *(_flag(each, settings[each]) for each in settings)]
        return f"`{' '.join(parts)}`"
    given = [_literal(str(each)) for each in arguments]
    if not (given or settings or name in _CALLS):
        return f"`mmdt.{name}`"
    call = _CALLS.get(name, f"{name}({{}})")
    named = [_argument(each, value) for each, value in settings.items()]
    return f"`mmdt.{call.format(', '.join((*given, *named)))}`"


def _flag(name: str, value: Any) -> str:
    flag = _FLAGS.get(name, "--" + name.replace("_", "-"))
    if value is None or value is True:
        return flag
    if value is False:
        return f"--no-{flag.removeprefix('--')}"
    if isinstance(value, Mapping):
        return " ".join(f"{flag} {_word(f'{key}={_plain(each)}')}" for key, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(f"{flag} {_word(_plain(each))}" for each in value)
    return f"{flag} {_word(_plain(value))}"


def _argument(name: str, value: Any) -> str:
    return name if value is None else f"{name}={_literal(value)}"


def _plain(value: Any) -> str:
    return str(value) if isinstance(value, str | Path) else json.dumps(value)


def _word(text: str) -> str:
    return text if text == "..." else shlex.quote(text)


def _literal(value: Any) -> str:
    """A value as Python spells it, with double quotes; a placeholder stays as it is."""
    if isinstance(value, str | Path):
        text = str(value)
        return text if _PLACEHOLDER.fullmatch(text) or text == "..." else json.dumps(text, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_literal(key)}: {_literal(each)}" for key, each in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return repr(value)
