"""Register a judge prompt of one's own from a plugin file, a script or a notebook."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from mmdt import plugins
from mmdt.errors import UsageError
from mmdt.evaluators.judge.prompt import check_id, parse, read_text
from mmdt.plugins import registry


def judge_prompt(
    name: str,
    *,
    path: str | Path = "",
    system: str = "",
    question: str = "",
    answer: Literal["yes-no", "counts", "faces"] = "yes-no",
    attach: Literal["none", "output", "case"] = "none",
    version: str = "1",
) -> str:
    """Register the judge prompt ``name``, from a file beside the calling one or from its two sections.

    ``path``: an ``.md`` file with the layout of :mod:`mmdt.evaluators.judge.prompt`, relative to the file that calls
    this function (to the working directory in a notebook). Otherwise ``system`` and ``question`` are the sections, in
    which ``{{block:reply}}``, ``{{block:prompt}}`` and ``{{field}}`` are filled in; ``answer`` is the kind of answer,
    ``attach`` the pictures to send. A probe asks it with ``mmdt.judge_question(name, field=...)``. A change of the text
    is a new edition: what was observed with another one is observed again.

    Returns the name. Raises UsageError where the file cannot be read or the text is malformed.
    """
    check_id(name)
    if bool(path) == bool(system and question):
        raise UsageError("a judge prompt needs a path, or system and question", where=name, hint="give one of them")
    if path and registry.is_worker() and not Path(path).is_file():
        return name  # judges ask from the driver, which has the file
    if path:
        text = read_text(_beside_caller(Path(path)))
    else:
        head = f"id: {name}\nversion: {version}\nanswer: {answer}\nattach: {attach}"
        text = f"---\n{head}\n---\n# System\n{system.strip()}\n\n# Question\n{question.strip()}\n"
    parse(name, text)  # a mistake is found here, not in the middle of a run
    plugins.register(plugins.JUDGE_PROMPTS, name, text)
    return name


def _beside_caller(path: Path) -> Path:
    """A relative path, from the folder of the file that calls ``judge_prompt``."""
    caller = Path(sys._getframe(2).f_code.co_filename)
    beside = caller.parent / path
    return beside if caller.is_file() or beside.is_file() else path
