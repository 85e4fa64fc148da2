"""A user's own cases, in a JSONL, JSON, CSV or parquet file or a folder of such files (columns: see docs/data.md)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from mmdt import plugins
from mmdt.core.base64_picture import is_data_url, picture_from_base64
from mmdt.core.case import Case
from mmdt.core.cell import Cell, is_part, slug
from mmdt.core.chat_format import EXAMPLE, MAX_IMAGES, read_messages
from mmdt.core.image import Image
from mmdt.core.problem import Problem
from mmdt.core.recipe import Recipe
from mmdt.core.scenario import Scenario
from mmdt.data import parquet
from mmdt.data.image_values import as_image
from mmdt.data.records import ADDRESS, Record, data_files, json_object, json_value, read_addresses, read_records
from mmdt.errors import DataError, UsageError
from mmdt.spelling import option, verb

_BASE64 = re.compile(r"(?:iVBORw0KGgo|/9j/|UklGR|R0lGOD)[A-Za-z0-9+/\s]{40}")
"""How pictures begin in base64. No path is that long without a dot."""
MAX_NAME = 500
"""Most characters of a row's own id."""
MAX_QUOTED = 80
"""Most characters of a wrong value that a message quotes."""
COLUMNS = ("cell", *ADDRESS, "prompt", "messages", "image", "images", "target", "group", "system", "recipe", "benign")
"""The columns that are read. ``target.<key>`` adds an entry to the target; ``id`` names the case for people and
``note...`` is ignored."""

ANSWERS = ("reply", "reply_image", "refused", "verdict", "annotator")
"""Columns of answers that were made elsewhere: what `mmdt import` reads. To ask other models the same cases, they are
ignored."""


class FileSource:
    """Cases from the user's files. Each must name a known cell.

    ``known`` maps addresses to scenarios; by default, all registered scenarios.
    """

    def __init__(self, path: Path, known: Mapping[str, Scenario] | None = None) -> None:
        self.path = path
        self._known = known

    def cases(self, scenarios: Sequence[Scenario], bad: Callable[[DataError], None] | None) -> Iterator[Case]:
        """The cases of these scenarios, in the order of the files. Each file is read once.

        A bad record raises DataError, unless ``bad`` is given: then it is skipped and ``bad`` gets the error.
        """
        wanted = {scenario.address: scenario for scenario in scenarios}
        cells = _Cells({**(plugins.scenarios() if self._known is None else self._known), **wanted})
        empty = True

        def report(error: DataError) -> None:
            nonlocal empty
            empty = False
            if bad is not None:
                bad(error)

        for path in data_files(self.path):
            folder = path.parent.resolve()
            for record in read_records(path, report if bad else None):
                empty = False
                try:
                    cell = cells.of(record)
                    scenario = wanted.get(cell.parent)
                    case = _case(record, cell, folder, scenario) if scenario else None
                except DataError as error:
                    if bad is None:
                        raise
                    bad(error)
                    continue
                if case is not None:
                    yield case
        if empty:
            raise DataError("the data has no rows", where=str(self.path), hint="use data that contains cases")

    def records(self) -> Iterator[tuple[Record, Case]]:
        """Every record with its case, of any scenario. Raises DataError for a bad record."""
        scenarios = plugins.scenarios() if self._known is None else self._known
        cells = _Cells(scenarios)
        for path in data_files(self.path):
            folder = path.parent.resolve()
            for record in read_records(path, None):
                cell = cells.of(record)
                yield record, _case(record, cell, folder, scenarios[cell.parent])

    def rows(self) -> Counter[str]:
        """How many records name each scenario, by address, known or not. Each file is read once.

        Unreadable records are skipped: ``cases`` reports them.
        """
        found: Counter[str] = Counter()
        with suppress(DataError):
            for path in data_files(self.path):
                for record in read_addresses(path):
                    with suppress(DataError):
                        found[_address(record)[0].rpartition("/")[0]] += 1
        return found

    def fingerprint(self, scenarios: Iterable[Scenario]) -> str:
        """A hash of the files. Pictures next to them are not part of it; they are part of the case ids."""
        return f"{self.path.name}@sha256:{parquet.fingerprint(data_files(self.path))}"


