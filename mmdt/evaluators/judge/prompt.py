"""Judge prompts: versioned template files, ``<id>.md``, and how a question fills them in.

The built-in ones are in ``prompts/``. A package adds its own with entry points of the group ``mmdt.judge_prompts``: the
id, and the package that holds ``<id>.md`` (or a string with the template's text). A plugin file or a notebook uses
:func:`mmdt.judge_prompt`.

A file has front matter and two sections, ``# System`` and ``# Question``. The front matter has ``id``, ``version``,
``answer`` (a kind in :mod:`mmdt.evaluators.judge.answers`) and ``attach`` (which images to send: ``output``, ``case``
or ``none``). In both sections, ``{{name}}`` is replaced by a field of the question on one line, ``{{block:name}}`` by a
longer text between markers. The fields ``prompt`` (of the case) and ``reply`` (of the model) are always available.

All values are untrusted. The markers of a block contain a hash of its content, so no text can close its own block.
Values are substituted once and never scanned for fields.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import ModuleType
from typing import Any

from mmdt import plugins
from mmdt.core.fingerprint import fingerprint
from mmdt.core.image import Image
from mmdt.core.protocols import Item
from mmdt.errors import UsageError
from mmdt.evaluators.judge.answers import KINDS, AnswerKind

MAX_LINE = 500
MAX_BLOCK = 20_000
"""Maximum characters of a field sent to the judge. A block notes where it was cut."""
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIELD = re.compile(r"\{\{(block:)?([a-z_]+)\}\}")
_PARTS = re.compile(r"---\n(?P<head>.*?)\n---\n\s*# System\n(?P<system>.*?)\n# Question\n(?P<question>.*)", re.DOTALL)
_ATTACH = ("none", "output", "case")


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """One prompt file. ``edition`` identifies its version and content, so an observation fits one edition only;
    ``text`` is the whole file."""

    id: str
    edition: str
    answer: AnswerKind
    attach: str
    system: str
    question: str
    text: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """The fields a question must provide."""
        named = {name for _, name in _FIELD.findall(self.system + self.question)}
        return frozenset(named - {"prompt", "reply", "reasoning"})

    def fill(self, item: Item) -> tuple[str, str]:
        """The system prompt and the question, filled in. Raises ValueError if a field is missing."""
        output = item.output
        values = {**item.question, "prompt": item.case.asked, "reply": output.text, "reasoning": output.reasoning}
        missing = sorted(self.fields - values.keys())
        if missing:
            raise ValueError(f"the prompt {self.id} needs {', '.join(missing)}")
        return _filled(self.system, values), _filled(self.question, values)

    def pictures(self, item: Item) -> tuple[Image, ...]:
        """The images to send with the question."""
        return {"none": (), "output": item.output.images, "case": item.case.images}[self.attach]


def question(template: str, **fields: Any) -> dict[str, Any]:
    """A probe's question to a judge: the template's id and edition, and its fields as JSON values.

    The edition is part of the question, so a changed prompt is asked again and an unchanged one is not.
    Raises UsageError for an unknown template or the wrong fields.
    """
    found = load(template)
    if found.fields != fields.keys():
        hint = f"expected {', '.join(sorted(found.fields)) or 'none'}"
        raise UsageError(f"wrong fields for the prompt {template!r}", where=", ".join(fields), hint=hint)
    return {"prompt": found.id, "edition": found.edition, **fields}


def load(template: str) -> PromptTemplate:
    """The template with that id. Raises UsageError if there is none or its text is malformed."""
    check_id(template)
    found = plugins.find(plugins.JUDGE_PROMPTS, template, "judge prompt")
    if isinstance(found, str):
        return parse(template, found)
    if isinstance(found, ModuleType):
        return _packaged(template, found.__name__)
    hint = "name the package that holds its .md file, or a string with its text"
    raise UsageError(f"the judge prompt {template!r} is a {type(found).__name__}, not a text", hint=hint)


def check_id(template: str) -> None:
    """Raises UsageError where it cannot be the id of a prompt."""
    if not _ID.fullmatch(template):
        raise UsageError(f"{template!r} is not a valid prompt id", hint="use lowercase letters, digits and hyphens")


@cache
def _packaged(template: str, package: str) -> PromptTemplate:
    return parse(template, read_text(files(package) / f"{template}.md"))


def read_text(file: Traversable) -> str:
    """The text of a prompt file. Raises UsageError where it cannot be read."""
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = "put the file there, and save it as UTF-8"
        raise UsageError(f"the judge prompt cannot be read: {error}", where=str(file), hint=hint) from error


@cache
def parse(template: str, text: str) -> PromptTemplate:
    """The template with that id and text. Raises UsageError that says what its text lacks."""
    parts = _PARTS.fullmatch(text.replace("\r\n", "\n").strip() + "\n")
    if parts is None:
        hint = "write front matter between --- lines, then the sections # System and # Question"
        raise UsageError("malformed judge prompt", where=template, hint=hint)
    head = {
        key.strip(): value.strip() for key, _, value in (line.partition(":") for line in parts["head"].splitlines())
    }
    _check_head(template, head)
    edition = f"{head['version']}-{fingerprint(text)[:8]}"
    system, body = parts["system"].strip(), parts["question"].strip()
    return PromptTemplate(template, edition, KINDS[head["answer"]], head["attach"], system, body, text)


def _check_head(template: str, head: Mapping[str, str]) -> None:
    for name, known in (("id", (template,)), ("answer", tuple(KINDS)), ("attach", _ATTACH)):
        if head.get(name) not in known:
            what = f"the front matter has {name}: {head[name]}" if name in head else f"the front matter has no {name}"
            raise UsageError(what, where=f"judge prompt {template}", hint=f"write {name}: {' or '.join(known)}")
    if not head.get("version"):
        raise UsageError("the front matter has no version", where=f"judge prompt {template}", hint="write version: 1")


def _filled(text: str, values: Mapping[str, Any]) -> str:
    return _FIELD.sub(lambda match: (_block if match[1] else _line)(match[2], _text(values[match[2]])), text)


def _text(value: Any) -> str:
    """A field as text; a list is joined with commas."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _line(name: str, value: str) -> str:
    """A value on one line, in quotation marks that it cannot close."""
    return '"' + " ".join(value.replace('"', "'").split())[:MAX_LINE] + '"'


def _block(name: str, value: str) -> str:
    """A value between markers that its author could not predict."""
    mark = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    text = value[:MAX_BLOCK]
    cut = f"\n[CUT after {MAX_BLOCK:,} characters {mark}]" if len(value) > MAX_BLOCK else ""
    return f"[BEGIN {name} {mark}]\n{text}{cut}\n[END {name} {mark}]"
