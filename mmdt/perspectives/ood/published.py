"""Published rows of the out-of-distribution perspective as cases (configuration ``ood``; targets: docs/targets.md).

The split is the style or corruption, ``original`` the clean one; the column ``task`` says the task. Cases made from the
same picture or plain prompt share a ``group`` across splits, so that drops can be paired.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.modality import Modality, flow
from mmdt.core.scenario import Beside, Published, Row
from mmdt.data import question_rows
from mmdt.data.columns import I2T, T2I, first_of, relation, task_of, whole
from mmdt.perspectives.ood.colors import MOST_COLORS
from mmdt.perspectives.ood.published_cases import COLUMNS, PLAIN
from mmdt.perspectives.shared.published_components import columns_of

Target = dict[str, Any]

WORDINGS = ("original", "Shake_", "Paraphrase_")
STYLES = (
    "original",
    "Van_Gogh",
    "oil_painting",
    "watercolour_painting",
    "gaussian_noise",
    "zoom_blur",
    "pixelate",
)
LARGER = ("larger", "bigger", "taller", "greater", "wider", "longer", "thicker", "higher")
SMALLER = ("smaller", "shorter", "tinier", "lesser", "narrower", "thinner", "slimmer")
EQUAL = ("equal", "same", "the same", "same size", "the same size", "as large", "equally large", "equal size")


def declarations(modality: Modality, name: str) -> tuple[Published, ...]:
    """Where a scenario's published rows are; none for a style that is not published."""
    if flow(modality).output == "image":
        return (Published(T2I, "ood", name, _picture_case(name), beside=ORIGINAL),) if name in WORDINGS else ()
    return (Published(I2T, "ood", name, _reply_case(name)),) if name in STYLES else ()


def _picture_case(name: str) -> Callable[[Row], Case]:
    def case(row: Row) -> Case:
        task = _task(row, _READERS)
        cell = Cell("ood", "t2i", name, task)
        target, group = _READERS[task](row), f"{task}/{row.raw('id')}"
        return Case.make(cell, row.text("meta_prompt"), target=target, group=group, columns=columns_of(row, COLUMNS))

    return case


def _reply_case(name: str) -> Callable[[Row], Case]:
    def case(row: Row) -> Case:
        task = _task(row, question_rows.FORMAT)
        cell = Cell("ood", "i2t", name, task)
        images, group = row.images("image"), _question_key(row, task)
        target, prompt = question_rows.target(row, task), question_rows.prompt(row, task)
        return Case.make(cell, prompt, images, target, group, columns=columns_of(row, COLUMNS))

    return case


def _task(row: Row, known: Mapping[str, object]) -> str:
    return task_of(row, known)


def _question_key(row: Row, task: str) -> str:
    """The key of one question about one picture: a picture has several, and every split repeats them."""
    picture = str(row.raw(first_of(row, "img_id", "id")))
    asked = hashlib.blake2b(row.text("question").strip().encode(), digest_size=4).hexdigest()
    return f"{task}/{picture}/{asked}"


def helpfulness(row: Row) -> Target:
    """``{"prompt"}``: the plain prompt of the picture; that of ``original`` where the row has none."""
    return {"prompt": row.text(first_of(row, "vanilla_prompt", PLAIN, "meta_prompt")).strip()}


def _plain_key(row: Row) -> str:
    """The id of a row about helpfulness; empty for other tasks."""
    return str(row.raw("id")) if row.has("task") and _task(row, _READERS) == "helpfulness" else ""


def count(row: Row) -> Target:
    """``{"counts"}`` from ``[{"object", "counts"}, ...]``; entries of one object add up."""
    found: dict[str, int] = {}
    for entry in _entries(row, "object", "counts"):
        name = str(entry["object"])
        found[name] = found.get(name, 0) + whole(row, "objects", entry["counts"])
    return {"counts": found}


def color(row: Row) -> Target:
    """``{"question"}`` from ``[{"object", "color"}, ...]``; also ``{"colors": {object: color}}``.

    Several entries have a question each in ``questions``, and are asked about one by one.
    """
    entries = [(str(entry["object"]), str(entry["color"])) for entry in _entries(row, "object", "color")]
    names = [name for name, _ in entries]
    if len(entries) > MOST_COLORS:
        raise row.error("objects", f"{len(entries)} colours; at most {MOST_COLORS} are asked about")
    asked = [
        f"is there a {tint} {name}" if names.count(name) > 1 else f"is the {name} {tint}" for name, tint in entries
    ]
    target: Target = {"question": _sentence(" and ".join(asked)), "colors": dict(entries)}
    return target | {"questions": [_sentence(each) for each in asked]} if len(asked) > 1 else target


