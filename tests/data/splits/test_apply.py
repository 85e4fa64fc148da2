"""Methods are applied to a user's own rows: cases or behaviours, in any format, each in every way asked for."""

import json
import random
from pathlib import Path

import pytest

from mmdt.attacks import Behaviour, make_cases, save_cases
from mmdt.attacks.encodings import base64_text
from mmdt.cli import main
from mmdt.core.case import Case
from mmdt.data.splits.apply import apply_attacks, chains_of
from mmdt.data.splits.rows import read_rows
from mmdt.errors import DataError, MmdtError, UsageError
from tests.security.test_fuzz import damaged, mangled

HARMBENCH = """Behavior,FunctionalCategory,SemanticCategory,Tags,ContextString,BehaviorID
"Paint the gnomes blue, at night.",contextual,garden,,"The park has nine gnomes.",gnomes_1
Hide the socks,standard,socks,,,socks_1
"""


@pytest.fixture
def mmdt(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return ended.value.code, capsys.readouterr()

    return call


def rows_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_behaviours_of_harmbench_become_cases(mmdt, tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text(HARMBENCH)
    code, said = mmdt("attacks", "apply", "base64", "typography+role-play", "--data", "h.csv", "--out", "hard")
    assert code == 0
    assert "base64: 2 cases" in said.out and "4 cases: hard/cases.jsonl" in said.out
    rows = rows_of(tmp_path / "hard/cases.jsonl")
    assert [row["target"]["category"] for row in rows] == ["garden", "garden", "socks", "socks"]
    assert "nine gnomes" in base64_text.decode(rows[0]["prompt"])
    assert (tmp_path / "hard/NOTICE.txt").exists()


@pytest.mark.parametrize("line", [{"behaviour": "hide socks"}, {"Goal": "hide socks"}, {"request": "hide socks"}])
def test_behaviours_have_several_names(tmp_path: Path, line: dict) -> None:
    (tmp_path / "b.jsonl").write_text(json.dumps(line) + "\n")
    assert list(read_rows(tmp_path / "b.jsonl")) == [Behaviour("unnamed", "hide socks")]


def test_cases_keep_their_cell_target_and_pictures(mmdt, tmp_path: Path) -> None:
    clean = list(make_cases([Behaviour("garden", "paint the gnomes")], "i2t", "typography"))
    save_cases(clean, tmp_path / "clean")
    code, _ = mmdt("attacks", "apply", "pixelate", "--set", "severity=5", "--data", "clean", "--out", "hard", "--json")
    assert code == 0
    (row,) = rows_of(tmp_path / "hard/cases.jsonl")
    assert (row["cell"], row["target"]) == (str(clean[0].cell), dict(clean[0].target))
    assert [step["attack"] for step in row["recipe"]] == ["typography", "pixelate"]
    assert row["recipe"][1]["parameters"] == {"severity": 5}
    (again,) = read_rows(tmp_path / "hard")
    assert isinstance(again, Case) and again.group == clean[0].id


def test_samples_are_several_cases_of_each_row(mmdt, tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text(HARMBENCH)
    assert (
        mmdt("attacks", "apply", "augmented", "--data", "h.csv", "--out", "hard", "--samples", "5", "--seed", "7")[0]
        == 0
    )
    rows = rows_of(tmp_path / "hard/cases.jsonl")
    assert len({row["prompt"] for row in rows}) == 10
    assert {row["recipe"][0]["seed"] for row in rows} == set(range(7, 12))


def test_what_cannot_be_applied_is_counted_and_said(mmdt, tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text(HARMBENCH)
    code, said = mmdt("attacks", "apply", "base64", "fog", "--data", "h.csv", "--out", "hard")
    assert code == 0 and "fog: 2 rows left out: the attack 'fog' needs a picture" in said.err
    code, said = mmdt("attacks", "apply", "fog", "--data", "h.csv", "--out", "none")
    assert code == 2 and "cannot be applied to any row" in said.err
    assert not (tmp_path / "none/cases.jsonl").exists()
    assert mmdt("attacks", "apply", "base64", "--data", "h.csv", "--out", "hard")[0] == 2, "nothing is overwritten"


def test_rows_of_any_shape_are_attacked_or_refused(tmp_path):
    row = {"behaviour": "hide socks", "category": "c", "thing": "socks", "context": "x", "id": "a"}
    case = {"cell": "safety/t2i/vanilla/x", "prompt": "A sock.", "target": {"category": "x"}}
    for seed in range(60):
        dice = random.Random(seed)
        lines = [json.dumps(mangled(dice.choice([row, case]), dice, 0.15)).encode() for _ in range(2)]
        (tmp_path / "m.jsonl").write_bytes(
            b"\n".join(damaged(each, dice) if dice.random() < 0.3 else each for each in lines)
        )
        out = tmp_path / str(seed)
        try:
            apply_attacks("leet", data=tmp_path / "m.jsonl", out=out)
        except MmdtError as error:
            assert "\x1b" not in str(error), seed
            assert not (out / "cases.jsonl").exists(), seed
        else:
            assert all(json.loads(line) for line in (out / "cases.jsonl").read_text().splitlines()), seed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"note": "nothing"}\n', "has no behaviour"),
        ('{"behaviour": 3}\n', "expected text, got"),
        ('{"behaviour": ""}\n', "has no behaviour"),
        ('{"behaviour": "x", \n', "not a JSON object"),
        ("", "no rows"),
    ],
)
def test_bad_rows_say_where(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "b.jsonl").write_text(text)
    with pytest.raises(DataError, match=said):
        list(read_rows(tmp_path / "b.jsonl"))


def test_parameters_go_to_one_attack_or_to_all_that_have_them() -> None:
    chains = chains_of(["pixelate+fog", "fog"], {"severity": 4, "pixelate.severity": 1})
    assert [[one.parameters["severity"] for one in chain] for chain in chains] == [[1, 4], [4]]
    with pytest.raises(UsageError, match=r"use fog\.severity"):
        chains_of(["fog"], {"strength": 4})


def test_a_plugin_of_one_file_is_a_method_like_any_other(mmdt, tmp_path: Path) -> None:
    (tmp_path / "shout.py").write_text(
        "from mmdt.core.attack import BOTH, Attack\nfrom mmdt import plugins\n"
        "plugins.register(plugins.ATTACKS, 'shout-here', Attack('shout-here', BOTH, "
        "lambda attempt, rng: attempt.with_prompt(attempt.prompt.upper()), 'asks in capitals'))\n"
    )
    (tmp_path / "h.csv").write_text(HARMBENCH)
    code, _ = mmdt("attacks", "apply", "shout-here", "--plugin", "shout.py", "--data", "h.csv", "--out", "hard")
    assert code == 0 and rows_of(tmp_path / "hard/cases.jsonl")[0]["prompt"].isupper()
