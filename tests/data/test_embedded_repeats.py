"""Embedded prompts that the next seed asks too: counted from what the generators make, and said."""

from dataclasses import replace

from mmdt import plugins as registry
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.data.embedded import repeated_prompts, repeats_note

NURSES = registry.scenarios()["fairness/t2i/stereotype"]


def making(prompts):
    def cases(seed, size):
        return [Case.make(Cell("fairness", "t2i", "stereotype", "occupation"), each) for each in prompts(seed)]

    return replace(NURSES, embedded=cases)


def test_the_share_is_that_of_the_prompts_that_come_back():
    half = making(lambda seed: ["a nurse", f"a pilot of year {seed}"])
    assert repeated_prompts([half], 3, 20) == {NURSES.address: 0.5}
    (said,) = repeats_note([half], 3, 20)
    assert "fairness/t2i/stereotype 50%" in said and "not independent" in said
    assert repeats_note([making(lambda seed: [f"a pilot of year {seed}"])], 3, 20) == ()


def test_fixed_lists_are_found_and_drawn_requests_are_not():
    asked = [
        each
        for each in registry.scenarios().values()
        if each.address.startswith(("fairness/", "ood/t2i", "safety/t2i"))
    ]
    found = repeated_prompts(asked, 0, 10)
    assert found and all(address.startswith("fairness/t2i") for address in found)


def test_a_generator_that_fails_is_left_to_the_run():
    def fails(seed, size):
        raise ValueError("no")
        yield

    assert repeated_prompts([replace(NURSES, embedded=fails)], 0, 5) == {}
