"""Export of worlds: cases that a run can load, reproducible by seed, and a gallery page."""

import json
from collections import Counter
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

import mmdt
from mmdt.cli.main import group
from mmdt.core.cell import Selection
from mmdt.data.load import DataOptions, load_cases
from mmdt.errors import UsageError
from mmdt.plugins import scenarios
from mmdt.synthetic.worlds.export import CASES, GALLERY, make_worlds


def records(folder):
    return [json.loads(line) for line in (folder / CASES).read_text("utf-8").splitlines()]


def cases(folder, modality):
    return list(load_cases(scenarios()[f"hallucination/{modality}/natural"], Selection(), DataOptions(str(folder))))


def test_exported_cases_load_as_user_data(tmp_path):
    assert make_worlds(tmp_path / "w", seed=3, count=4, side=128) == 36
    told, drawn = cases(tmp_path / "w", "i2t"), cases(tmp_path / "w", "t2i")
    assert Counter(case.cell.task for case in told) == dict.fromkeys(
        ("identification", "attribute", "spatial", "count", "action"), 4
    )
    assert Counter(case.cell.task for case in drawn) == dict.fromkeys(
        ("identification", "attribute", "spatial", "count"), 4
    )
    assert {(case.images[0].width, case.images[0].height) for case in told} == {(128, 128)}
    assert [case.id for case in (*told, *drawn)] == [record["id"] for record in records(tmp_path / "w")]


def test_the_same_seed_the_same_files_and_another_seed_others(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        make_worlds(tmp_path / name, seed=seed, count=2, side=128)
    assert (tmp_path / "a" / CASES).read_bytes() == (tmp_path / "b" / CASES).read_bytes()
    ids = [{record["id"] for record in records(tmp_path / name)} for name in "ac"]
    assert not ids[0] & ids[1]


def test_answers_are_balanced(tmp_path):
    make_worlds(tmp_path / "w", seed=5, count=8, side=128)
    answers = Counter(
        r["target"]["answer"] for r in records(tmp_path / "w") if r["cell"].endswith("i2t/natural/spatial")
    )
    assert answers == {"left": 2, "right": 2, "above": 2, "below": 2}


def test_harder_worlds_hold_more(tmp_path):
    for level in (1, 5):
        make_worlds(tmp_path / str(level), seed=5, count=8, level=level, side=128)
    sizes = {
        level: sum(len(r["target"].get("objects", ())) for r in records(tmp_path / level) if "identif" in r["cell"])
        for level in ("1", "5")
    }
    assert sizes["5"] > sizes["1"]


class _Pictures(HTMLParser):
    def __init__(self):
        super().__init__()
        self.sources, self.tags = [], set()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag == "img":
            self.sources.append(dict(attributes)["src"])


def test_the_gallery_shows_every_task_without_scripts(tmp_path):
    make_worlds(tmp_path / "w", seed=1, count=3, side=128)
    page = (tmp_path / "w" / GALLERY).read_text("utf-8")
    seen = _Pictures()
    seen.feed(page)
    assert "script" not in seen.tags
    assert len(seen.sources) == 15
    assert all((tmp_path / "w" / source).is_file() for source in seen.sources)
    assert "a guess is right in 25%" in page


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        make_worlds(tmp_path, seed=1, count=1)
    with pytest.raises(UsageError, match="difficulty must be 1 to 5"):
        make_worlds(tmp_path / "new", seed=1, count=1, level=9)
    assert not (tmp_path / "new").exists()


def test_a_failed_export_leaves_no_files(tmp_path):
    with pytest.raises(UsageError):
        make_worlds(tmp_path / "w", seed=1, count=0, side=128)
    assert not (tmp_path / "w").exists()


def test_the_verb(tmp_path):
    out = tmp_path / "w"
    arguments = ["data", "make", "worlds", "--out", str(out), "--n", "1", "--side", "128", "--json"]
    result = CliRunner().invoke(group, arguments)
    assert json.loads(result.stdout)["total"] == len(records(out)) == 9
    run = mmdt.run("organism/demo", select="hallucination/i2t/natural", data=str(out), out=tmp_path / "run")
    assert run.manifest.data.cases == 5
