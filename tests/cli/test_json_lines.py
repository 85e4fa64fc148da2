"""`--json`: every line of stdout is one object without duplicate keys or NaN, and says by `kind` what it is."""

import json

import pytest

import mmdt as api
from mmdt.cli import main
from mmdt.cli.streams import json_line


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = []
    for model in ("demo", "demo-flaky"):
        folder = tmp_path_factory.mktemp(model) / "a run & 100% of it"
        api.run(f"organism/{model}", select="safety/i2t/typography", size=2, out=folder)
        made.append(str(folder))
    return made


def once(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), names
    return dict(pairs)


CALLS = {
    "show {a}": "scorecard",
    "show {b} --by behaviour": "slice",
    "report {a} -o {out}/a.html": "report",
    "report {a} {b} -o {out}/b.html": "comparison",
    "report {a} --framework iso-42001 -o {out}/c.html": "frameworks",
    "compare {a} {b} --cells --margin 0.1": "comparison",
    "compare {parent}": "comparison",
    "gate {b} --baseline {a} --rules {rules}": "gate",
    "explain {a} {b}": "explanation",
    "plan --from {b} --gate 0.1": "plan",
    "judges {a}": "judges",
    "judges {a} --stability 2": "stability",
    "verify {a}": "verification",
    "export {b} {out}/b.csv": "outputs",
    "resume {a}": "scorecard",
    "list cells": "list",
    "benchmarks list": "list",
}


@pytest.mark.parametrize("call", CALLS)
def test_each_line_is_an_object_of_a_kind(folders, tmp_path, capsys, call):
    rules = tmp_path / "gate.toml"
    rules.write_text('[[rule]]\nnumber = "safety/**"\nmetric = "HGR"\nmax_worse = 0.2\n[[rule]]\nmax_missing = 0.5\n')
    places = {
        "a": folders[0],
        "b": folders[1],
        "out": tmp_path,
        "rules": rules,
        "parent": folders[0].rpartition("/")[0],
    }
    with pytest.raises(SystemExit) as ended:
        main([each.format(**places) for each in call.split()] + ["--json"])
    out, err = capsys.readouterr()
    assert ended.value.code in (0, 3), err
    lines = [json.loads(line, parse_constant=pytest.fail, object_pairs_hook=once) for line in out.splitlines()]
    assert lines[-1]["kind"] == CALLS[call]
    assert {line["kind"] for line in lines[:-1]} <= {"progress", "framework", "slice"}


def test_a_number_that_does_not_exist_is_null():
    found = json_line({"a": float("nan"), "b": [1.5, float("-inf")], "c": {"d": (float("nan"), "NaN")}})
    assert json.loads(found) == {"a": None, "b": [1.5, None], "c": {"d": [None, "NaN"]}} and "\n" not in found
