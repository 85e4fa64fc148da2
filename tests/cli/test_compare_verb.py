"""`mmdt compare`: text, JSON, CSV and LaTeX."""

import csv
import io
import json

import pytest

import mmdt as api
from mmdt.cli import main


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = []
    for model in ("demo-safe", "demo-unsafe", "demo"):
        out = tmp_path_factory.mktemp(model) / "run"
        api.run(f"organism/{model}", select="safety/t2i/vanilla", size=4, out=out)
        made.append(str(out))
    return made


@pytest.fixture
def compare(capsys):
    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["compare", *arguments])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return call


def test_text_says_the_difference_the_claim_and_the_ranks(compare, folders):
    code, out, _ = compare(*folders)
    assert code == 0
    assert "organism/demo-unsafe: +" in out and "; worse" in out
    assert "one family of" in out and "rank 1" in out


def test_json_csv_and_latex_hold_the_same_rows(compare, folders):
    rows = json.loads(compare(*folders, "--json")[1])["rows"]
    table = list(csv.DictReader(io.StringIO(compare(*folders, "--csv")[1])))
    assert [each["metric"] for each in rows] == [each["metric"] for each in table]
    known = [index for index, each in enumerate(rows) if each["value"] is not None]
    assert known and all(float(table[index]["value"]) == rows[index]["value"] for index in known)
    latex = compare(*folders, "--latex")[1]
    assert latex.count("\\\\\n") == len(rows) + 1


def test_latex_says_what_concerns_all_numbers_and_what_concerns_one(compare, folders, tmp_path):
    judged = tmp_path / "run"
    one = api.run("organism/demo-flaky", select="safety/t2i/vanilla", size=4, out=judged)
    lines = compare(folders[0], str(judged), "--latex")[1].splitlines()
    said = [line for line in lines if line.startswith("% ")]
    assert "booktabs" in said[0] and "Differences from organism/demo-safe" in said[1] and "one family of" in said[2]
    assert any("Incomplete" in line for line in said) and any("Embedded judge" in line for line in said)
    row = next(line for line in lines if line.startswith("Vanilla, Harmful") and "published" not in line)
    missing = one.scorecard().result("safety/t2i/vanilla").estimate().missing
    assert missing and f"; {missing} missing" in row


def test_a_summary_without_a_value_says_why(compare, folders):
    text = compare(*folders[:2])[1]
    head = next(at for at, line in enumerate(text.splitlines()) if "no value" in line)
    why = "no value in either run: 2 of its parts not run, or without a value"
    assert text.splitlines()[head + 1].strip() == why
    rows = json.loads(compare(*folders[:2], "--json")[1])["rows"]
    assert all(why in each["notes"] for each in rows if each["value"] is None)


def test_a_file_that_cannot_be_written_is_named(compare, folders, tmp_path):
    for runs in (folders[:2], [str(tmp_path)]):
        if len(runs) == 1:
            api.run("organism/demo-safe", select="safety/t2i/vanilla", size=1, out=tmp_path / "run")
        code, _, err = compare(*runs, "--out", str(tmp_path / "nowhere" / "table.txt"))
        assert code == 1 and "cannot be written" in err and "nowhere" in err and ".part" not in err


def test_bad_input_says_what_to_do(compare, folders):
    assert compare(folders[0])[0] == 2
    code, _, err = compare(*folders, "--select", "privacy/**")
    assert code == 2 and "no number" in err
    code, _, err = compare(*folders, "--margin", "nan")
    assert code == 2 and "margin" in err
