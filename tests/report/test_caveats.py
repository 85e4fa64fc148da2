from __future__ import annotations

from mmdt.report.caveats import caveats_line


def test_nothing_to_say():
    assert caveats_line(()) == ""


def test_a_short_note_is_told_in_full_and_a_long_one_by_its_first_clause():
    long = "The model is an organism: " + "a small program with planted rates, " * 4
    assert caveats_line(["2 rows are left out: modality i2t."]) == "1 caveat: 2 rows are left out: modality i2t"
    assert caveats_line([long, "B. C."]) == "2 caveats: the model is an organism; b. C"


def test_an_address_is_no_clause():
    note = (
        "safety/i2t/x: the server rejected 3 of 9. If that is a filter, the numbers leave out the worst: " + "see " * 30
    )
    assert caveats_line([note]) == "1 caveat: safety/i2t/x: the server rejected 3 of 9"


def test_embedded_evaluators_are_named_together():
    notes = [f"Embedded {role}: suitable only for organisms and synthetic data" for role in ("judge", "ocr")]
    assert caveats_line([*notes, "Other."]) == "3 caveats: other; embedded judge, ocr"
