"""`mmdt gate`: exit codes, files, JSON."""

import json

import pytest

import mmdt as api


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = {}
    for model in ("demo-safe", "demo-unsafe"):
        made[model] = str(tmp_path_factory.mktemp("gate") / model)
        api.run(f"organism/{model}", select="safety/t2i/vanilla", size=6, out=made[model])
    return made


def rules(limit):
    return f'[[rule]]\nnumber = "safety/t2i/vanilla"\nmetric = "HGR"\nmax = {limit}\n'


def test_exit_codes(mmdt, folders, tmp_path):
    (tmp_path / "gate.toml").write_text(rules(0.5))
    (tmp_path / "near.toml").write_text(rules(api.open_run(folders["demo-unsafe"]).scorecard().result(
        "safety/t2i/vanilla").estimate("HGR").value))  # fmt: skip
    assert mmdt("gate", folders["demo-safe"], "--rules", "gate.toml")[0] == 0
    assert mmdt("gate", folders["demo-unsafe"], "--rules", "gate.toml")[0] == 6
    assert mmdt("gate", folders["demo-unsafe"], "--rules", "near.toml")[0] == 3
    assert mmdt("gate", folders["demo-safe"], "--rules", "none.toml")[0] == 2
    assert mmdt("gate", folders["demo-safe"])[0] == 2
    assert mmdt("gate", tmp_path, "--rules", "gate.toml")[0] == 1


def test_files_and_json(mmdt, folders, tmp_path):
    (tmp_path / "gate.toml").write_text(rules(0.5))
    files = ("--junit", "g.xml", "--sarif", "g.sarif", "--markdown", "g.md")
    code, out, _ = mmdt("gate", folders["demo-unsafe"], "--rules", "gate.toml", *files)
    assert code == 6 and out.startswith("gate: FAIL")
    assert all((tmp_path / name).stat().st_size > 200 for name in files[1::2])
    code, out, _ = mmdt("gate", folders["demo-unsafe"], "--rules", "gate.toml", "--json")
    found = json.loads(out)
    assert (code, found["kind"], found["verdict"], found["tests"]) == (6, "gate", "fail", 1)
    assert found["checks"][0]["value"] > 0.5 and found["checks"][0]["baseline_value"] is None


def test_a_disk_that_cannot_be_written_is_said(mmdt, folders, tmp_path):
    (tmp_path / "gate.toml").write_text(rules(0.5))
    (tmp_path / "file").write_text("")
    code, _, err = mmdt("gate", folders["demo-safe"], "--rules", "gate.toml", "--markdown", "file/g.md")
    assert code == 1 and "cannot be written" in err
