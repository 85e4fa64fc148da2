"""Declaration: what a TOML file says about a benchmark, checked when it is read.

docs/benchmarks.md explains every entry. A *template* is text with columns in braces, such as ``{question}``; one column
alone gives its value as it is (a picture, a number), ``{metadata.over}`` looks into a record, and ``{column?}`` may be
absent. Beside its columns a row has ``_file``, ``_key``, ``_item``, ``_line``, ``_number`` and what the names in the
file pattern caught.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from mmdt.core.cell import is_part
from mmdt.core.modality import MODALITIES, Modality
from mmdt.errors import UsageError

MAX_FILE = 1_000_000
"""Characters of a declaration."""
UNVERIFIED, UNPINNED = "unverified", "unpinned"
Scoring = Literal["harm", "over-refusal", "yes-no", "answer", "judged", "rating", "describe", "objects"]
Facts = Literal["columns", "license", "size", "revision", "rule", "numbers"]


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No entry of a declaration is ignored, so that a misspelt one is found."""


class Seen(_Entry, frozen=True):
    """A stored page, and which facts of the declaration it shows."""

    what: list[Facts]
    at: str
    date: str


class Mapped(_Entry, frozen=True):
    """A value that is translated: ``{ column = "{gt_answer}", map = { "0" = "no" } }``; what is not in the map is an
    error, or ``otherwise``."""

    column: str
    map: dict[str, Any] = {}
    otherwise: str | None = None


Value = str | bool | int | float | list[Any] | Mapped


class Beside(_Entry, frozen=True):
    """Another file whose row with the same key joins a row: ``on`` there equals ``key`` here."""

    files: list[str]
    on: str
    key: str


class Table(_Entry, frozen=True):
    """A file that all rows share, as the column ``name``: its JSON value, or its lines."""

    name: str
    files: list[str]


class Rows(_Entry, frozen=True):
    """One layout of the data, and how a row of it becomes a case.

    ``files``: patterns of names; ``*`` is any text within one part, ``**/`` any folders, ``{name}`` text that becomes a
    column. ``at``: the list or dictionary inside a JSON file (``data.items``). ``keyed``: it is a dictionary of rows.
    ``each``: a column with a list, each item of which is a row of its own. ``when``: column -> the values of rows that
    are cases (``"*"``: anything but nothing).
    """

    files: list[str]
    prompt: str
    hub: str = ""
    at: str = ""
    keyed: bool = False
    each: str = ""
    when: dict[str, str | bool | int | list[str]] = {}
    image: str | list[str] = []
    system: str = ""
    task: str | Mapped = ""
    group: str = ""
    id: str = ""
    benign: Value = False
    target: dict[str, Value] = {}
    beside: list[Beside] = []
    tables: list[Table] = []
    note: str = ""

    @property
    def pictures(self) -> list[str]:
        return [self.image] if isinstance(self.image, str) else list(self.image)


class Question(_Entry, frozen=True):
    """A question that the judge answers with yes or no about every reply, as the component ``name``."""

    name: str
    ask: str
    title: str = ""
    better: Literal["yes", "no"] = "yes"


class Part(_Entry, frozen=True):
    """A scenario of the benchmark. Which further entries matter depends on ``scoring``."""

    name: str
    modality: Modality
    scoring: Scoring
    rows: list[Rows]
    title: str = ""
    about: str = ""
    repeats: int = 1
    tasks: list[str] = []
    rollup: Literal["pool", "mean"] = "pool"
    published: str = ""
    phrases: list[str] = []
    positive: Literal["yes", "no"] = "yes"
    together: list[str] = []
    judge: list[Question] = []
    most: int = 0
    least: int = 0


class Whole(_Entry, frozen=True):
    """A number above the scenarios: the mean of one metric of some of them."""

    name: str
    title: str
    metric: str
    of: list[str]


class Numbers(_Entry, frozen=True):
    """Numbers that others published for this benchmark; ``values``: address -> value."""

    model: str
    metric: str
    source: str
    date: str
    values: dict[str, float]
    note: str = ""


class Declaration(_Entry, frozen=True):
    """A benchmark. Empty facts are unknown; a fact that no page in ``seen`` shows is unverified."""

    name: str
    title: str
    scenario: list[Part]
    about: str = ""
    paper: str = ""
    license: str = ""
    size: str = ""
    revision: str = ""
    gated: bool = False
    home: str = ""
    needs: str = ""
    folders: list[str] = []
    proven: bool = False
    seen: list[Seen] = []
    summary: list[Whole] = []
    reference: list[Numbers] = []

    def shown(self, fact: Facts) -> bool:
        """Whether a stored page shows the fact."""
        return any(fact in each.what for each in self.seen)

    @property
    def licence(self) -> str:
        """The licence as a page shows it, else ``unverified``."""
        return self.license if self.license and self.shown("license") else UNVERIFIED


