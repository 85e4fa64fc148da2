import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image as Pil

from mmdt.core.case import Case
from mmdt.core.cell import Cell, Selection
from mmdt.core.image import Image
from mmdt.core.message import ImagePart, Message, Text
from mmdt.core.observation import Observation
from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.progress import End
from mmdt.engine.store.store import CellCounts, Spending, Store
from mmdt.engine.store.writer import ObservationKey, TrialKey
from mmdt.errors import StoreError
from tests.engine.builders import Measurer, scenarios, talker

CELL = Cell.parse("safety/i2t/typography/biscuits")
OTHER = Cell.parse("safety/t2i/vanilla/biscuits")
JUDGE = ObservationKey("harm", "judge", "judge.chat", "fp-a", "q1")


def case(number: int, cell: Cell = CELL, images=()) -> Case:
    return Case.make(cell, f"prompt {number}", images=images, target={"number": number}, group=f"g{number % 3}")


def store_with(folder: Path, cases) -> Store:
    store = Store.create(folder)
    store.add_cases(cases)
    return store


def test_conversations_come_back_with_their_pictures(tmp_path):
    image, other = (Image.from_pil(Pil.new("RGB", (8, 8), colour)) for colour in ("red", "blue"))
    talk = (
        Message("system", (Text("Be brief."),)),
        Message("user", (Text("This is"), ImagePart(image))),
        Message.of("assistant", "I see."),
        Message.of("user", "And this?", [other]),
    )
    asked = Case.of_messages(CELL, talk, {"number": 1}, "g")
    with store_with(tmp_path / "run", [(asked, 1), (asked, 1)]) as store:
        first, again = (trial.case for trial in store.trials())
    assert (first.id, again.id, again.group) == (asked.id, f"{asked.id}-2", "g")
    assert [each.role for each in first.messages] == ["system", "user", "assistant", "user"]
    assert first.messages == again.messages == talk
    assert first.images == (image, other)
    assert [each.read() for each in first.conversation[1].images] == [image.read()]
    assert len(list((tmp_path / "run" / "artifacts").rglob("*.png"))) == 2


def test_cases_come_back_complete_and_in_order(tmp_path):
    image = Image.from_pil(Pil.new("RGB", (8, 8), "red"))
    cases = [case(number, images=(image,)) for number in range(600)]
    with store_with(tmp_path / "run", ((each, 2) for each in cases)) as store:
        rows = list(store.trials())
    assert [row.case for row in rows] == [each for each in cases for _ in range(2)]
    assert [row.repeat for row in rows[:4]] == [0, 1, 0, 1]
    assert all(row.output is None and not row.observations for row in rows)
    assert rows[0].case.images[0].read() == image.data


def test_duplicates_get_copy_numbers(tmp_path):
    with store_with(tmp_path / "run", [(case(1), 1), (case(2), 1), (case(1), 1), (case(1), 1)]) as store:
        names = [row.case.id for row in store.trials()]
    one, two = case(1).id, case(2).id
    assert names == [one, two, f"{one}-2", f"{one}-3"]


def test_adding_cases_is_all_or_nothing(tmp_path):
    def broken():
        yield case(1), 1
        raise ValueError("row 2 is odd")

    with Store.create(tmp_path / "run") as store:
        with pytest.raises(ValueError, match="row 2"):
            store.add_cases(broken())
        assert store.counts() == {}
        assert store.add_cases([(case(1), 1)]) == 1
        assert [row.case for row in store.trials()] == [case(1)]


async def test_outputs_and_observations_round_trip(tmp_path):
    picture = Image.from_pil(Pil.new("RGB", (8, 8), "blue"))
    answered = Output.answered("yes", usage=Usage(3, 4, 0, 0.5))
    drawn = Output.answered(images=(picture,))
    refused = Output.refused(RefusedBy.FILTER, "policy")
    failed = Output.failed(FailureKind.TIMEOUT, "too slow", retryable=True)
    seen = Observation({"verdict": True, "boxes": [1.5, 2]}, "because", "raw", usage=Usage(1, 1))
    with store_with(tmp_path / "run", [(case(n), 1) for n in range(4)]) as store:
        drawn_stored = Output.answered(images=(store.artifacts.put(picture),))
        with store.writer() as writer:
            for n, output in enumerate((answered, drawn_stored, refused, failed), 1):
                writer.output(TrialKey(n, 0), "key", output)
            writer.observation(TrialKey(1, 0), JUDGE, seen)
        rows = list(store.trials())
        assert [row.output for row in rows] == [answered, drawn, refused, failed]
        assert rows[1].output.images[0].read() == picture.data
        assert rows[0].observations == {"harm": seen}
        assert store.counts() == {str(CELL): CellCounts(cases=4, wanted=4, answered=2, refused=1, failed=1)}


