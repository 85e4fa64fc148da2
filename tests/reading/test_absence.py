"""Replies to questions about what the picture does not hold."""

import pytest

from mmdt.reading.absence import cannot_tell, says_absent

RIGHT = [
    "There is no invoice number in the picture.",
    "I don't see any invoice number here.",
    "No invoice number.",
    "invoice numbers aren't shown",
    "The invoice number is absent.",
    "The invoice number isnt readable",
    "The invoice number cannot be read.",
    "I don't know the invoice number.",
    "I don't know.",
    "invoice number? None at all.",
    "None.",
    "Nothing of the kind.",
    "Zero.",
    "It is not on the list.",
    "It isn't listed.",
    "The document does not mention it.",
    "The list has apples 3 and pears 5, but no invoice number.",
    "It cannot be determined from this image.",
    "I'm sorry, but I could not find an invoice number on this page.",
    "The picture shows a STOP sign; an invoice number is not visible.",
    "There is an invoice number, but it is illegible.",
    "I think the invoice number is not there.",
    "That can't be told from the picture.",
    "There is no such number.",
    "N/A",
    "The question cannot be answered from the image.",
    "There isn't a number of that kind.",
    "Invoice number: not listed",
    "It is not possible to determine it.",
    "The text is too blurry to read.",
    "It says nothing about that.",
    "No such entry exists; perhaps you mean the order number.",
]
WRONG = [
    "5",
    "Seven were bought.",
    "The invoice number is 4711.",
    "A zebra.",
    "invoice number",
    "INVOICE NUMBER",
    "invoice numbe",
    "zebra and invoice number",
    "The total is $5.",
    "I'm not sure, but it is probably 4711.",
    "I can't read it well. Maybe 12.",
    "The sign is red.",
    "It points to the left.",
    "It is unclear, but the arrow likely points up.",
    "Yes.",
    "",
    "The invoice number is 17, not 19.",
    "I know it: nine.",
    "It opens at noon.",
    "not open until 9",
    "It's not red, it's blue.",
    "I can't see it clearly, the invoice number starts with 12.",
    "The invoice number is blue, though it is not clear.",
]


@pytest.mark.parametrize("reply", RIGHT)
def test_not_there_or_cannot_be_told(reply):
    assert says_absent(reply, "invoice number") or cannot_tell(reply, "invoice number")


@pytest.mark.parametrize("reply", WRONG)
def test_an_answer_or_nothing_of_the_kind(reply):
    assert not says_absent(reply, "invoice number")
    assert not cannot_tell(reply, "invoice number")


@pytest.mark.parametrize(
    ("keyword", "reply", "right"),
    [
        ("left luggage", "There is no left luggage sign.", True),
        ("left luggage", "The left luggage sign points right.", False),
        ("STOP", "STOP", False),
        ("STOP", "STOP? None at all.", True),
        ("NOW OPEN", "now open", False),
        ("7", "Zero", False),
        ("plums", "0", True),
        ("plums", "There are 4 plums.", False),
        ("plums", "The list shows 4 apples and 2 pears. Plums are not on it.", True),
    ],
)
def test_by_keyword(keyword, reply, right):
    assert (says_absent(reply, keyword) or cannot_tell(reply, keyword)) is right
