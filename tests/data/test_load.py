import tracemalloc
from collections import Counter
from dataclasses import replace

import pytest

from mmdt.core.case import Case
from mmdt.core.cell import Selection
from mmdt.core.problem import Problem
from mmdt.core.scenario import Published
from mmdt.data.load import BadRows, DataOptions, data_fingerprint, load_all, load_cases, offered
from mmdt.errors import DataError, UsageError
from tests.data.cases import I2T, T2I, safety, scenario
from tests.hub_copy import write_copy

ALL = Selection()


def options(folder, **changes):
    return DataOptions(str(folder), **changes)


def test_a_scenario_from_a_local_copy(hub_copy):
    cases = list(load_cases(safety("i2t", "typography"), ALL, options(hub_copy)))
    assert Counter(case.cell.task for case in cases) == {
        "biscuit-sneaking": 3,
        "blanket-forts": 3,
        "alarm-clock-pranks": 3,
    }
    assert all(case.id and len(case.images) == 1 for case in cases)


def test_only_what_is_selected(hub_copy):
    chosen = Selection.of("safety/t2i/vanilla/blanket*")
    cases = list(load_cases(safety("t2i", "vanilla"), chosen, options(hub_copy)))
    assert {str(case.cell) for case in cases} == {"safety/t2i/vanilla/blanket-forts"}


def test_limit_is_a_seeded_sample_of_each_cell(hub_copy):
    vanilla = safety("t2i", "vanilla")
    first, again, other = (
        [case.id for case in load_cases(vanilla, ALL, options(hub_copy, limit=1, seed=seed))] for seed in (1, 1, 2)
    )
    assert first == again != other
    assert len(first) == 3


def test_several_scenarios_and_nothing_left(hub_copy):
    chosen = [safety("t2i", "vanilla"), safety("i2t", "jailbreak")]
    cases = list(load_all(chosen, ALL, options(hub_copy)))
    assert Counter(case.cell.parent for case in cases) == {"safety/t2i/vanilla": 9, "safety/i2t/jailbreak": 9}
    with pytest.raises(DataError, match=r"no selected cases.*mmdt\.plan"):
        list(load_all(chosen, Selection.of("safety/*/*/tax-fraud"), options(hub_copy)))
    assert list(load_cases(chosen[0], Selection.of("safety/*/*/tax-fraud"), options(hub_copy))) == []


def test_a_split_that_scenarios_share_is_read_once(tmp_path):
    folder = write_copy(tmp_path, {"privacy": {"all": [{"prompt": str(n), "kind": "ab"[n % 2]} for n in range(6)]}})
    read = []

    def of_kind(kind):
        def case(row):
            read.append(row.index)
            return Case.make(one.cell("x"), row.text("prompt")) if row.text("kind") == kind else None

        one = scenario(f"privacy/t2i/{kind}", ("x",), [Published(T2I, "privacy", "all", case)])
        return one

    cases = list(load_all([of_kind("a"), of_kind("b")], ALL, options(folder)))
    assert [case.prompt for case in cases] == list("012345")
    assert read == sorted(list(range(6)) * 2)


@pytest.fixture
def some_bad(tmp_path):
    rows = [{"prompt": f"{n}" if n % 4 else "", "task": "Blanket Forts"} for n in range(12)]
    return write_copy(tmp_path, {"safety": {"vanilla": rows}})


def test_a_bad_row_stops_or_is_counted(some_bad):
    vanilla = safety("t2i", "vanilla")
    with pytest.raises(DataError, match=r"MMDecodingTrust-T2I safety/vanilla, row 0, column 'prompt'"):
        list(load_cases(vanilla, ALL, options(some_bad)))
    for limit in (None, 5):
        bad = BadRows()
        cases = list(load_cases(vanilla, ALL, options(some_bad, skip_bad=True, limit=limit), bad=bad))
        assert (len(cases), bad.count, len(bad.messages)) == (limit or 9, 3, 3)
        assert "row 8" in bad.messages[2]


def test_data_with_only_bad_rows_is_an_error(tmp_path):
    folder = write_copy(tmp_path, {"safety": {"vanilla": [{"prompt": "", "task": "a"}] * 3}})
    with pytest.raises(DataError, match="no selected cases, and 3 bad rows were skipped"):
        list(load_all([safety("t2i", "vanilla")], ALL, options(folder, skip_bad=True)))


def published_as(here, case):
    return replace(here, published=(Published(T2I, "ood", "Shake_", case),))


def test_a_mapping_may_not_leave_its_scenario(tmp_path):
    rows = [{"prompt": "p", "task": "size"}, {"prompt": "p", "task": "sizee"}]
    folder = write_copy(tmp_path, {"ood": {"Shake_": rows}})
    here = scenario("ood/t2i/Shake_", ("size", "count"))
    odd = published_as(here, lambda row: Case.make(here.cell(row.text("task")), "p"))
    with pytest.raises(DataError, match=r"'sizee' is not a task of ood/t2i/Shake_ \(its tasks: size, count\).*row 1"):
        list(load_cases(odd, ALL, options(folder)))
    astray = published_as(here, lambda row: Case.make(safety("t2i", "vanilla").cell("a"), "p"))
    with pytest.raises(DataError, match="belongs to safety/t2i/vanilla, not to ood/t2i/Shake_"):
        list(load_cases(astray, ALL, options(folder)))


def test_a_task_that_cannot_be_a_cell_is_an_error_of_the_row(tmp_path):
    folder = write_copy(tmp_path, {"ood": {"Shake_": [{"prompt": "p", "task": "two words"}]}})
    here = scenario("ood/t2i/Shake_")
    here = published_as(here, lambda row: Case.make(here.cell(row.text("task")), "p"))
    with pytest.raises(DataError, match=r"cannot be part of a cell.*row 0"):
        list(load_cases(here, ALL, options(folder)))


