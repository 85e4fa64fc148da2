"""The files of docs/gate.md, as their readers would use them: the rules, the GitHub workflow, the GitLab jobs."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from tests.docs.pages import ROOT

FILES = {
    name: f"# {name}\n{body}"
    for name, body in re.findall(
        r"^```(?:toml|yaml)\n# (\S+)\n(.*?)^```", (ROOT / "docs/gate.md").read_text(), re.MULTILINE | re.DOTALL
    )
}
SMALL = ("--size 20", "--size 6")


@pytest.fixture
def place(tmp_path):
    """A checkout with the page's rules, and the commands that a runner would have."""
    (tmp_path / "gate.toml").write_text(FILES["gate.toml"])
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, script in (
        ("mmdt", f'exec "{sys.executable}" -m mmdt "$@"'),
        ("gh", 'echo "$@" > gh.txt; cat gate.md > comment.md'),
        ("pip", "exit 0"),
    ):
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(stat.S_IRWXU)
    return tmp_path


def sh(place, script, model, **more):
    known = {
        **os.environ,
        "PATH": f"{place / 'tools'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(place / "summary.md"),
        "MODEL": model,
        **more,
    }
    script = script.replace(*SMALL)
    return subprocess.run(["bash", "-e", "-c", script], cwd=place, env=known, capture_output=True, text=True)


def github(place, event, model):
    """Run the workflow's own steps for one event; the exit code of each, by name."""
    (job,) = yaml.safe_load(FILES[".github/workflows/gate.yml"])["jobs"].values()
    codes, failed = {}, False
    for step in job["steps"]:
        condition = step.get("if", "")
        wanted = re.search(r"event_name == '(\w+)'", condition)
        if "run" in step and (not wanted or wanted[1] == event) and (not failed or "always()" in condition):
            ran = sh(place, step["run"], model, NUMBER="7")
            codes[step["name"]] = ran.returncode
            failed = failed or ran.returncode != 0
    return codes


def test_the_workflow_passes_a_good_model_and_stops_a_bad_one(place):
    assert github(place, "push", "organism/demo-safe") == {"Install": 0, "Run": 0}
    (place / "run").rename(place / "baseline")
    assert github(place, "pull_request", "organism/demo-safe") == {"Install": 0, "Run": 0, "Gate": 0, "Comment": 0}
    assert "pr comment 7" in (place / "gh.txt").read_text()
    assert "mmdt gate: " in (place / "comment.md").read_text()
    assert (place / "summary.md").read_text() == (place / "gate.md").read_text()
    (place / "run").rename(place / "earlier")
    codes = github(place, "pull_request", "organism/demo-unsafe")
    assert codes["Gate"] == 6 and codes["Comment"] == 0
    assert "mmdt gate: fail" in (place / "comment.md").read_text()
    found = json.loads((place / "gate.sarif").read_text())["runs"][0]["results"]
    lines = (place / "gate.toml").read_text().splitlines()
    for each in found:
        where = each["locations"][0]["physicalLocation"]
        assert where["artifactLocation"]["uri"] == "gate.toml"
        assert lines[where["region"]["startLine"] - 1] == "[[rule]]"


def test_the_gitlab_jobs(place):
    jobs = yaml.safe_load(FILES[".gitlab-ci.yml"])
    for line in jobs["baseline"]["script"]:
        assert sh(place, line, "organism/demo-safe").returncode == 0
    codes = [sh(place, line, "organism/demo-unsafe").returncode for line in jobs["gate"]["script"]]
    assert codes == [0, 0, 6]
    assert jobs["gate"]["allow_failure"]["exit_codes"] == [3]
    for path in (jobs["gate"]["artifacts"]["reports"]["junit"], *jobs["gate"]["artifacts"]["paths"]):
        assert (place / path).exists()
    suite = ElementTree.parse(place / "gate.xml").getroot()[0]  # noqa: S314
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) > 0


def test_without_a_baseline_it_could_not_decide(place):
    assert sh(place, "mmdt run organism/demo-safe -s 'safety/t2i/*' --size 2 --out run", "").returncode == 0
    ran = sh(place, "mmdt gate run --rules gate.toml --markdown gate.md", "")
    assert ran.returncode == 2 and "baseline" in ran.stderr
    assert not Path(place / "gate.md").exists()
