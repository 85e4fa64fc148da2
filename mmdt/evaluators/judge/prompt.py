"""Judge prompts: versioned files ``prompts/<id>.md``, and how a question fills one in.

A file has front matter (``id``, ``version``, ``answer``: a kind of :mod:`mmdt.evaluators.judge.answers`, ``attach``:
``output`` or ``case`` for the pictures that go with it, or ``none``), a part under ``# System`` and one under
``# Question``. In both, ``{{name}}`` stands for a field of the question as one line, ``{{block:name}}`` for a longer
text between marks. ``prompt`` (what the case asked), ``reply`` (what the model answered) and ``reasoning`` (what it
reasoned before, often empty) are always there.

Everything filled in is untrusted. A block stands between marks that carry a hash of its content, so that no text can
close its own block; values are filled in once and never searched for fields again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mmdt.core.fingerprint import fingerprint
from mmdt.core.image import Image
from mmdt.core.protocols import Item
from mmdt.errors import UsageError
from mmdt.evaluators.judge.answers import KINDS, AnswerKind

MAX_LINE = 500
MAX_BLOCK = 20_000
"""Characters of a field that reach the judge; the rest is cut and said to be."""
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIELD = re.compile(r"\{\{(block:)?([a-z_]+)\}\}")
_PARTS = re.compile(r"---\n(?P<head>.*?)\n---\n\s*# System\n(?P<system>.*?)\n# Question\n(?P<question>.*)", re.DOTALL)
_ATTACH = ("none", "output", "case")


@dataclass(frozen=True, slots=True)
class Template:
    """One prompt file. ``edition`` names its version and content: observations made under another are not its own."""

    id: str
    edition: str
    answer: AnswerKind
    attach: str
    system: str
    question: str

    @property
    def fields(self) -> frozenset[str]:
        """What a question must bring along."""
        named = {name for _, name in _FIELD.findall(self.system + self.question)}
        return frozenset(named - {"prompt", "reply", "reasoning"})

    def fill(self, item: Item) -> tuple[str, str]:
        """System part and question with everything filled in. Raises ValueError when a field is missing."""
        output = item.output
        values = {**item.question, "prompt": item.case.prompt, "reply": output.text, "reasoning": output.reasoning}
        missing = sorted(self.fields - values.keys())
        if missing:
            raise ValueError(f"the prompt {self.id} needs {', '.join(missing)}")
        return _filled(self.system, values), _filled(self.question, values)

    def pictures(self, item: Item) -> tuple[Image, ...]:
        """The pictures that go with the question."""
        return {"none": (), "output": item.output.images, "case": item.case.images}[self.attach]


def question(template: str, **fields: Any) -> dict[str, Any]:
    """What a probe asks a judge: the template's id and edition, and its fields as JSON values.

    The edition is part of the question, so a changed prompt is asked anew and an unchanged one never twice.
    Raises UsageError on an unknown template or a field it lacks.
    """
    found = load(template)
    if found.fields != fields.keys():
        hint = f"give {', '.join(sorted(found.fields)) or 'none'}"
        raise UsageError(f"fields do not fit the prompt {template!r}", where=", ".join(fields), hint=hint)
    return {"prompt": found.id, "edition": found.edition, **fields}


@cache
def load(template: str) -> Template:
    """The template of that id. Raises UsageError where there is none or its file is malformed."""
    if not _ID.fullmatch(template):
        raise UsageError(f"{template!r} is no id of a prompt", hint="use small letters, digits and -")
    file = files("mmdt.evaluators.judge") / "prompts" / f"{template}.md"
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"no judge prompt is called {template!r}", hint="add the file to prompts/") from error
    return _parsed(template, text)


def _parsed(template: str, text: str) -> Template:
    parts = _PARTS.fullmatch(text)
    head = dict(line.split(": ", 1) for line in parts["head"].splitlines()) if parts else {}
    known = head.get("id") == template and head.get("answer") in KINDS and head.get("attach") in _ATTACH
    if parts is None or not known or "version" not in head:
        raise UsageError("a judge prompt is malformed", where=f"prompts/{template}.md", hint="see prompt.py")
    edition = f"{head['version']}-{fingerprint(text)[:8]}"
    system, body = parts["system"].strip(), parts["question"].strip()
    return Template(template, edition, KINDS[head["answer"]], head["attach"], system, body)


def _filled(text: str, values: Mapping[str, Any]) -> str:
    return _FIELD.sub(lambda match: (_block if match[1] else _line)(match[2], _words(values[match[2]])), text)


def _words(value: Any) -> str:
    """A field as words; a list is told one after another."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _line(name: str, value: str) -> str:
    """A value on one line, in plain quotation marks that it cannot close."""
    return '"' + " ".join(value.replace('"', "'").split())[:MAX_LINE] + '"'


def _block(name: str, value: str) -> str:
    """A value between marks that its author could not foresee."""
    mark = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    kept = value[:MAX_BLOCK]
    cut = f"\n[CUT after {MAX_BLOCK:,} characters {mark}]" if len(value) > MAX_BLOCK else ""
    return f"[BEGIN {name} {mark}]\n{kept}{cut}\n[END {name} {mark}]"
