"""The verbs in sequence on organisms, as a user calls them."""

import json
import subprocess
import sys

import pytest

from mmdt.cli import main

RUN = ["run", "organism/demo", "-s", "safety/i2t/typography", "-s", "safety/t2i/vanilla", "--size", "3"]


@pytest.fixture
def mmdt(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return ended.value.code, capsys.readouterr().out

    return call


def test_a_run_and_all_its_verbs(mmdt, tmp_path):
    code, out = mmdt(*RUN, "--out", "first")
    assert code == 0
    assert "harmful content (HGR) ↓" in out
    assert "bypass rate (BR) ↓" in out
    shown = mmdt("show", "first")
    assert shown[0] == 0
    assert shown[1].splitlines()[:-1] == out.splitlines()
    assert "SAFETY" not in shown[1]
    assert "SAFETY" in mmdt("show", "first", "--full")[1]
    by_task = mmdt("show", "first", "--by", "task", "--select", "safety/i2t/**")
    assert by_task[0] == 0
    assert "safety/i2t/" in by_task[1] and "safety/t2i/" not in by_task[1]
    assert mmdt("show", "first", "--select", "privacy/**")[0] == 2
    assert mmdt("report", "first")[0] == 0
    assert "<html" in (tmp_path / "first/report.html").read_text()
    assert mmdt("resume", "first")[0] == 0
    assert mmdt("score", "first", "--judge", "embedded")[0] == 0
    for suffix in ("parquet", "csv", "jsonl"):
        assert mmdt("export", "first", tmp_path / f"out.{suffix}")[0] == 0
        assert (tmp_path / f"out.{suffix}").stat().st_size > 0


def test_json_lines_for_other_programs(mmdt):
    code, out = mmdt(*RUN, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [line["kind"] for line in lines][-1] == "scorecard"
    assert {line["kind"] for line in lines[:-1]} == {"progress"}
    assert (lines[-1]["complete"], lines[-1]["ended"], lines[-2]["done"]) == (True, "", 36)
    folder = lines[-1]["run"]
    for verb in (["show", folder], ["report", folder], ["report", folder, folder], ["export", folder, "all.csv"]):
        code, out = mmdt(*verb, "--json")
        assert (code, len(out.splitlines())) == (0, 1)
        assert {"kind"} < set(json.loads(out))


def test_a_plan_counts_the_requests_of_the_run(mmdt):
    code, out = mmdt("plan", *RUN[1:], "--json")
    plan = json.loads(out)
    assert code == 0
    assert plan["requests"] == sum(cell["requests"] for cell in plan["cells"]) == 2 * 6 * 3
    assert plan["cost"] == 0
    assert "requests" in mmdt("plan", *RUN[1:])[1]


def test_options_override_settings_in_a_file(mmdt, tmp_path):
    (tmp_path / "run.toml").write_text('model = "organism/demo"\nselect = ["safety/t2i/vanilla"]\nsize = 5\n')
    plan = json.loads(mmdt("plan", "--config", "run.toml", "--size", 1, "--json")[1])
    assert {cell["cases"] for cell in plan["cells"]} == {1}


def test_the_budget_stops_cleanly_and_resume_continues(mmdt):
    assert mmdt(*RUN, "--out", "run", "--max-requests", 10)[0] == 4
    assert mmdt("resume", "run", "--max-requests", 1000)[0] == 0


def test_lists(mmdt):
    assert "safety/i2t/typography/*" in mmdt("list", "cells")[1]
    assert "organism/..." in mmdt("list", "models")[1]
    assert "Claude models served by Anthropic's API" in mmdt("list", "models")[1]
    assert "judge=chat" in mmdt("list", "evaluators")[1]
    assert "AI-Secure/MMDecodingTrust-I2T" in mmdt("list", "data", "--select", "safety/i2t/**")[1]
    assert json.loads(mmdt("list", "models", "--json")[1])["entries"][0]["name"]


def test_the_doctor_reports_findings(mmdt):
    code, out = mmdt("doctor", "organism/demo")
    assert code == 0
    assert "Python 3" in out
    assert {each["level"] for each in json.loads(mmdt("doctor", "--json")[1])["findings"]} <= {"ok", "warning"}
    assert mmdt("doctor", "nobody/x")[0] == 1


def test_help_imports_nothing_heavy():
    code = "import sys; from mmdt.cli.main import group as verbs; verbs.main(['-h'], standalone_mode=False); "
    code += "print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split())
    assert "mmdt.cli.main" in loaded
    assert not loaded & {"numpy", "openai", "datasets", "pyarrow", "scipy", "rich", "jinja2", "PIL", "msgspec"}


@pytest.mark.parametrize("verb", ["run", "show", "compare", "gate", "explain", "plan"])
def test_the_help_of_a_verb_imports_no_library_that_computes_or_asks(verb):
    code = (
        f"import sys; from mmdt.cli.main import group as verbs; verbs.main([{verb!r}, '-h'], standalone_mode=False); "
    )
    code += "print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split())
    assert f"mmdt.cli.{verb}" in loaded
    assert not loaded & {"numpy", "scipy", "PIL", "openai", "httpx", "datasets", "pyarrow", "rich", "genai_prices"}