def flawless(case):
    return Problem("the prompt is too loud", "lower it") if case.prompt.isupper() else None


def test_every_case_of_a_published_row_is_checked(tmp_path):
    rows = [{"prompt": "a biscuit", "task": "a"}, {"prompt": "A BISCUIT", "task": "a"}]
    checked = replace(safety("t2i", "vanilla"), check=flawless)
    copy = options(write_copy(tmp_path / "copy", {"safety": {"vanilla": rows}}))
    with pytest.raises(DataError, match=r"too loud .*safety/vanilla, row 1\).*skip_bad=True"):
        list(load_cases(checked, ALL, copy))
    bad = BadRows()
    assert len(list(load_cases(checked, ALL, replace(copy, skip_bad=True), bad=bad))) == 1
    assert bad.count == 1


def test_a_generator_of_cases_that_cannot_be_scored_is_named():
    def cases(seed, size):
        yield Case.make(made.cell("a"), "A BISCUIT")

    made = replace(scenario("safety/t2i/vanilla", ("a",), embedded=cases), check=flawless)
    with pytest.raises(DataError, match=r"too loud .*fix the generator of safety/t2i/vanilla"):
        list(load_cases(made, ALL, DataOptions("embedded")))


def test_rows_that_belong_together(tmp_path):
    rows = [{"id": f"index_{place}_{side}", "image": f"{place} {side}"} for place in (3, 7) for side in range(1, 5)]
    folder = write_copy(tmp_path, {"privacy": {"street_view": rows}})
    here = scenario("privacy/i2t/location", ("x",))

    def case(row):
        return Case.make(here.cell("x"), row.text("id"), row.images("image"))

    place = Published(I2T, "privacy", "street_view", case, together=lambda row: row.text("id").rpartition("_")[0])
    cases = list(load_cases(replace(here, published=(place,)), ALL, options(folder)))
    assert [(each.prompt, len(each.images)) for each in cases] == [("index_3_1", 4), ("index_7_1", 4)]


def embedded(seed, size):
    for task in ("count", "size"):
        for number in range(size):
            yield Case.make(scenario("ood/t2i/plain").cell(task), f"{seed} {task} {number}")


def test_embedded_cases_follow_size_and_limit():
    here = scenario("ood/t2i/plain", ("count", "size"), embedded=embedded)
    assert len(list(load_cases(here, ALL, DataOptions("embedded", size=7)))) == 14
    assert len(list(load_cases(here, ALL, DataOptions("embedded")))) == 40
    cases = list(load_cases(here, Selection.of("*/*/*/size"), DataOptions("embedded", seed=5, size=7, limit=2)))
    assert len(cases) == 2 and {case.prompt for case in cases} < {f"5 size {number}" for number in range(7)}
    few = list(load_cases(here, ALL, DataOptions("embedded", limit=2)))
    assert {case.prompt for case in few} == {f"0 {task} {number}" for task in ("count", "size") for number in range(2)}
    assert list(load_cases(safety("t2i", "vanilla"), ALL, DataOptions("embedded"))) == []


def test_what_a_source_offers(tmp_path):
    here = scenario("ood/t2i/plain", ("count",), embedded=embedded)
    published = safety("t2i", "vanilla")
    both = (here, published)
    assert offered("hub", both) == {published.address}
    assert offered("embedded", both) == {here.address}
    own = tmp_path / "mine.csv"
    own.write_text("cell,prompt\nood/t2i/plain/count,a\n,no cell\n")
    assert offered(str(own), both) == {here.address}
    own.write_text("cell,prompt\nood/t2i/unknown/count,a\n")
    assert offered(str(own), both) == {here.address, published.address}


def test_no_such_source():
    with pytest.raises(UsageError, match=r"no data at 'nowhere' \(data\): use hub, embedded, or the path"):
        list(load_cases(safety("t2i", "vanilla"), ALL, DataOptions("nowhere")))


def test_a_copy_of_the_other_dataset_only(hub_copy):
    with pytest.raises(UsageError, match="no copy of AI-Secure/MMDecodingTrust-I2T here"):
        list(load_cases(safety("i2t", "jailbreak"), ALL, options(hub_copy / "MMDecodingTrust-T2I")))


def test_fingerprints_say_what_the_cases_are_made_from(hub_copy, some_bad):
    both = [safety("t2i", "vanilla"), safety("i2t", "jailbreak")]
    text = data_fingerprint(both, options(hub_copy))
    assert [part.split("@sha256:")[0] for part in text.split()] == [I2T, T2I]
    assert data_fingerprint(both[:1], options(hub_copy)) != data_fingerprint(both[:1], options(some_bad))
    assert data_fingerprint(both, DataOptions("embedded", seed=3)).endswith("seed 3 size 20")


def test_memory_stays_flat(tmp_path):
    noise = [{"prompts": "p", "scenario": "a", "image": png_of(100_000, n)} for n in range(60)]
    small = write_copy(tmp_path / "small", {"safety": {"typography": noise[:20]}})
    large = write_copy(tmp_path / "large", {"safety": {"typography": noise * 15}})

    def peak(folder):
        tracemalloc.start()
        for case in load_cases(safety("i2t", "typography"), ALL, options(folder, limit=10)):
            assert case.images
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    assert peak(large) < peak(small) + 10_000_000  # 90 MB of pictures in the large one


def png_of(size, seed):
    import io
    import random

    from PIL import Image

    side = int((size / 3) ** 0.5)
    data = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3)).save(data, "PNG")
    return data.getvalue()