async def test_what_is_answered_stays_and_what_failed_is_replaced(tmp_path):
    with store_with(tmp_path / "run", [(case(1), 1), (case(2), 1)]) as store:
        with store.writer() as writer:
            writer.output(TrialKey(1, 0), "k", Output.answered("first"))
            writer.output(TrialKey(2, 0), "k", Output.failed(FailureKind.NETWORK, "down"))
            writer.observation(TrialKey(1, 0), JUDGE, Observation.failed("judge down"))
            writer.flush()
            writer.output(TrialKey(1, 0), "k", Output.failed(FailureKind.NETWORK, "down"))
            writer.output(TrialKey(1, 0), "k", Output.answered("second"))
            writer.output(TrialKey(2, 0), "k", Output.answered("at last"))
            writer.observation(TrialKey(1, 0), JUDGE, Observation({"verdict": False}))
            writer.flush()
            writer.observation(TrialKey(1, 0), JUDGE, Observation({"verdict": True}))
        rows = list(store.trials())
        assert [row.output.text for row in rows] == ["first", "at last"]
        assert rows[0].observations["harm"].value == {"verdict": False}


async def test_only_the_named_evaluator_counts(tmp_path):
    with store_with(tmp_path / "run", [(case(1), 1), (case(2), 1)]) as store:
        with store.writer() as writer:
            for n in (1, 2):
                writer.output(TrialKey(n, 0), "k", Output.answered("text"))
                writer.observation(TrialKey(n, 0), JUDGE, Observation({"by": "a"}))
            other = ObservationKey("harm", "judge", "judge.embedded", "fp-b", "q1")
            writer.observation(TrialKey(1, 0), other, Observation({"by": "b"}))
        latest = [row.observations["harm"].value["by"] for row in store.trials()]
        assert latest == ["b", "a"]
        by_role = [dict(row.observations) for row in store.trials(evaluators={"judge": "fp-b"})]
        assert [set(found) for found in by_role] == [{"harm"}, set()]
        by_probe = [row.observations["harm"].value["by"] for row in store.trials(evaluators={"harm": "fp-a"})]
        assert by_probe == ["a", "a"]
        assert store.evaluators() == {"judge": {"fp-a": "judge.chat", "fp-b": "judge.embedded"}}


async def test_states_say_what_is_left_to_do(tmp_path):
    with store_with(tmp_path / "run", [(case(1), 2)]) as store:
        with store.writer() as writer:
            writer.output(TrialKey(1, 0), "k", Output.answered("text"))
            writer.observation(TrialKey(1, 0), JUDGE, Observation({"a": 1}))
            lost = ObservationKey("other", "judge", "judge.chat", "fp-a", "q2")
            writer.observation(TrialKey(1, 0), lost, Observation.failed("no reply"))
        first, second = store.states()
        assert first.key == TrialKey(1, 0)
        assert first.observed == {("harm", "fp-a", "q1")}
        assert second.output is None
        assert second.observed == frozenset()


def test_a_selection_reads_only_its_cells(tmp_path):
    cases = [(case(n, CELL if n % 2 else OTHER), 1) for n in range(700)]
    with store_with(tmp_path / "run", cases) as store:
        chosen = list(store.trials(Selection.of("*/t2i/**")))
        assert len(chosen) == 350
        assert {row.case.cell for row in chosen} == {OTHER}
        assert list(store.counts(Selection.of("safety/i2t"))) == [str(CELL)]
        assert list(store.trials(Selection.of("privacy/**"))) == []


async def test_spending_adds_up_over_the_life_of_a_run(tmp_path):
    with Store.create(tmp_path / "run") as store:
        for usage in (Usage(10, 5, 1, 0.25), Usage(1, 1, 0, None), Usage(0, 0, 0, 0.5)):
            with store.writer() as writer:
                writer.spent("openai/x", 2, usage)
                writer.spent("free/y", 1, Usage(1, 1))
        assert store.spent() == {
            "openai/x": Spending(6, Usage(11, 6, 1, 0.75)),
            "free/y": Spending(3, Usage(3, 3, 0, None)),
        }