class _Cells:
    """Cells by their text. Each text is checked once."""

    def __init__(self, known: Mapping[str, Scenario]) -> None:
        self._known = known
        self._checked: dict[str, Cell] = {}

    def of(self, record: Record) -> Cell:
        text, column = _address(record)
        if text not in self._checked:
            self._checked[text] = self._check(record, text, column)
        return self._checked[text]

    def _check(self, record: Record, text: str, column: str) -> Cell:
        parent, _, task = text.rpartition("/")
        try:
            cell = Cell.parse(f"{parent}/{slug(task)}" if _in_words(task) else text)
        except UsageError as error:
            raise record.error(column, error.what, error.hint) from error
        scenario = self._known.get(cell.parent)
        tasks = scenario.tasks if scenario is not None else None
        if scenario is None or (tasks is not None and cell.task not in tasks):
            addresses = [str(each) for one in self._known.values() for each in one.cells]
            near = get_close_matches(text, addresses, n=2, cutoff=0.6)
            guess = f"did you mean {' or '.join(near)}? " if near else ""
            raise record.error(column, f"unknown cell {text!r}", f"{guess}{verb('list cells')} shows all cells")
        if cell.task == "*":
            raise record.error(column, "a case needs one task, not *", "write the task, such as the harm category")
        return cell


def _in_words(task: str) -> bool:
    """Whether the task is written as people write: with spaces, capitals aside ("Illegal Activity")."""
    return not is_part(task) and bool(task.strip("*- "))


def _address(record: Record) -> tuple[str, str]:
    if "cell" in record.values:
        return record.text("cell").strip(), "cell"
    missing = [part for part in ADDRESS if part not in record.values]
    if missing:
        hint = f"write {'/'.join(ADDRESS)} in the column 'cell', or fill in those four columns"
        raise record.error("cell", f"the record names no cell ({', '.join(missing)} missing)", hint)
    return "/".join(record.text(part).strip() for part in ADDRESS), "scenario"


def _category(record: Record) -> str:
    """The task in the words of the row, where they are no part of an address as they are."""
    task = _address(record)[0].rpartition("/")[2]
    return task if _in_words(task) else ""


def _case(record: Record, cell: Cell, folder: Path, scenario: Scenario) -> Case:
    for column in record.values:
        if column not in (*COLUMNS, *ANSWERS) and column != "id" and not column.startswith(("target.", "note")):
            near = get_close_matches(column, COLUMNS, n=1)
            guess = f"did you mean {near[0]!r}? " if near else ""
            raise record.error(column, "unknown column", f"{guess}start its name with 'note' to have it ignored")
    ask = _conversation if "messages" in record.values else _question
    case = replace(ask(record, cell, folder), name=_name(record))
    problem = scenario.check(case) or _benign_problem(record, case, scenario)
    if problem is not None:
        raise record.error(
            _column(record, problem), problem.what, f"{problem.hint}, or skip bad rows with {option('skip_bad', True)}"
        )
    return case


def _name(record: Record) -> str:
    """The id that the row itself has."""
    value = record.values.get("id", "")
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)[:MAX_NAME]


def _question(record: Record, cell: Cell, folder: Path) -> Case:
    images = _images(record, folder)
    if images and not cell.flow.sends_images and cell.flow.output == "text":
        column = "image" if "image" in record.values else "images"
        hint = "leave it out, or use a cell whose modality takes pictures, such as i2t"
        raise record.error(column, f"a {cell.modality} case sends no pictures", hint)
    asked = record.text("prompt"), images, _target(record)
    return Case.make(cell, *asked, record.text("group", ""), record.text("system", ""), _recipe(record))


def _conversation(record: Record, cell: Cell, folder: Path) -> Case:
    """A case from the column ``messages``; pictures of its parts are named as in the column ``image``."""
    for column in ("prompt", "system"):
        if column in record.values:
            hint = "give either prompt and system, or messages that hold both"
            raise record.error(column, f"the row has both messages and a {column}", hint)
    value, listed = record.values["messages"], _images(record, folder)
    target, group, recipe = _target(record), record.text("group", ""), _recipe(record)
    try:
        if isinstance(value, str):
            value = msgspec.json.decode(value)
        messages = read_messages(value, lambda image: _image(record, "messages", image, folder), listed)
        return Case.of_messages(cell, messages, target, group, recipe)
    except DataError as error:
        what = f"{error.what} ({error.where})" if error.where else error.what
        raise record.error("messages", what, error.hint) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise record.error("messages", f"this is not a JSON list: {error}", EXAMPLE) from error


def _column(record: Record, problem: Problem) -> str:
    """The column that a problem belongs to: ``target`` for its entries, unless they have their own columns."""
    spread = "target" not in record.values and any(name.startswith("target.") for name in record.values)
    return problem.column if spread or problem.column in record.values else problem.column.partition(".")[0]


