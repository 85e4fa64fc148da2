"""Copy detectors checked on posters and on a folder of somebody's own pictures, which may hold anything."""

import asyncio
import json

import pytest
from click.testing import CliRunner

from mmdt.cli.main import group
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorInfo
from mmdt.errors import DataError, UsageError
from mmdt.evaluators import check_reports as reports
from mmdt.plugins import open_evaluator
from mmdt.synthetic.posters.poster import collection
from mmdt.validate.evaluators.check import check_evaluator, check_evaluators
from mmdt.validate.evaluators.sets import set_of
from mmdt.validate.evaluators.sets.copies import DIFFERENT, HALVES, _rounds
from mmdt.validate.evaluators.sets.folder import read_folder

KINDS = ("crop", "mirror", "recolour", "soften", "jpeg")


class Says:
    info = EvaluatorInfo("says", "says@1", batch_size=7)

    def __init__(self, near):
        self.near = near

    async def observe(self, items):
        return [Observation({"near_copy": self.near}) for _ in items]


def figures(report):
    return {each.name: each for each in report.figures}


@pytest.fixture
def folder(tmp_path):
    """Twelve posters, one of them twice, one of them again as a JPEG; and what no picture is."""
    place = tmp_path / "mine"
    (place / "below").mkdir(parents=True)
    posters = [poster.picture() for poster in collection(5, 12)]
    for number, picture in enumerate(posters):
        picture.save(place / ("below" if number % 2 else ".") / f"{number}.png")
    (place / "again.png").write_bytes((place / "0.png").read_bytes())
    posters[2].save(place / "two\x1b[31m.jpg", quality=80)
    (place / "words.png").write_text("no picture")
    (place / "cut.png").write_bytes((place / "4.png").read_bytes()[:200])
    (place / "notes.txt").write_text("no picture either")
    (tmp_path / "elsewhere.png").write_bytes((place / "6.png").read_bytes() + b"\0")
    (place / "link.png").symlink_to(tmp_path / "elsewhere.png")
    return place


def test_a_folder_gives_whole_different_pictures_and_nothing_else(folder):
    found = read_folder(folder, 100, seed=0)
    assert len(found) == 13
    names = {each.name for each in found}
    assert len(names & {"0.png", "again.png"}) == 1 and "below/1.png" in names
    assert "two?[31m.jpg" in names, "a name cannot colour the terminal"
    assert not any("link" in name or "words" in name or "cut" in name for name in names)
    assert [each.name for each in read_folder(folder, 100, seed=0)] == [each.name for each in found]
    assert len(read_folder(folder, 4, seed=1)) == 4


@pytest.mark.parametrize("names", [(), ("words.png",)])
def test_a_folder_without_pictures_is_an_error(tmp_path, names):
    for name in names:
        (tmp_path / name).write_text("no picture")
    with pytest.raises(DataError, match="not enough to compare"):
        read_folder(tmp_path, 10, seed=0)


@pytest.mark.parametrize("number", [2, 3, 8, 9])
def test_pairs_use_a_picture_again_only_when_all_have_been_used(number):
    pairs = list(_rounds(number, 1000))
    assert len({frozenset(pair) for pair in pairs}) == len(pairs) == number * (number - 1) // 2
    first = [each for pair in pairs[: number // 2] for each in pair]
    assert len(set(first)) == 2 * (number // 2)
    assert list(_rounds(number, 1)) == pairs[:1]


def test_the_detector_is_measured_on_ones_own_pictures_and_the_pair_it_takes_for_copies_is_told(folder):
    (report,) = check_evaluators([("copy", "crops")], number=40, pictures=folder)
    found = figures(report)
    assert report.missing == 0
    assert found[DIFFERENT].value == pytest.approx(1 / 40), "the JPEG of a poster is a copy of it"
    assert found[DIFFERENT].of == pytest.approx(13 / 2), "forty pairs of thirteen pictures say no more than these"
    assert found[DIFFERENT].low < 1 / 40 < found[DIFFERENT].high
    assert found[HALVES].value == 0 and found[HALVES].of == 13
    assert all(found[f"{kind} found"].value > 0.6 for kind in KINDS)
    (example,) = report.examples
    assert "2.png" in example and "two?[31m.jpg" in example
    assert f"{DIFFERENT} 2.5%" in report.summary() and "mirror found 100.0%" in report.summary()


@pytest.mark.parametrize("near", [True, False])
def test_a_detector_that_always_says_the_same_is_found_out(near):
    report = asyncio.run(check_evaluator("copy", Says(near), list(set_of("copy")(1, 6))))
    assert {figure.value for figure in report.figures} == {float(near)}
    assert len(report.examples) == (6 if near else 0)
    assert figures(report)[DIFFERENT].of == 6, "twelve posters make six pairs that share none"


def test_both_detectors_are_good_on_posters():
    for name, blind in (("crops", ()), ("phash", ("mirror found", "crop found"))):
        report = asyncio.run(check_evaluator("copy", open_evaluator("copy", name, None), list(set_of("copy")(2, 8))))
        found = figures(report)
        assert found[DIFFERENT].value == 0
        assert all(found[f"{kind} found"].value >= 0.6 for kind in KINDS if f"{kind} found" not in blind)


def test_the_verb_keeps_and_tells_what_it_found(folder, tmp_path):
    file = tmp_path / "checks.json"
    arguments = ["evaluators", "check", "copy=phash", "--n", "10", "--pictures", str(folder), "--out", str(file)]
    result = CliRunner().invoke(group, arguments)
    assert result.exit_code == 0, result.output
    assert DIFFERENT in result.output and "13 pictures of mine" in result.output
    (kept,) = reports.read(file)
    assert kept.fingerprint == open_evaluator("copy", "phash", None).info.fingerprint
    result = CliRunner().invoke(group, [*arguments, "--json"])
    (report,) = json.loads(result.stdout)["reports"]
    assert {figure["condition"] for figure in report["figures"]} == {"13 pictures of mine"}


def test_pictures_are_for_copy_detectors_only(folder):
    with pytest.raises(UsageError, match="not checked on a folder"):
        check_evaluators([("ocr", "glyphs")], pictures=folder)
