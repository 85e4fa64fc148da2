"""Runs handed on to other tools, each checked by the tool's own reader."""

import json
import math
import struct
from dataclasses import replace

import jsonschema
import msgspec
import pytest

import mmdt
from mmdt.cli import main
from mmdt.errors import MissingExtraError, UsageError
from mmdt.report.export.schema import json_schema, schema_text
from tests.docs.pages import ROOT
from tests.tiny import need


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    select = ("safety/**", "privacy/t2i/**", "fairness/i2t/stereotype")
    return mmdt.run("organism/demo-flaky", select=select, size=2, out=tmp_path_factory.mktemp("hand-on") / "a run")


@pytest.mark.parametrize("what", ["outputs", "estimates", "trade_offs"])
def test_json_lines_are_as_the_published_schema_says(run, tmp_path, what):
    path = run.export(tmp_path / "rows.jsonl", what)
    published = json.loads((ROOT / "docs" / "schemas" / f"{what}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(published)
    check = jsonschema.Draft202012Validator(published)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert rows
    for row in rows:
        check.validate(row)
    with pytest.raises(jsonschema.ValidationError):
        check.validate({**rows[0], "model": 7})


@pytest.mark.parametrize("what", ["outputs", "estimates", "trade_offs"])
def test_the_published_schema_is_that_of_the_columns(run, tmp_path, what):
    assert (ROOT / "docs" / "schemas" / f"{what}.schema.json").read_text("utf-8") == schema_text(what)
    written = run.export(tmp_path / "s.json", what, format="json-schema")
    assert json.loads(written.read_text("utf-8")) == json_schema(what)


def test_paths_of_pictures_are_relative_to_the_folder_that_is_named(run):
    rows = list(run.rows())
    paths = [path for row in rows for path in (*row["input_images"], *row["images"])]
    assert len(paths) > 20 and {row["run"] for row in rows} == {str(run.folder.resolve())}
    for path in paths:
        assert path.startswith("artifacts/") and (run.folder / path).is_file()


def test_a_log_of_inspect_is_read_by_inspects_own_reader(run, tmp_path):
    need("inspect_ai")
    from inspect_ai.analysis import evals_df, samples_df
    from inspect_ai.log import read_eval_log

    path = run.export(tmp_path / "run.eval")
    log = read_eval_log(str(path))
    outputs = list(run.scored())
    assert len(log.samples) == len(outputs) == log.results.total_samples
    assert log.eval.model == "organism/demo-flaky" and log.status in ("success", "cancelled")
    by_id = {(each.id, each.epoch): each for each in log.samples}
    for trial, scored in outputs:
        sample = by_id[trial.case.id, trial.repeat + 1]
        assert json.loads(sample.target) == msgspec.to_builtins(dict(trial.case.target))
        assert sample.metadata["outcome"] == scored.score.outcome
        assert bool(sample.error) == (trial.output is None or trial.output.failure is not None)
        if scored.score.values:
            assert sample.scores["mmdt"].value == {k: v for k, v in scored.score.values.items() if math.isfinite(v)}
    assert any("image" in str(each.input) for each in log.samples)
    found = {each.name: each for each in log.results.scores}
    for result in run.scorecard().results:
        if result.level == "scenario" and math.isfinite(result.estimate().value):
            metric = found[result.address].metrics[result.headline]
            assert (metric.value, metric.metadata["low"]) == (result.estimate().value, result.estimate().low)
    assert len(evals_df(str(path), quiet=True)) == 1 and len(samples_df(str(path), quiet=True)) == len(outputs)


def test_a_model_card_is_read_by_the_hubs_own_reader(run, tmp_path):
    from huggingface_hub import ModelCard

    path = run.export(tmp_path / "README.md", format="model-card")
    card = ModelCard.load(path)
    found = {each.dataset_name: each for each in card.data.eval_results}
    for result in run.scorecard().results:
        if result.level == "scenario" and math.isfinite(result.estimate().value):
            each = found[f"mmdt {result.address}"]
            assert (each.metric_type, each.metric_value) == (result.headline, round(result.estimate().value, 4))
    assert "## Trustworthiness (mmdt)" in card.text and "| `safety/i2t/typography` | HGR |" in card.text
    assert "- The model is an organism" in card.text


def test_another_version_of_the_model_is_said_at_the_numbers(run, tmp_path, monkeypatch):
    need("inspect_ai")
    from huggingface_hub import ModelCard
    from inspect_ai.log import read_eval_log

    original = mmdt.Run.scored

    def scored(self, *arguments, **named):
        for place, (trial, each) in enumerate(original(self, *arguments, **named)):
            yield trial, replace(each, model=f"m-{place % 2}", system="s")

    monkeypatch.setattr(mmdt.Run, "scored", scored)
    changed = mmdt.open_run(run.folder)
    index = ModelCard.load(changed.export(tmp_path / "README.md", format="model-card")).data.eval_results
    assert {each.metric_args.get("answering_models") for each in index} == {2}
    log = read_eval_log(str(changed.export(tmp_path / "run.eval")))
    metric = next(each for each in log.results.scores if each.name == "safety/i2t/typography").metrics["HGR"]
    assert metric.metadata["answering_models"] == 2 and "answering_systems" not in metric.metadata
    assert "The model is an organism" in log.eval.metadata["notes"][0]


def test_eval_results_name_a_dataset_of_the_hub_or_say_why_not(run, tmp_path):
    with pytest.raises(UsageError, match="no number of this run is about data on the hub"):
        run.export(tmp_path / "mmdt.yaml", format="eval-results")


def test_eval_results_are_read_by_the_hubs_own_parser(run, tmp_path):
    import yaml
    from huggingface_hub import parse_eval_result_entries

    from mmdt.report.export.model_card import write_eval_results

    class OnHub:
        def __init__(self):
            found = msgspec.to_builtins(run.manifest)
            found["data"]["source"] = "hub"
            self.manifest = found

        perspectives, scored, scorecard = run.perspectives, run.scored, run.scorecard

    write_eval_results(OnHub(), tmp_path / "mmdt.yaml", "outputs")
    entries = parse_eval_result_entries(yaml.safe_load((tmp_path / "mmdt.yaml").read_text("utf-8")))
    by_task = {each.task_id: each for each in entries}
    typography = by_task["safety-i2t-typography"]
    assert typography.dataset_id == "AI-Secure/MMDecodingTrust-I2T"
    assert typography.value == round(run.scorecard().result("safety/i2t/typography").estimate().value, 4)
    assert "95 % interval" in typography.notes


def test_a_run_card_is_one_page_with_what_matters(run, tmp_path):
    page = run.export(tmp_path / "card.html", format="run-card").read_text("utf-8")
    for text in ("What was asked", "Of whom", "organism/demo-flaky", "When", "Missing", "Cost", "rules", "judge"):
        assert text in page, text
    assert "default-src" in page and len(page) < 80_000


def tracked(run):
    from mmdt.report.export.trackers import numbers

    found = numbers(run)
    assert found["safety/i2t/typography/HGR"] == run.scorecard().result("safety/i2t/typography").estimate().value
    return found


def test_mlflow_has_every_number_in_its_local_store(run, tmp_path):
    pytest.importorskip("mlflow")
    from mlflow import MlflowClient

    store = tmp_path / "mlruns"
    for _ in range(2):  # a store takes several runs
        run.export(store, format="mlflow")
    client = MlflowClient(tracking_uri=store.as_uri())
    found = client.search_runs([client.get_experiment_by_name("mmdt").experiment_id])
    assert len(found) == 2 and found[0].data.metrics == pytest.approx(tracked(run))
    assert found[0].data.params["model"] == "organism/demo-flaky"


def logged(data):
    """The records of a log of W&B: LevelDB's format of blocks of 32 KiB, after a header of seven bytes."""
    at, record = 7, b""
    while at + 7 <= len(data):
        if 32_768 - at % 32_768 < 7:
            at += 32_768 - at % 32_768
            continue
        _, length, kind = struct.unpack("<IHB", data[at : at + 7])
        record, at = record + data[at + 7 : at + 7 + length], at + 7 + length
        if kind in (1, 4):  # whole, or the last part
            yield record
            record = b""


def test_weights_and_biases_has_every_number_offline(run, tmp_path):
    wandb = pytest.importorskip("wandb")
    from wandb.proto import wandb_internal_pb2

    run.export(tmp_path / "wb", format="wandb")
    [log] = (tmp_path / "wb" / "wandb").glob("offline-run-*/*.wandb")
    found = {}
    for data in logged(log.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        for each in record.summary.update:
            found[each.key or "/".join(each.nested_key)] = json.loads(each.value_json)
    assert {name: found[name] for name in tracked(run)} == pytest.approx(tracked(run)), wandb.__version__


def test_an_absent_extra_is_named(run, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "mlflow", None)
    with pytest.raises(MissingExtraError, match="mlflow"):
        run.export(tmp_path / "store", format="mlflow")


def test_the_verb_writes_each_format(run, tmp_path, capsys):
    for name, file in (("run-card", "c.html"), ("model-card", "README.md"), ("json-schema", "s.json")):
        with pytest.raises(SystemExit) as ended:
            main(["export", str(run.folder), str(tmp_path / file), "--format", name])
        assert ended.value.code == 0 and (tmp_path / file).stat().st_size > 200, capsys.readouterr()


def test_made_data_has_croissant_metadata(tmp_path):
    from mmdt.synthetic.worlds.export import make_worlds

    make_worlds(tmp_path / "a", seed=3, count=2)
    make_worlds(tmp_path / "b", seed=3, count=2)
    text = (tmp_path / "a" / "croissant.json").read_text("utf-8")
    assert text == (tmp_path / "b" / "croissant.json").read_text("utf-8")
    found = json.loads(text)
    assert found["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    names = {each["name"] for each in found["recordSet"][0]["field"]}
    records = [json.loads(line) for line in (tmp_path / "a" / "worlds.jsonl").read_text("utf-8").splitlines()]
    assert names <= set().union(*records)


def test_croissant_metadata_is_read_by_its_own_library(tmp_path):
    mlcroissant = pytest.importorskip("mlcroissant")
    from mmdt.synthetic.worlds.export import make_worlds

    make_worlds(tmp_path / "a", seed=3, count=2)
    dataset = mlcroissant.Dataset(str(tmp_path / "a" / "croissant.json"))
    records = list(dataset.records("cases"))
    wanted = [json.loads(line) for line in (tmp_path / "a" / "worlds.jsonl").read_text("utf-8").splitlines()]
    assert [each["cases/id"].decode() for each in records] == [each["id"] for each in wanted]
