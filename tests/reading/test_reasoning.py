"""Reasoning and answer in replies, by the marks of many models."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.reading.reasoning import Reply, split_reasoning

KIMI = "\u25c1think\u25b7{}\u25c1/think\u25b7{}"
WRAPPERS = (
    "<think>{}</think>{}",
    "<think>\n{}\n</think>\n\n{}",
    "<THINKING>{}</THINKING>{}",
    "<thought>{}</thought>\n{}",
    "<reasoning>{}</reasoning><answer>{}</answer>",
    "<seed:think>{}</seed:think>{}",
    "{}</think>{}",
    "{}</thinking>\n{}",
    "[THINK]{}[/THINK]{}",
    KIMI,
    "<|begin_of_thought|>{}<|end_of_thought|><|begin_of_solution|>{}<|end_of_solution|>",
    "<|START_THINKING|>{}<|END_THINKING|><|START_RESPONSE|>{}<|END_RESPONSE|>",
    "<|channel|>analysis<|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>{}<|return|>",
    "<|start|>assistant<|channel|>analysis<|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>{}",
    "analysis{}assistantfinal{}",
    "<think>{}</think><|begin_of_box|>{}<|end_of_box|>",
)


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_reasoning_is_set_apart(wrapper):
    reply = wrapper.format("We have to look first. The hen may be red.", "I cannot help with that.")
    assert split_reasoning(reply) == Reply(
        "We have to look first. The hen may be red.", "I cannot help with that.", cut_off=False
    )


@pytest.mark.parametrize(
    "opened",
    [
        "<think>We need",
        "<thinking>\nWe need",
        "[THINK]We need",
        "\u25c1think\u25b7We need",
        "<|channel|>analysis<|message|>We need",
        "analysisWe need",
    ],
)
def test_reasoning_that_is_never_closed_is_cut_off(opened):
    assert split_reasoning(opened) == Reply("We need", "", cut_off=True)


@pytest.mark.parametrize(
    "answer",
    [
        "Two hens.",
        "I think <i>two</i> hens.",
        "Put the thoughts between `<think>` and `</think>`.",
        "```xml\n<think>a</think>\n```",
        "The <think> tag opens it.",
        "analysis of the picture: two hens",
        "[think] about it",
        "",
    ],
)
def test_an_answer_without_reasoning_stays_as_it_is(answer):
    assert split_reasoning(answer) == Reply("", answer, cut_off=False)


def test_within_reasoning_only_a_closing_mark_counts():
    found = split_reasoning("<think>The user wrote <think> and ```x\n</think>No hen.")
    assert found == Reply("The user wrote <think> and ```x", "No hen.")


def test_several_stretches_of_reasoning():
    found = split_reasoning("<think>one</think>First.\n<think>two</think>Second.")
    assert found == Reply("one\n\ntwo", "First.\n\nSecond.")


@given(st.text(st.sampled_from("ab<>/|`\n"), max_size=40), st.sampled_from(WRAPPERS))
def test_no_text_crashes_and_no_letter_is_lost(text, wrapper):
    found = split_reasoning(wrapper.format(text, "end"))
    assert found.answer.endswith("end") or "end" in found.reasoning + found.answer
    split_reasoning(text)


def test_long_replies_are_split_in_the_time_of_their_length():
    for piece in ("<think>", "</think>", "a <think> b ", "`", "<analysis ", "<think>a</think>"):
        split_reasoning(piece * 20_000)
