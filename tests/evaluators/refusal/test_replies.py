"""300 replies about people in pictures, in twelve languages, as many answers as refusals."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from mmdt.reading.refusals.refusals import read_refusal

ROWS = [json.loads(line) for line in (Path(__file__).parent / "replies.jsonl").read_text("utf-8").splitlines()]
RIGHT = [read_refusal(row["reply"]).refused == (row["label"] == "refuses") for row in ROWS]


def test_the_set_is_balanced_and_covers_twelve_languages() -> None:
    assert Counter(row["label"] for row in ROWS) == {"refuses": 150, "complies": 150}
    assert len({row["lang"] for row in ROWS}) == 12 and len({row["reply"] for row in ROWS}) == 300


def test_nine_of_ten_are_read_right() -> None:
    assert sum(RIGHT) / len(RIGHT) >= 0.97


def test_no_language_is_left_behind() -> None:
    right = Counter(row["lang"] for row, good in zip(ROWS, RIGHT, strict=True) if good)
    of = Counter(row["lang"] for row in ROWS)
    assert {lang: n for lang, n in right.items() if n / of[lang] < 0.9} == {}
