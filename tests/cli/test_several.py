"""Several models on the command line: exit codes, JSON, a settings file, tables, and no key in what is written."""

import json

SELECT = ("--select", "safety/i2t/typography", "--size", 1)


def test_run_resume_and_compare(mmdt, tmp_path):
    code, out, err = mmdt("run", "organism/demo", "organism/demo-safe", *SELECT, "--max-requests", 6, "--out", "two")
    assert code == 4 and "(incomplete)" in out and "mmdt resume two" in err
    code, out, err = mmdt("resume", "two", "--max-requests", 100)
    assert code == 0 and "organism/demo-safe" in out and "mmdt compare two" in err
    assert r"\toprule" in mmdt("compare", "two", "--latex")[1]
    assert mmdt("compare", "two", "--csv", "--out", "t.csv")[0] == 0
    assert (tmp_path / "t.csv").read_text().startswith("model,run,complete,address")
    code, out, _ = mmdt("compare", "two/organism-demo", "two/organism-demo-safe")
    assert code == 0 and "Differences from organism/demo, paired" in out and "safety/i2t/typography  Typography" in out
    assert mmdt("compare", ".", "--benchmark", "figstep")[0] == 2
    assert mmdt("compare", tmp_path / "two" / "organism-demo" / "artifacts")[0] == 1


def test_json_has_a_line_for_each_model_and_one_for_the_table(mmdt):
    code, out, _ = mmdt("run", "organism/demo", "organism/demo-safe", *SELECT, "--json", "--out", "two")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and [each["model"] for each in lines if each["kind"] == "scorecard"] == [
        "organism/demo",
        "organism/demo-safe",
    ]
    assert lines[-1]["kind"] == "comparison" and {each["model"] for each in lines[-1]["rows"]} == {
        "organism/demo",
        "organism/demo-safe",
    }
    notes = {each["note"] for each in lines if each["kind"] == "progress"}
    assert {"1/2 organism/demo", "2/2 organism/demo-safe"} <= notes


def test_a_settings_file_may_name_several(mmdt, tmp_path):
    (tmp_path / "run.toml").write_text(
        'model = ["organism/demo", "organism/demo-safe"]\nselect = "safety/i2t/benign"\nsize = 1\n'
    )
    assert mmdt("run", "--config", "run.toml", "--out", "two")[0] == 0
    assert sorted(each.name for each in (tmp_path / "two").iterdir()) == [
        "models.json",
        "organism-demo",
        "organism-demo-safe",
    ]
    code, _, err = mmdt("run", "--config", "run.toml", "--out", "two")
    assert code == 2 and "already holds runs of several models" in err and "mmdt resume two" in err


def test_a_glob_among_the_models_is_an_error_with_the_option(mmdt, tmp_path):
    for verb in ("run", "plan"):
        code, _, err = mmdt(verb, "organism/demo", "safety/**")
        assert code == 2 and "'safety/**' is not a model" in err and "--select 'safety/**'" in err
    assert not (tmp_path / "runs").exists()


def test_each_of_several_models_has_a_plan(mmdt):
    code, out, _ = mmdt("plan", "organism/demo", "organism/demo-safe", *SELECT, "--json")
    assert code == 0 and [each["model"] for each in map(json.loads, out.splitlines())] == [
        "organism/demo",
        "organism/demo-safe",
    ]


def test_no_key_is_written_beside_the_runs(mmdt, tmp_path, monkeypatch):
    key = "sk-planted-0123456789abcdef0123456789"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    headers = json.dumps({"metadata": {"api_key": key}})
    mmdt("run", "openai/a", "openai/b", *SELECT, "--data", "embedded", "--base-url", "http://127.0.0.1:9/v1",
         "--judge", "embedded", "--allow-embedded-judge", "--attempts", 1, "--set", f"extra_body={headers}",
         "--api-key-env", "OPENAI_API_KEY", "--out", "two")  # fmt: skip
    assert (tmp_path / "two" / "models.json").exists()
    assert not [path for path in (tmp_path / "two").rglob("*") if path.is_file() and key.encode() in path.read_bytes()]
