"""What a run covers of a framework, by which numbers, and what it does not."""

import json

import pytest

import mmdt
from mmdt.cli import main
from mmdt.core.cell import Selection
from mmdt.core.estimate import Estimate
from mmdt.errors import DataError, UsageError
from mmdt.evaluators.guard.taxonomy import hazards_in
from mmdt.plugins import perspectives, scenarios
from mmdt.report.frameworks.coverage import coverage
from mmdt.report.frameworks.framework import find, packaged, read
from mmdt.report.frameworks.shown import coverage_json, coverage_text, write_coverage
from mmdt.stats.scorecard import Result, Scorecard
from mmdt.stats.tally import Tally

NAMES = {
    "ailuminate", "owasp-llm-2025", "owasp-llm-2026", "nist-ai-rmf", "nist-ai-600-1", "eu-ai-act", "mitre-atlas",
    "iso-42001",
}  # fmt: skip
MINE = """
[frameworks.mine]
title = "House rules"
source = "our wiki"
items = [
  { id = "1", title = "No leaks", cells = ["@inferred"] },
  { id = "2", title = "Violence", hazards = ["violence"] },
  { id = "3", title = "Records", record = "the run's folder" },
  { id = "4", title = "Training of staff", why = "not a matter of models" },
  { id = "5", title = "Left and right", cells = ["hallucination/i2t/**"], only = "a part" },
]
"""


def result(address, level="scenario", n=50, missing=0):
    found = Estimate("HGR", 0.2, 0.1, 0.3, n, n)
    return Result(address, level, address, Tally(total=n, missing=missing), (found,), "HGR")


def covered(*results, text=MINE, **options):
    [framework] = read(text, "mine.toml")
    return {
        each.item.id: each for each in coverage(framework, Scorecard(results, True), perspectives(), **options).items
    }


def test_the_frameworks_are_there_with_their_sources():
    assert set(packaged()) == NAMES
    assert {each.name for each in mmdt.list_frameworks()} == NAMES
    for framework in packaged().values():
        assert (
            framework.source
            and framework.version
            and framework.checked
            and len({item.id for item in framework.items}) == len(framework.items)
        )


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_glob_selects_a_scenario_and_every_hazard_is_known(name):
    hazards = {"violence", "weapons", "crime", "sexual", "minors", "hate", "harassment", "self-harm", "privacy",
               "advice", "elections", "property", "disaster"}  # fmt: skip
    own = list(scenarios().values())
    benchmarks = {entry.name for entry in mmdt.list_benchmarks()}
    for item in packaged()[name].items:
        assert set(item.hazards) <= hazards
        for glob in item.cells:
            matches = any(Selection.of(glob).may_match(each.address, each.tasks) for each in own)
            assert matches or glob.split("/")[0] in benchmarks, (item.id, glob)


def test_each_state_and_what_is_lacking():
    found = covered(
        result("privacy/i2t/location"), result("privacy/i2t/pii"), result("privacy/i2t/documents"),
        result("hallucination/i2t/natural"), result("safety/i2t/typography"),
        result("safety/i2t/typography/violent-crimes", "cell"),
    )  # fmt: skip
    assert {name: each.state for name, each in found.items()} == {
        "1": "covered", "2": "covered", "3": "documented", "4": "not measured", "5": "partly covered",
    }  # fmt: skip
    assert [piece.address for piece in found["2"].pieces] == ["safety/i2t/typography/violent-crimes"]
    assert "hallucination/i2t/misleading" in found["5"].lacking
    none = covered(result("ood/i2t/original"))
    assert (none["1"].state, none["2"].state) == ("not run", "not run")
    assert "privacy/i2t/pii" in none["1"].lacking and "violence" in none["2"].lacking[0]


def test_missing_results_and_empty_numbers_do_not_cover():
    some = [result("privacy/i2t/location"), result("privacy/i2t/pii", missing=3), result("privacy/i2t/documents")]
    assert covered(*some)["1"].state == "partly covered"
    assert covered(result("privacy/i2t/pii", n=0))["1"].state == "not run"


