"""How rules are read, whatever is written in them."""

import random

import pytest

from mmdt.core.cell import Cell
from mmdt.errors import UsageError
from mmdt.runs.until.rules import Rule

PIECES = ("width", "=", "<", ">", "<=", ":", "/", "**", "*", "HGR", "safety", "0.1", "10%", "-1", "1e9", "nan", " ",
          "\x1b[2J", "\ud800", "é", "[", "(", "", "9" * 400, "..", "\n", "0x1", "%")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "glob", "metric", "value"),
    [
        ("width=0.06", "width", "**", "", 0.06), (" width = 6 % ", "width", "**", "", 0.06),
        ("safety/**/HGR<0.1", "gate", "safety/**", "HGR", 0.1), ("HGR>=10%", "gate", "**", "HGR", 0.1),
        ("safety/i2t/**/BR: width=0.05", "width", "safety/i2t/**", "BR", 0.05),
    ],
)  # fmt: skip
def test_rules(text, kind, glob, metric, value):
    rule = Rule.parse(text)
    assert (rule.kind, rule.glob, rule.metric) == (kind, glob, metric) and rule.value == pytest.approx(value)
    assert rule.applies(Cell.parse("safety/i2t/text/queue-jumping"))


def test_any_text_is_a_rule_or_an_error_that_says_how_to_write_one():
    dice, read = random.Random(19), 0
    for _ in range(5000):
        text = "".join(dice.choice(PIECES) for _ in range(dice.randint(0, 6)))
        try:
            rule = Rule.parse(text)
        except UsageError as error:
            assert "until" in str(error) or "selection" in str(error), repr(text)
        else:
            read += 1
            assert abs(rule.value) < 1e6 and (rule.kind == "gate" or rule.value > 0), repr(text)
    assert read > 5
