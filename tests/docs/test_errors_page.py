"""The errors that the page shows first are what mmdt says, and it says them where the page expects it."""

import re

import pytest

from mmdt.cli import main
from tests.docs.pages import ROOT

CELL = "--select safety/i2t/text/** --data embedded --size 2"
NOWHERE = "--base-url http://127.0.0.1:9/v1 --attempts 1 --timeout 2"
SAID = {
    "no key in OPENAI_API_KEY": f"run openai/gpt-4o {CELL} --judge openai/gpt-4o",
    "needs an evaluator for the role": f"run openai/gpt-4o {CELL}",
    "unknown model runtime": f"run gpt-4o {CELL}",
    "nothing matches": "run organism/demo --select safty/**",
    "the folder already holds a run": f"run organism/demo {CELL} --out run",
    "is only good enough for organisms and embedded data": f"run openai/gpt-4o {CELL} --judge embedded",
    "this folder contains no run": "show .",
    "no data at": "run organism/demo --data nope.csv",
    "so --max-cost cannot be enforced": f"run openai/own {CELL} --judge openai/own {NOWHERE} --max-cost 5",
    "no connection to": f"run openai/own {CELL} --judge organism/demo {NOWHERE}",
    "unknown setting": f"run organism/demo {CELL} --set temprature=1",
}


def shown():
    page = (ROOT / "docs/errors.md").read_text()
    return re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)


def test_each_has_a_command_that_leads_to_it():
    assert shown() == list(SAID)


@pytest.mark.parametrize("message", SAID)
def test_it_is_said(message, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    if "--out" in SAID[message]:
        with pytest.raises(SystemExit):
            main(SAID[message].split())
    with pytest.raises(SystemExit) as ended:
        main(SAID[message].split())
    assert ended.value.code in (1, 2)
    assert message in capsys.readouterr().err