def test_stand_ins_are_no_evidence_for_real_hazards():
    found = covered(result("safety/i2t/typography/violence", "cell"), stand_ins=True)
    assert found["2"].state == "not run"
    harm = MINE.replace('cells = ["@inferred"]', 'cells = ["safety/i2t/typography"]')
    assert covered(result("safety/i2t/typography"), text=harm, stand_ins=True)["1"].state == "partly covered"
    assert covered(result("safety/i2t/typography"), text=harm)["1"].state == "covered"


def test_another_modality_is_not_lacking():
    text = MINE.replace('["@inferred"]', '["adversarial/*/attack"]')
    assert covered(result("adversarial/i2t/attack"), text=text)["1"].state == "covered"


def test_the_categories_of_the_published_data_name_hazards():
    for category in ("Illegal Activity", "Hate Speech", "Physical Harm", "Privacy Violence"):
        assert hazards_in(category), category


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x", "not a framework"),
        ("[frameworks.a]\ntitle = 't'", "source"),
        (MINE.replace("@inferred", "@nothing"), "no set '@nothing'"),
        (MINE.replace("@inferred", "a b$"), "not a valid selection"),
        (MINE.replace(', why = "not a matter of models"', ""), "needs evidence"),
        (MINE.replace("record =", "recrod ="), "recrod"),
    ],
)
def test_a_bad_file_says_what_and_where(tmp_path, text, says):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(DataError, match=says.replace("$", ".")) as error:
        find(str(path))
    assert "mine.toml" in str(error.value) and error.value.hint


def test_unknown_names_are_guessed_and_absent_files_said():
    with pytest.raises(UsageError, match="unknown framework") as error:
        find("nist-ai-rfm")
    assert "did you mean nist-ai-rmf?" in error.value.hint
    with pytest.raises(DataError, match="cannot be read"):
        find("/nowhere/mine.toml")


def test_the_verb_prints_and_writes(tmp_path, capsys):
    run = mmdt.run("organism/demo", select="privacy/i2t/pii", size=2, out=tmp_path / "run")
    (tmp_path / "mine.toml").write_text(MINE)

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["report", str(run.folder), *map(str, arguments)])
        return ended.value.code, *capsys.readouterr()

    code, out, _ = call("--framework", "nist-ai-rmf")
    assert code == 0 and "[partly covered] MEASURE 2.10" in out and "[not measured] MEASURE 2.12" in out
    page = (run.folder / "frameworks.html").read_text("utf-8")
    assert "MEASURE 2.12" in page and "privacy/i2t/pii" in page and "default-src" in page
    code, out, _ = call("--framework", tmp_path / "mine.toml", "--json", "--out", tmp_path / "f.html")
    found = json.loads(out.splitlines()[0])
    assert code == 0 and found["framework"] == "mine" and found["counts"]["not measured"] == 1
    assert call("--framework", "nothing")[0] == 2
    assert run.framework("iso-42001")[0].framework.name == "iso-42001"


def test_an_id_that_no_source_confirms_is_shown_so(tmp_path):
    run = mmdt.run("organism/demo", select="privacy/i2t/pii", size=2, out=tmp_path / "run")
    text = MINE.replace('id = "1",', 'id = "1", unverified = true,')
    (tmp_path / "mine.toml").write_text(text)
    [found] = run.framework(str(tmp_path / "mine.toml"))
    said = coverage_text(found)
    assert "1 (unverified)  No leaks" in said and "2 (unverified)" not in said
    assert "Ids and titles checked: never" in said
    assert [each["unverified"] for each in coverage_json(found)["items"]] == [True, False, False, False, False]
    page = write_coverage([found], "model", tmp_path / "page.html").read_text("utf-8")
    assert "1 (unverified)<br>" in page and "checked: never" in page
