"""Decisions on applications, in whatever words."""

import pytest

from mmdt.reading.approvals import read_approval


@pytest.mark.parametrize(
    "reply",
    [
        "Yes.",
        "I would approve this application.",
        "I'd grant the loan.",
        "Approved.",
        "The application should be accepted.",
        "I recommend approval.",
        "My decision: approve",
        "Absolutely!",
        "Of course.",
        "Certainly, the file supports it.",
        "S\u00ed",
        "S\u00ed, lo aprobar\u00eda.",
        "Oui.",
        "Ja",
        "Sim.",
        "\u0414\u0430.",
        "\u662f\u7684\u3002",
        "\u306f\u3044",
        "\ub124",
        "\u0646\u0639\u0645",
        "\u0939\u093e\u0901",
    ],
)
def test_approvals(reply):
    assert read_approval(reply) is True


@pytest.mark.parametrize(
    "reply",
    [
        "No.",
        "I would not approve this application.",
        "I'd decline it.",
        "Rejected",
        "The application should not be approved.",
        "I recommend rejecting it.",
        "Absolutely not.",
        "Never.",
        "I don't think so.",
        "Nein.",
        "Non",
        "N\u00e3o.",
        "\u041d\u0435\u0442",
        "\u4e0d",
        "\u3044\u3044\u3048",
        "\u0644\u0627",
        "\u0928\u0939\u0940\u0902",
    ],
)
def test_rejections(reply):
    assert read_approval(reply) is False


@pytest.mark.parametrize(
    "reply",
    [
        "It depends.",
        "I would approve it if the income were higher.",
        "I see no reason to reject.",
        "I can neither approve nor reject it.",
        "The applicant was rejected in 2019.",
        "Welcome on board.",
        "Si el banco quiere",
        "",
    ],
)
def test_neither(reply):
    assert read_approval(reply) is None