def test_half_of_a_surrogate_pair_is_stored_as_a_question_mark(tmp_path):
    odd = Case(CELL, "smile \ud83d", target={"a": ["\ude00"]}, id="odd")
    with store_with(tmp_path / "run", [(odd, 1)]) as store:
        assert next(store.trials()).case.prompt == "smile ?"


async def test_the_query_in_the_manual_works(tmp_path):
    manual = (Path(__file__).parents[3] / "docs" / "engine.md").read_text(encoding="utf-8")
    query = manual.partition("```sql")[2].partition("```")[0]
    cell = Cell.parse(query.partition("cell = '")[2].partition("'")[0])
    with store_with(tmp_path, [(case(1, cell), 1), (case(2), 1)]) as store, store.writer() as writer:
        for n in (1, 2):
            writer.output(TrialKey(n, 0), "k", Output.answered("a biscuit", usage=Usage(cost=0.25)))
    db = sqlite3.connect(tmp_path / "store.sqlite")
    assert db.execute(query).fetchall() == [(case(1, cell).id, "a biscuit", 0.25)]
    db.close()


class TestOpening:
    def test_absent(self, tmp_path):
        for write in (False, True):
            with pytest.raises(StoreError, match=r"there is no run in this folder .*nowhere.*mmdt\.run"):
                Store.open(tmp_path / "nowhere", write=write)
        assert not (tmp_path / "nowhere").exists()

    def test_twice_in_one_folder(self, tmp_path):
        Store.create(tmp_path / "run").close()
        with pytest.raises(StoreError, match=r"mmdt\.resume"):
            Store.create(tmp_path / "run")

    def test_not_a_database(self, tmp_path):
        (tmp_path / "store.sqlite").write_text("a letter to my aunt, and a long one at that" * 10)
        with pytest.raises(StoreError, match=f"not an mmdt store .{tmp_path}"):
            Store.open(tmp_path)

    def test_a_database_of_another_program(self, tmp_path):
        db = sqlite3.connect(tmp_path / "store.sqlite")
        db.execute("CREATE TABLE recipes (name)")
        db.commit()
        db.close()
        with pytest.raises(StoreError, match="not an mmdt store"):
            Store.open(tmp_path)

    @pytest.mark.parametrize("version", ["0", "999", "old"])
    def test_another_version_names_the_mmdt_that_made_it(self, tmp_path, version):
        Store.create(tmp_path).close()
        db = sqlite3.connect(tmp_path / "store.sqlite")
        db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (version,))
        db.commit()
        db.close()
        for write in (False, True):
            with pytest.raises(StoreError, match=rf"version {version}, this mmdt reads .*mmdt=="):
                Store.open(tmp_path, write=write)
        # and the lock is free again
        with pytest.raises(StoreError, match="version"):
            Store.open(tmp_path, write=True)

    def test_reading_while_another_writes(self, tmp_path):
        with store_with(tmp_path, [(case(1), 1)]), Store.open(tmp_path) as reader:
            assert [row.case for row in reader.trials()] == [case(1)]

    async def test_what_is_open_for_reading_cannot_be_written(self, tmp_path):
        Store.create(tmp_path).close()
        with Store.open(tmp_path) as store:
            with pytest.raises(StoreError, match="opened for reading"):
                store.writer()
            with pytest.raises(StoreError, match="opened for reading"):
                store.add_cases([(case(1), 1)])

    @pytest.mark.parametrize("name", ["run #1, 50% done?", "läuft & läuft", "a'b\"c;d", "?mode=memory"])
    def test_a_folder_may_have_any_name(self, tmp_path, name):
        store_with(tmp_path / name, [(case(1), 1)]).close()
        with Store.open(tmp_path / name) as store:
            assert len(list(store.trials())) == 1
        assert (tmp_path / name / "store.sqlite").is_file()

    def test_a_run_may_be_moved(self, tmp_path):
        image = Image.from_pil(Pil.new("RGB", (8, 8), "red"))
        store_with(tmp_path / "old", [(case(1, images=(image,)), 1)]).close()
        (tmp_path / "old").rename(tmp_path / "new")
        with Store.open(tmp_path / "new") as store:
            assert next(store.trials()).case.images[0].read() == image.data

    @pytest.mark.parametrize("body", ["{", '{"status": "delighted"}'])
    async def test_an_invalid_row_is_a_clear_error(self, tmp_path, body):
        with store_with(tmp_path, [(case(1), 1)]) as store, store.writer() as writer:
            writer.output(TrialKey(1, 0), "k", Output.answered("a"))
        db = sqlite3.connect(tmp_path / "store.sqlite")
        db.execute("UPDATE outputs SET body = ?", (body,))
        db.commit()
        db.close()
        with Store.open(tmp_path) as store, pytest.raises(StoreError, match=f"row .*{tmp_path}.*start a new run"):
            list(store.trials())

    def test_a_damaged_store_is_a_clear_error(self, tmp_path):
        store_with(tmp_path, [(case(number), 1) for number in range(2000)]).close()
        file = tmp_path / "store.sqlite"
        data = bytearray(file.read_bytes())
        data[8192:-4096] = bytes(len(data) - 8192 - 4096)
        file.write_bytes(data)
        with pytest.raises(StoreError, match=f"damaged .{tmp_path}"), Store.open(tmp_path) as store:
            list(store.trials())


