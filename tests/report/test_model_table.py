"""The table of models: every format escapes what it would read as markup, and holds the same numbers."""

import csv
import io
import json

from mmdt.core.estimate import Estimate
from mmdt.report.export.model_table import FORMATS, ModelRow, ModelTable, Number

EVIL = "=cmd|' \\input{x} & 50% $x$ #1_a {b} | <b>*bold*</b>\x1b[31m\nnext"
NAN = float("nan")


def table(count=2, name=EVIL):
    numbers = tuple(Number(f"a/i2t/s{each}", "HGR", f"Harm {each}", True, "lower") for each in range(count))
    values = tuple(Estimate("HGR", 0.125, 0.1, 0.15, 80, 40, 1, "lower", "Wilson") for _ in numbers)
    return ModelTable(numbers, (ModelRow(name, "runs/a", values), ModelRow("b", "runs/b", (None,) * count, False)))


def test_latex_is_booktabs_and_cannot_be_broken_out_of():
    text = FORMATS["latex"](table())
    assert text.index(r"\toprule") < text.index(r"\midrule") < text.index(r"\bottomrule")
    row = next(line for line in text.splitlines() if "cmd" in line)
    assert row.count(" & ") == 2 and row.endswith(r"\\")
    assert r"\textbackslash{}input\{x\} \& 50\% \$x\$ \#1\_a" in row and "\x1b" not in text
    assert r"12.5\% [10.0, 15.0] (1 missing)" in row
    assert "b (incomplete) & -- & --" in text


def test_markdown_has_one_line_for_each_row():
    lines = FORMATS["markdown"](table()).splitlines()
    row = next(line for line in lines if "cmd" in line)
    assert row.replace("\\|", "").count("|") == 4 and "<b>" not in row and "\\<b\\>" in row


def test_csv_is_guarded_and_not_rounded():
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](table()))))
    assert len(rows) == 2 and rows[0]["model"] == f"'{EVIL}" and float(rows[0]["value"]) == 0.125
    assert rows[0]["low"] == "0.1" and rows[0]["missing"] == "1" and rows[0]["complete"] == "True"


def test_json_and_text():
    assert json.loads(FORMATS["json"](table()))["rows"][0]["value"] == 0.125
    text = FORMATS["text"](table())
    assert "12.5% [10.0, 15.0]" in text and "\x1b" not in text


def test_many_numbers_are_the_rows():
    lines = FORMATS["markdown"](table(9, "one")).splitlines()
    assert lines[0].startswith("| Number | one | b") and len([each for each in lines if "Harm" in each]) == 9
