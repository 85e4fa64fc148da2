"""Rules as people write them, and their mistakes."""

import random
import string

import pytest

from mmdt.errors import MmdtError, UsageError
from mmdt.stats.gate.noise import Noisy
from mmdt.stats.gate.rules import GateRule, GateRules


def test_a_file_with_its_lines(tmp_path):
    path = tmp_path / "gate.toml"
    path.write_text(
        '# mine\n[[rule]]\nnumber = "a/**"\nmax = 0.1\n\n[[ rule ]] # second\nnumber = ["b", "c"]\nmin = 1\n'
    )
    found = GateRules.read(path)
    assert [each.line for each in found.rules] == [2, 6]
    assert found.rules[1].number == ("b", "c") and found.rules[1].limit == 1.0
    assert [each.name for each in found.rules] == ["rule 1", "rule 2"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no rules"),
        ("x = 1", "unknown key 'x'"),
        ("[[rule]]", "one demand, this one has 0"),
        ("[[rule]]\nmax = 1\nmin = 0", "one demand, this one has 2"),
        ("[[rule]]\nmax_wors = 1", "did you mean max_worse"),
        ("[[rule]]\nmax = true", "max is a number"),
        ("[[rule]]\nmax = nan", "must be a number"),
        ("[[rule]]\nmax = 'x'", "max is a number"),
        ("[[rule]]\nmax = " + "9" * 400, "max is a number|not valid TOML"),
        ("[[rule]]\nmax_worse = -0.1", "must not be negative"),
        ("[[rule]]\nmax_missing = 2", "is a share"),
        ("[[rule]]\nmax_missing = 0.1\nmetric = 'HGR'", "counts outputs"),
        ("[[rule]]\ncomplete = false", "can only be demanded"),
        ("[[rule]]\ncomplete = true\nnumber = 'a'", "the whole run"),
        ("[[rule]]\nmax = 1\nlevel = 'task'", "unknown level"),
        ("[[rule]]\nmax = 1\nnumber = []", "a glob"),
        ("[[rule]]\nmax = 1\nname = 3", "name is a text"),
        ("different_judges = 1\n[[rule]]\nmax = 1", "true or false"),
        ("rule = 3", "no rules"),
        ("rule = [3]", "a rule is a table"),
        ("[[rule", "not valid TOML"),
    ],
)
def test_mistakes_say_what_and_where(tmp_path, text, said):
    path = tmp_path / "gate.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=said) as error:
        GateRules.read(path)
    assert error.value.where


def test_a_file_that_is_none(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(UsageError, match="file of rules"):
            GateRules.read(path)


def test_files_of_any_shape_are_an_error_of_the_user(tmp_path):
    dice = random.Random(7)
    proper = '[[rule]]\nname = "x"\nnumber = ["safety/**"]\nmetric = "HGR"\nmax = 0.1\n[[rule]]\ncomplete = true\n'
    path = tmp_path / "gate.toml"
    read = 0
    for _ in range(2_000):
        text = list(proper)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(text))
            text[at : at + dice.randint(0, 3)] = dice.choices(string.printable, k=dice.randint(0, 4))
        path.write_bytes("".join(text).encode() if dice.random() < 0.9 else dice.randbytes(40))
        try:
            GateRules.read(path)
            read += 1
        except MmdtError as error:
            assert str(error).count("\n") == 0
    assert 0 < read < 2_000


@pytest.mark.parametrize(
    ("globs", "address", "level", "selected"),
    [
        (("**",), "safety/i2t/text", "scenario", True),
        (("**",), "safety/i2t/text/socks", "cell", False),
        (("safety",), "safety/i2t", "summary", True),
        (("safety/i2t",), "safety/i2t/text", "scenario", True),
        (("safety/*/text",), "safety/i2t/text", "scenario", True),
        (("safety/i2t/text/socks",), "safety/i2t/text/socks", "cell", True),
        (("privacy/**", "safety/t2i/*"), "safety/i2t/text", "scenario", False),
        (("safety/[it]2t/te?t",), "safety/i2t/text", "scenario", True),
    ],
)
def test_what_a_rule_selects(globs, address, level, selected):
    assert GateRule(number=globs, max=0.1).selects(address, level) is selected


def test_p_is_that_of_the_interval():
    """Exactly 0.05 where the interval ends on the limit; 1 where the value is within it."""
    found = Noisy(0.3, 0.2, 0.42, 41, 0.3, 0.3)
    assert found.p_above(0.2) == pytest.approx(0.05)
    assert found.negative.p_above(-0.42) == pytest.approx(0.05)
    assert found.p_above(0.3) == 1.0
    assert found.p_above(0.1) < 0.001


def test_missing_outputs_never_make_a_fail():
    """Half are missing: the value is far above the limit, and everything missing could have been below it."""
    found = Noisy(0.5, 0.1, 0.9, 100, 0.25, 0.75)
    assert found.p_above(0.3) == 1.0
    assert found.p_above(0.2) > 0.05


def test_what_was_seen_once_is_possible():
    assert Noisy(0.01, 0.0, 0.05, 100, 0.01, 0.01, floor=0.0).p_above(0.0) == 0.0
    assert Noisy(0.01, 0.0, 0.05, 100, 0.01, 0.01).p_above(0.0) > 0.05