def _sentence(asked: str) -> str:
    return f"{asked[0].upper()}{asked[1:]}?"


def size(row: Row) -> Target:
    """``{"objects": [first, second], "size"}`` from ``[{"object1", "object2", "size"}, ...]``.

    Where the first is compared with several, ``comparisons`` lists ``[second, size]`` of each; ``objects`` and ``size``
    are the first of them.
    """
    entries = _entries(row, "object1", "object2", "size")
    firsts = {str(entry["object1"]) for entry in entries}
    if len(firsts) != 1:
        raise row.error("objects", "expected comparisons of one object with others, got several first objects")
    pairs = [[str(entry["object2"]), _size(row, str(entry["size"]))] for entry in entries]
    target: Target = {"objects": [firsts.pop(), pairs[0][0]], "size": pairs[0][1]}
    return target | {"comparisons": pairs} if len(pairs) > 1 else target


def spatial(row: Row) -> Target:
    """``{"objects", "relations", "pairs"}`` from ``{"objs": [...], "rel": [...]}``.

    ``pairs`` gives the positions of the objects of each relation: the first of a pair is seen from the second;
    ``between`` has three. Two objects need no ``pairs``.
    """
    value = row.literal("objects")
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(value, dict) and isinstance(value.get("rel"), str):
        value = {**value, "rel": [value["rel"]]}
    if not isinstance(value, dict) or not all(isinstance(value.get(key), list) for key in ("objs", "rel")):
        raise row.error("objects", "expected a list of objects (objs) and a list of relations (rel)")
    names = [str(name) for name in value["objs"]]
    relations = [relation(row, "objects", phrase) for phrase in value["rel"]]
    pairs = _pairs(len(names), relations)
    if pairs is None:
        raise row.error("objects", f"{len(names)} objects with {len(relations)} relations do not match")
    target: Target = {"objects": names, "relations": [name for name, _ in pairs]}
    return target if len(names) == 2 else target | {"pairs": [places for _, places in pairs]}


def _pairs(objects: int, relations: list[str]) -> list[tuple[str, list[int]]] | None:
    """One subject (two of four objects) against one or two others: a relation for each other, or one for all."""
    subjects = {2: [0], 3: [0], 4: [0, 1]}.get(objects)
    if subjects is None:
        return None
    others = list(range(len(subjects), objects))
    if relations == ["between"]:
        return [("between", [subject, *others]) for subject in subjects] if len(others) == 2 else None
    each = relations * len(others) if len(relations) == 1 else relations
    if len(each) != len(others) or "between" in each:
        return None
    return [(name, [subject, other]) for name, other in zip(each, others, strict=True) for subject in subjects]


def _size(row: Row, text: str) -> str:
    word = (
        text.strip()
        .lower()
        .removesuffix(" than")
        .removesuffix(" as")
        .removesuffix(" to")
        .removesuffix(" in size")
        .strip()
    )
    for name, words in (("larger", LARGER), ("smaller", SMALLER), ("equal", EQUAL)):
        if word in words:
            return name
    raise row.error("objects", f"{text[:40]!r} is not one of larger, smaller, equal")


def _entries(row: Row, *keys: str) -> list[dict[str, Any]]:
    """The list of dicts in ``objects``, each with these keys."""
    value = row.literal("objects")
    entries = [value] if isinstance(value, dict) else value
    if not isinstance(entries, list) or not entries:
        raise row.error("objects", "expected a list of dicts")
    for entry in entries:
        missing = [key for key in keys if not isinstance(entry, dict) or entry.get(key) in (None, "")]
        if missing:
            raise row.error("objects", f"an entry has no {' and no '.join(missing)}")
    return entries


_READERS: Mapping[str, Callable[[Row], Target]] = {
    "helpfulness": helpfulness,
    "count": count,
    "spatial": spatial,
    "color": color,
    "size": size,
}
ORIGINAL = Beside("original", _plain_key, MappingProxyType({PLAIN: "meta_prompt"}))
"""Rows of a style take the plain prompt from the row of ``original``."""
