"""Reasoning is set apart once, where an answer comes in: for the model, for judges, and for answers taken over."""

from dataclasses import replace

from mmdt.core.output import Output, Status
from mmdt.core.protocols import Request
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.endpoint.reasoning import reasoning_apart
from mmdt.engine.store.codec import decode_output, encode_output
from tests.engine.builders import talker


def test_reasoning_in_the_text_and_in_a_field_are_kept_together():
    found = reasoning_apart(Output.answered("<think>one</think>Two hens.", reasoning="zero"))
    assert (found.text, found.reasoning, found.finish) == ("Two hens.", "zero\n\none", "stop")


def test_reasoning_that_is_not_closed_is_an_answer_cut_off():
    found = reasoning_apart(Output.answered("<think>one", finish="stop"))
    assert (found.text, found.reasoning, found.cut_off, found.empty) == ("", "one", True, True)
    kept = reasoning_apart(Output.answered("<think>one", finish="max_tokens"))
    assert (kept.finish, kept.cut_off) == ("max_tokens", True)


def test_other_outputs_stay_as_they_are():
    for output in (Output.answered("Two hens."), replace(Output.answered("<think>a"), status=Status.REFUSED)):
        assert reasoning_apart(output) is output


def test_it_is_done_once():
    once = reasoning_apart(Output.answered("a</think>b"))
    assert reasoning_apart(once) is once


async def test_every_answer_of_an_endpoint_is_split():
    model = talker(lambda _: Output.answered("<think>one</think>Two hens."))
    output = await Endpoint(model, Limits(), Budget()).ask(Request.of("i2t", "How many?"))
    assert (output.text, output.reasoning) == ("Two hens.", "one")


def test_the_store_keeps_reasoning_and_reads_outputs_without_it():
    output = Output.answered("Two hens.", reasoning="one", finish="length")
    assert decode_output(encode_output(output)) == output
    old = '{"status":"answered","text":"Two hens.","images":[],"finish":"stop","model":""}'
    assert decode_output(old).reasoning == ""