def _target(record: Record) -> dict[str, Any]:
    target = json_object(record, "target") if "target" in record.values else {}
    for column in record.values:
        if column.startswith("target."):
            key = column.removeprefix("target.")
            if key in target:
                raise record.error(column, f"the target has {key!r} twice", "keep one of them")
            target[key] = json_value(record, column)
    if "benign" in record.values:
        if "benign" in target:
            raise record.error(
                "benign", "the row has a column 'benign' and the target has an entry", "keep one of them"
            )
        if _flag(record, "benign"):
            target["benign"] = True
    if isinstance(target.get("counts"), dict):
        target["counts"] = {name: _whole(number) for name, number in target["counts"].items()}
    category = _category(record)
    return {"category": category, **target} if category else target


def _whole(number: Any) -> Any:
    """A whole number that a table wrote as 2.0, or as text; anything else stays for the check to name."""
    if isinstance(number, float) and number.is_integer():
        return int(number)
    if isinstance(number, str) and number.strip().isdecimal() and len(number) < 10:
        return int(number)
    return number


def _flag(record: Record, column: str) -> bool:
    """True or false, as JSON, CSV and spreadsheets write them."""
    value = record.values[column]
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    found = known.get(str(value).strip().lower().removesuffix(".0"))
    if found is None:
        raise record.error(column, f"expected true or false, got {str(value)[:MAX_QUOTED]!r}", "write true or false")
    return found


def _benign_problem(record: Record, case: Case, scenario: Scenario) -> Problem | None:
    """A benign case counts only where there is a number for it."""
    counts = any(each.benign or each.name == "over_refusal" for each in scenario.metrics)
    if counts or not case.benign or "benign" not in record.values:
        return None
    return Problem(
        "this scenario has no number for benign cases", "use a scenario of safety, or leave it out", "benign"
    )


def _recipe(record: Record) -> Recipe:
    """The attacks that made the case, as ``mmdt.attacks.save_cases`` writes them."""
    if "recipe" not in record.values:
        return ()
    try:
        return msgspec.convert(json_value(record, "recipe"), Recipe)
    except msgspec.ValidationError as error:
        hint = 'write [{"attack": "role-play", "parameters": {}, "seed": 0}], or leave it empty'
        raise record.error("recipe", f"this is not a recipe: {error}", hint) from error


def _images(record: Record, folder: Path) -> tuple[Image, ...]:
    found: list[Image] = []
    for column in ("image", "images"):
        if column not in record.values:
            continue
        values = [each for each in _listed(record, column) if not _is_empty(each)]
        if len(found) + len(values) > MAX_IMAGES:
            raise record.error(column, "too many images", f"use at most {MAX_IMAGES}")
        found += [_image(record, column, value, folder) for value in values]
    return tuple(found)


def _is_empty(value: Any) -> bool:
    """Whether a row says that it has no picture: an empty text, or a record without bytes and path."""
    if isinstance(value, dict):
        return not value.get("bytes") and not value.get("path")
    return value is None or value != value or (isinstance(value, str | bytes) and not value.strip())


def _listed(record: Record, column: str) -> list[Any]:
    value = record.values[column]
    if isinstance(value, str) and value.lstrip().startswith("["):  # CSV has no other way to write a list
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise record.error(column, f"this is not a JSON list: {error}", 'write ["a.png", "b.png"]') from error
    return list(value) if isinstance(value, list | tuple) else [value]


def _image(record: Record, column: str, value: Any, folder: Path) -> Image:
    where = f"{record.where}, column {column!r}"
    if not isinstance(value, str):
        return as_image(value, where)
    if is_data_url(value):
        return picture_from_base64(value, where)
    path = _confined(record, column, value, folder)
    try:
        return Image.from_path(path)
    except DataError as error:
        reason = error.where.removeprefix(f"{path}").lstrip(": ")
        what = f"{error.what}: {value!r}" + (f" ({reason})" if reason else "")
        raise record.error(column, what, error.hint) from error


def picture_of(record: Record, column: str, folder: Path) -> Image:
    """The picture that a column names, in the data file's folder. Raises DataError."""
    return _image(record, column, record.values[column], folder.resolve())


def _confined(record: Record, column: str, text: str, folder: Path) -> Path:
    """A path inside the data file's folder. Paths that lead out of it (``..``, symbolic links) are refused."""
    if _BASE64.match(text):
        raise record.error(column, "this is base64, not a path", "put data:image/png;base64, before it")
    if not text.strip() or "\0" in text or len(text) > 4096:
        raise record.error(column, "this is not a path", "write the path of an image, relative to the data file")
    path = (folder / text).resolve()
    quoted = repr(text if len(text) <= MAX_QUOTED else f"{text[: MAX_QUOTED - 3]}...")
    if not path.is_relative_to(folder):
        raise record.error(column, f"{quoted} is outside {folder}", "keep images in the data file's folder")
    if not path.is_file():
        hint = f"paths are relative to {folder}" + ("; nothing is fetched from the network" if "://" in text else "")
        raise record.error(column, f"no image {quoted}", hint)
    return path
