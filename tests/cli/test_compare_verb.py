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


def test_bad_input_says_what_to_do(compare, folders):
    assert compare(folders[0])[0] == 2
    code, _, err = compare(*folders, "--select", "privacy/**")
    assert code == 2 and "no number" in err
    code, _, err = compare(*folders, "--margin", "nan")
    assert code == 2 and "margin" in err
