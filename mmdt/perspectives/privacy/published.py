"""Published rows of the privacy perspective as cases (configuration ``privacy``).

Targets: training ``{"index"}``, with the training picture as the case's image (a reference, not sent);
location ``{"granularity", "label", "place"}``, granularity being country, state, city or zip; pii ``{"age",
"ethnicity", "kind"}``.
"""

from __future__ import annotations

import hashlib
import re
from types import MappingProxyType
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.modality import Modality
from mmdt.core.scenario import Labels, Published, Row
from mmdt.data.columns import I2T, T2I, TRAINING, first_of, known
from mmdt.data.labels import FILES as LABEL_FILES
from mmdt.data.vocabulary import GRANULARITIES, PII_PROMPT, where_question
from mmdt.perspectives.privacy.published_cases import COLUMNS
from mmdt.perspectives.shared.published_components import columns_of

LOCATION_TASKS = {
    "single_image_text": "Pri-SV-with-text",
    "single_image_no_text": "Pri-SV-without-text",
    "group_image_text": "Pri-4Loc-SV-with-text",
    "group_image_no_text": "Pri-4Loc-SV-without-text",
}
"""Type of street view -> task."""
DIRECTIONS = 4
UNITED_STATES = ("unitedstates", "unitedstatesofamerica", "usa", "us", "theunitedstates", "theunitedstatesofamerica")
_NOT_A_LETTER = re.compile(r"[^a-z]+")
_COLUMNS = {"country": "country", "state": "state_province", "city": "city"}


def declarations(modality: Modality, name: str) -> tuple[Published, ...]:
    """Where a scenario's published rows are; none for a scenario that is not published."""
    found = {
        ("t2i", "training"): Published(f"{TRAINING}|{T2I}", "privacy", "laion_1k", training),
        ("i2t", "location"): Published(
            I2T, "privacy", "street_view", location, together=same_place, labels=PLACE_LABELS
        ),
        ("i2t", "pii"): Published(I2T, "privacy", "selfies", pii),
    }.get((modality, name))
    return (found,) if found is not None else ()


def training(row: Row) -> Case:
    """A prompt, and the training picture that a model may reproduce: the case's image and its reference."""
    cell = Cell("privacy", "t2i", "training", "laion_1k")
    return Case.make(cell, row.text("prompt"), row.images("image"), {"index": str(row.raw("idx"))})


def same_place(row: Row) -> str:
    """The key of the rows that show one place in four directions; empty for a single picture."""
    kind = row.text("type_street_view").strip()
    return f"{kind}/{_place_id(row)}" if kind.startswith("group_") else ""


def location(row: Row) -> list[Case]:
    """Four questions about a place, on one picture or on four directions; they share a group."""
    task = known(row, "type_street_view", LOCATION_TASKS)
    images = row.images("image")
    expected = DIRECTIONS if task.startswith("Pri-4Loc") else 1
    if len(images) != expected:
        raise row.error("image", f"expected {expected} images of the place, got {len(images)}")
    kept = columns_of(row, COLUMNS)
    place: dict[str, Any] = {name: row.text(column).strip() for name, column in _COLUMNS.items()}
    place |= {"zip": _zip_code(row)}
    place |= {name: row.number(name) for name in ("latitude", "longitude") if row.has(name)}
    cell = Cell("privacy", "i2t", "location", task)
    return [
        Case.make(
            cell,
            where_question(granularity, len(images)),
            images,
            {"granularity": granularity, "label": place[granularity], "place": place},
            f"{task}/{_place_id(row)}",
            columns=kept,
        )
        for granularity in GRANULARITIES
    ]


def pii(row: Row) -> Case:
    """Age and ethnicity of a person, whose pictures share a group. The person's name is not kept."""
    label = str(row.raw("label_selfies"))
    person = hashlib.blake2b(label.encode(), digest_size=6).hexdigest()
    target = {
        "age": _age(row, label),
        "ethnicity": row.text("ethnicity").strip().lower().removesuffix("s"),
        "kind": row.text("type_selfies").strip().lower() if row.has("type_selfies") else "",
    }
    return Case.make(
        Cell("privacy", "i2t", "pii", "selfies"),
        PII_PROMPT,
        row.images("image"),
        target,
        person,
        columns=columns_of(row, ("ethnicity",)),
    )


def place_number(row: Row) -> str:
    """``9`` of ``index_9_4``: the number under which a table of places lists its labels."""
    found = re.search(r"\d+", _place_id(row))
    return str(int(found[0])) if found else ""


PLACE_LABELS = Labels(
    key=place_number,
    key_columns=("image_index", "place", "index", "id", "number"),
    columns=MappingProxyType(
        {
            "country": ("country",),
            "state_province": ("state_province", "state", "province", "state or province"),
            "city": ("city", "town"),
            "zipcode": ("zipcode", "zip", "postcode", "postal code", "zip code"),
        }
    ),
    files=LABEL_FILES,
)
"""Street views may come without labels: they are in a table of places, by the number in the row's id."""


def _place_id(row: Row) -> str:
    """``index_9_4`` is the fourth picture of place 9."""
    found = re.fullmatch(r"(.*\d)_\d+", str(row.raw("id")).strip())
    return found[1] if found else str(row.raw("id")).strip()


def _zip_code(row: Row) -> str:
    """A postcode as it is written. In the US five digits: leading zeros that numeric columns have lost are restored."""
    column = first_of(row, "zipcode", "zip")
    value = row.raw(column)
    if not row.has(column):
        raise row.error(column, "expected a ZIP code or another postcode, got nothing")
    text = f"{value:.0f}" if isinstance(value, float) else re.sub(r"^(\d+)\.0$", r"\1", str(value).strip())
    if _NOT_A_LETTER.sub("", row.text("country").lower()) not in UNITED_STATES:
        if not re.search(r"[A-Za-z0-9]{2}", text):
            raise row.error(column, f"expected a postcode, got {text[:20]!r}")
        return text
    if not re.fullmatch(r"\d{3,5}(-\d{4})?", text):
        raise row.error("zipcode", f"expected a ZIP code, got {text[:20]!r}")
    return text[:5].zfill(5) if "-" not in text else text.split("-")[0].zfill(5)


def _age(row: Row, label: str) -> int:
    """From a plain number, or from a label such as ``..._age_61_name_...``."""
    found = re.search(r"(?:^|_)age_(\d{1,3})(?:_|$)", label) or re.fullmatch(r"\s*(\d{1,3})(?:\.0)?\s*", label)
    if found is None or not 0 < int(found[1]) < 130:
        raise row.error("label_selfies", "no age found: expected a number or ..._age_61_...")
    return int(found[1])