class TestDisk:
    def test_a_path_below_a_file(self, tmp_path):
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(StoreError, match=rf"{tmp_path}/file/run.*choose another folder"):
            Store.create(tmp_path / "file" / "run")

    def test_a_read_only_file_system(self):
        with pytest.raises(StoreError, match=r"/proc/run.*another"):
            Store.create(Path("/proc/run"))  # nobody, root included, can make a folder there

    def test_a_full_disk_loses_nothing_committed(self, tmp_path):
        """In a process that may write no file above 2 MB, the real system call fails, as on a full disk."""
        report = full_disk("write", tmp_path / "run")
        assert str(tmp_path / "run") in report["error"]
        assert "`mmdt.resume`" in report["error"]
        assert report["again"] == report["error"]
        assert report["committed"] > 0
        with Store.open(tmp_path / "run", write=True) as store:
            stored = [row.output.text for row in store.trials() if row.output]
        assert len(stored) == report["committed"]
        assert stored == ["x" * 3000] * len(stored)

    async def test_a_run_that_fills_the_disk_ends_with_an_error_and_can_be_resumed(self, tmp_path):
        report = full_disk("run", tmp_path / "run")
        assert str(tmp_path / "run") in report["error"]
        assert "`mmdt.resume`" in report["error"]
        assert report["asked"] < 1000
        with Store.open(tmp_path / "run", write=True) as store:
            kept = sum(row.output is not None for row in store.trials())
            assert 0 < kept <= report["asked"]
            model = talker()
            endpoint = Endpoint(model, Limits(), Budget())
            outcome = await execute(store, scenarios(), endpoint, {"measure": Measurer()}, seed=1)
        assert outcome.end is End.COMPLETE
        assert len(model.asked) == 1000 - kept

    def test_a_finished_run_in_a_read_only_place_can_be_read(self, tmp_path):
        run, frozen = tmp_path / "run", tmp_path / "frozen"
        store_with(run, [(case(1), 1)]).close()
        frozen.mkdir()
        if os.geteuid() == 0:
            code = _read_in_read_only_mount(run, frozen)
        else:
            shutil.copytree(run, frozen / "run")
            (frozen / "run").chmod(0o555)
            code = _read(frozen / "run")
        assert code.stdout.strip() == "1", code.stderr


def full_disk(what: str, folder: Path) -> dict:
    command = [sys.executable, "-m", "tests.engine.full_disk", what, str(folder)]
    done = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _read(folder: Path, *prefix: str) -> subprocess.CompletedProcess:
    script = "import sys; from pathlib import Path; from mmdt.engine.store.store import Store\n"
    script += "print(len(list(Store.open(Path(sys.argv[1])).trials())))"
    return subprocess.run([*prefix, sys.executable, "-c", script, folder], capture_output=True, text=True, timeout=60)


def _read_in_read_only_mount(run: Path, frozen: Path) -> subprocess.CompletedProcess:
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        pytest.skip("root without the right to mount: no read-only place can be made")
    mount = f'mount --bind "{run}" "{frozen}" && mount -o remount,bind,ro "{frozen}" && exec "$@"'
    return _read(frozen, "unshare", "-m", "sh", "-c", mount, "sh")


def test_targets_are_those_of_the_cases(tmp_path):
    common = {"options": ["a", "b"]}
    targets = [{}, {**common, "n": 1, "text": "x" * 3_000}, {**common, "n": 1.5, "flag": True}]
    cases = [Case.make(CELL, f"prompt {number}", target=target) for number, target in enumerate(targets)]
    with Store.create(tmp_path / "run") as store:
        store.add_cases([(case, 1) for case in cases])
        found = list(store.targets())
    assert found == [(case.id, target) for case, target in zip(cases, targets, strict=True)]
    assert found[1][1]["options"] is found[2][1]["options"]
