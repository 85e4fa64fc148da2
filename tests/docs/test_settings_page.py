"""The page about settings names every setting there is, with its default, and no other."""

import re
from dataclasses import MISSING, fields

import pytest

from mmdt.runs.settings import AUTO, Settings
from tests.docs.pages import ROOT

ROW = re.compile(r"^\| (`\w+`(?:, `\w+`)*) \| ?([^|]*?) ?\|", re.MULTILINE)
STANDS_FOR = {
    "`**`": ("**",),
    f"`{AUTO}`": AUTO,
    "`local`": "local",
    "`keep`": "keep",
    "`majority`": "majority",
    "`none`": "none",
    '`["input", "output"]`': ("input", "output"),
    "true": True,
    "false": False,
}
NOT_GIVEN = ("", None, (), {}, MISSING)


def told():
    page = (ROOT / "docs/settings.md").read_text()
    return {name: default for names, default in ROW.findall(page) for name in re.findall(r"`(\w+)`", names)}


def test_every_setting_is_told_and_no_other():
    assert set(told()) == {field.name for field in fields(Settings)}


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_its_default_is_the_one_told(field):
    text = told()[field.name]
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    if default in NOT_GIVEN:
        assert not re.search(r"\d|true|false", text)  # words: what happens where it is not given
    else:
        assert STANDS_FOR.get(text, text) in (default, f"{default:g}" if isinstance(default, int | float) else None)