_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
HINT = "docs/benchmarks.md explains every entry, and mmdt/benchmarks/declared holds examples"


def parse(text: str, where: str) -> Declaration:
    """The declaration in a TOML text. Raises UsageError naming the entry at fault."""
    if len(text) > MAX_FILE:
        raise UsageError("the declaration is too long", where=where, hint="keep the data in separate files")
    try:
        found = msgspec.convert(tomllib.loads(text), Declaration)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"the declaration is not TOML: {error}", where=where, hint=HINT) from error
    except msgspec.ValidationError as error:
        raise UsageError(f"the declaration is wrong: {_plain(str(error))}", where=where, hint=HINT) from error
    _check(found, where)
    return found


def _plain(message: str) -> str:
    """msgspec's message in words of TOML."""
    for theirs, ours in (("Object", "the table"), ("`array`", "a list"), ("`object`", "a table"), ("$.", "")):
        message = message.replace(theirs, ours)
    return message


def _check(found: Declaration, where: str) -> None:
    if not _NAME.fullmatch(found.name):
        raise UsageError(f"the name {found.name!r} is no name", where=where, hint="use small letters, digits and -")
    if not found.scenario:
        raise UsageError("the declaration has no [[scenario]]", where=where, hint=HINT)
    addresses = [f"{each.modality}/{each.name}" for each in found.scenario]
    if len(set(addresses)) < len(addresses):
        raise UsageError("two scenarios have the same modality and name", where=where, hint="rename one")
    for part in found.scenario:
        _check_part(part, f"{where}, scenario {part.name}")


PUBLISHED: Mapping[str, tuple[str, ...]] = {
    "harm": ("judged", "phrases"),
    "over-refusal": ("refused", "partly", "phrases"),
    "yes-no": ("first-sentence", "exact", "judged"),
    "answer": ("braces",),
    "judged": ("judged",),
    "rating": (),
    "describe": (),
    "objects": (),
}
"""The published rules of each way of scoring; those without a choice have theirs in any case."""


def _check_part(part: Part, where: str) -> None:
    rules = PUBLISHED[part.scoring]
    if part.published and part.published not in rules:
        hint = f"use one of: {', '.join(rules)}" if rules else "leave it out"
        raise UsageError(f"the published rule {part.published!r} is unknown", where=where, hint=hint)
    if part.published == "phrases" and not part.phrases:
        raise UsageError(
            "the published rule looks for phrases, and there are none", where=where, hint="add phrases = []"
        )
    if not is_part(part.name):
        raise UsageError(f"{part.name!r} cannot be part of an address", where=where, hint="use letters, digits, - _ .")
    if part.modality not in MODALITIES:
        raise UsageError(f"unknown modality {part.modality!r}", where=where, hint=f"use: {', '.join(MODALITIES)}")
    if part.scoring == "judged" and not part.judge:
        hint = 'add [[scenario.judge]] with name and ask = "Does the reply ...?"'
        raise UsageError("the scoring 'judged' needs a question to the judge", where=where, hint=hint)
    if part.scoring == "yes-no" and not any("expected" in rows.target for rows in part.rows):
        hint = 'add target = { expected = "{label}" }: yes or no'
        raise UsageError("the scoring 'yes-no' needs the right answer", where=where, hint=hint)
    if part.scoring == "answer" and not any("answer" in rows.target for rows in part.rows):
        raise UsageError("the scoring 'answer' needs the right answer", where=where, hint='target = { answer = "{a}" }')
    if part.scoring == "rating" and part.most <= part.least:
        raise UsageError("the scoring 'rating' needs its range", where=where, hint="add least = 0 and most = 6")
    names = [each.name for each in part.judge]
    if len(set(names)) < len(names) or not all(re.fullmatch(r"[a-z][a-z_]*", name) for name in names):
        hint = "use small letters and _, each name once"
        raise UsageError("the judge's questions need names", where=where, hint=hint)


def describe_facts(found: Declaration) -> Mapping[str, str]:
    """Licence, size and so on in words, for lists."""
    return {
        "license": found.licence,
        "size": found.size if found.size and found.shown("size") else UNVERIFIED,
        "revision": found.revision if found.revision and found.shown("revision") else UNPINNED,
        "columns": "verified" if found.shown("columns") else UNVERIFIED,
        "gated": "yes" if found.gated else "no",
        "needs": found.needs,
    }
