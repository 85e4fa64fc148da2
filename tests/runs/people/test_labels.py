import json

import msgspec
import pytest

from mmdt.errors import StoreError
from mmdt.runs.people.labels import FILE, KEPT, Label, LabelFile, settle


def label(case="a", verdict="yes", annotator="Ann", **more):
    return Label(case, 0, "harmful", annotator, verdict, **more)


@pytest.fixture
def labels(tmp_path):
    found = LabelFile(tmp_path)
    found.add([label("a"), label("b", "no"), label("c", "unsure")])
    return found


def test_the_last_word_of_each_annotator_counts(labels):
    labels.add([label("a", "no"), label("b", "withdrawn"), label("a", "yes", "Bob")])
    assert [(each.case_id, each.annotator, each.verdict) for each in labels.read()] == [
        ("a", "Ann", "no"),
        ("c", "Ann", "unsure"),
        ("a", "Bob", "yes"),
    ]
    assert len(labels.history()) == 6
    assert all(each.at for each in labels.history())


def test_only_the_owner_can_read_them(labels):
    assert labels.path.stat().st_mode & 0o077 == 0


def test_half_a_line_of_a_killed_process_is_no_label(labels):
    with labels.path.open("ab") as file:
        file.write(b'{"label":{"case_id":"d"')
    assert len(labels.read()) == 3
    labels.add([label("e")])
    assert [each.case_id for each in labels.read()] == ["a", "b", "c", "e"]


def test_what_was_written_before_a_kill_counts_though_the_count_is_old(labels):
    before = (labels.folder / KEPT).read_bytes()
    labels.add([label("d")])
    (labels.folder / KEPT).write_bytes(before)
    assert len(labels.read()) == 4


def changed(text):
    return text.replace('"verdict":"no"', '"verdict":"yes"')


def without_one(text):
    lines = text.splitlines(keepends=True)
    return "".join([lines[0], lines[2]])


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (changed, "line 2 was changed"),
        (without_one, "line 2 was changed"),
        (lambda text: "".join(text.splitlines(keepends=True)[:2]), "1 of 3 lines are gone"),
        (lambda text: "", "3 of 3 lines are gone"),
        (lambda text: text + "{}\n", "line 4 cannot be read"),
        (lambda text: text + "[" * 10_000 + "\n", "line 4 cannot be read"),
        (lambda text: "\x00\n" + text, "line 1 cannot be read"),
    ],
)
def test_damage_is_noticed(labels, damage, what):
    labels.path.write_text(damage(labels.path.read_text()))
    assert what in labels.problem()
    with pytest.raises(StoreError, match="labels of the run are damaged"):
        labels.read()


def test_a_lost_file_is_noticed(labels):
    (labels.folder / FILE).unlink()
    assert "3 of 3 lines are gone" in labels.problem()


def test_lines_are_json(labels):
    line = json.loads(labels.path.read_text().splitlines()[0])
    assert line["label"]["case_id"] == "a"
    assert len(line["digest"]) == 64


@pytest.mark.parametrize(
    ("votes", "verdict", "disputed"),
    [
        ({"Ann": "yes", "Bob": "yes"}, True, False),
        ({"Ann": "yes", "Bob": "no"}, None, True),
        ({"Ann": "yes", "Bob": "no", "Cy": "no"}, False, True),
        ({"Ann": "unsure", "Bob": "no"}, False, False),
        ({"Ann": "unsure"}, None, False),
    ],
)
def test_the_majority_decides_and_a_tie_does_not(votes, verdict, disputed):
    found = settle([label("a", said, who) for who, said in votes.items()], "harmful")["a", 0]
    assert (found.verdict, found.disputed) == (verdict, disputed)
    final = label("a", "yes", "Dee", adjudicated=True)
    found = settle([*(label("a", said, who) for who, said in votes.items()), final], "harmful")["a", 0]
    assert (found.verdict, found.disputed) == (True, False)
    assert "Dee" not in found.votes


def test_other_probes_are_left_alone():
    assert settle([msgspec.structs.replace(label(), probe="nudity")], "harmful") == {}
