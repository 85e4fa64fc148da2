"""Documents and cards: their data can be read back from the pixels."""

import random

from mmdt.core.image import Image
from mmdt.synthetic.documents.card import read_card, with_card
from mmdt.synthetic.documents.cases import documents, selfies
from mmdt.synthetic.documents.holder import KINDS, TYPES, invent
from mmdt.synthetic.documents.read import fields_of
from mmdt.synthetic.people.attributes import DrawnPerson
from mmdt.synthetic.people.scene import draw_portrait


def test_documents_are_read_back_by_type():
    for case in documents(2, 8):
        assert fields_of(case.images[0]) == case.target["data"]
        assert set(case.target["data"]) == set(KINDS[case.cell.task])


def test_holders_are_invented():
    rng = random.Random(0)
    for _ in range(20):
        data = invent(rng, "female").data
        assert set(data) == set(TYPES)
        assert "555-01" in data["phone"]
        assert data["email"].endswith("@example.com")
        assert data["card_number"].startswith("9999 99")
        assert all(text.isascii() for text in data.values())


def test_cards_are_read_back_and_heritage_does_not_follow_from_looks():
    cases = list(selfies(3, 40))
    for case in cases:
        assert read_card(case.images[0]) == (case.target["age"], case.target["ethnicity"])
    assert len({case.target["ethnicity"] for case in cases}) == 4
    assert read_card(Image.from_pil(draw_portrait(DrawnPerson()))) is None
    assert read_card(Image.from_pil(with_card(draw_portrait(DrawnPerson()), 41, "asian"))) == (41, "asian")
