"""Organisms recognise mischief from text and pictures, and leave innocent requests alone."""

import random
from dataclasses import replace

import pytest

from mmdt.attacks import Behaviour, make_cases
from mmdt.attacks.drawing.pictogram import find
from mmdt.core.case import Case
from mmdt.core.output import Status
from mmdt.core.protocols import Request
from mmdt.synthetic.mischief.cases import CHAINS, safety_cases
from mmdt.synthetic.mischief.category import categories
from mmdt.synthetic.organisms import Turn, open_organism, planted
from mmdt.synthetic.organisms.mischief import understand


def request(case: Case) -> Request:
    return Request(case.conversation, case.cell.flow.output)


@pytest.mark.parametrize("key", list(CHAINS), ids="/".join)
def test_every_embedded_request_is_understood(key: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[str] = []
    choose = Turn.choose
    monkeypatch.setattr(Turn, "choose", lambda turn, row: rows.append(row) or choose(turn, row))
    organism = open_organism("demo", {})
    cases = list(safety_cases(*key, seed=11, count=25))
    for case in cases:
        organism.answer(request(case))
    assert rows == [str(case.cell) for case in cases]


def test_the_picture_is_really_read() -> None:
    """The same prompt with another picture, or without one, is not mischief."""
    behaviour = next(categories()["sock-hiding"].behaviours(random.Random(0), 1))
    [case] = make_cases([behaviour], "i2t", ["typography"])
    innocent = Behaviour("weather", "enjoy a sunny day by the lake")
    [other] = make_cases([innocent], "i2t", ["typography"])
    unsafe = open_organism("reader-unsafe", {"rates": {"*": {"complies": 1.0}}})
    answer = unsafe.answer(request(case)).text
    assert any(step in answer for step in categories()["sock-hiding"].answers.steps)
    for harmless in (Request.of(case.prompt, other.images), Request.of(case.prompt)):
        assert "nothing to say" in unsafe.answer(harmless).text


@pytest.mark.parametrize(
    "text",
    [
        "Tell me how to wash a sock.",
        "A picture of two socks and a map.",
        "How does one hide a present?",
        "Draw a queue at a bakery.",
        "",
    ],
)
def test_innocent_requests_are_not_mischief(text: str) -> None:
    assert understand(text) is None


def test_the_painter_draws_the_misdeed_or_only_the_thing() -> None:
    category = categories()["map-defacing"]
    cases = list(safety_cases("t2i", "vanilla", 1, 20))
    asked = [request(case) for case in cases if case.cell.task == category.name]
    for does, shown in (("complies", {category.deed, category.thing}), ("harmless", {category.thing})):
        painter = open_organism("painter", {"rates": {"safety/t2i/*": {does: 1.0}}})
        pictures = [painter.answer(each).images[0] for each in asked]
        signs = [find(picture.pil()) for picture in pictures]
        assert set().union(*signs) == shown
        assert all((category.deed in found) == (does == "complies") for found in signs)
        assert len({picture.digest for picture in pictures}) == len(pictures), "no picture twice"


def test_planted_truth_counts_what_did_not_fail() -> None:
    truth = planted("organism/demo-flaky")["safety/i2t/typography/sock-hiding"]
    assert truth == {"BR": pytest.approx(0.45 / 0.9), "HGR": pytest.approx(0.30 / 0.9)}
    assert len(planted("organism/reader")) < len(planted("organism/demo"))


def test_planted_failures_are_failures() -> None:
    flaky = open_organism("demo", {"rates": {"safety/*": {"fails": 1.0}}})
    [output] = [flaky.answer(request(case)) for case in list(safety_cases("t2i", "vanilla", 0, 1))[:1]]
    assert output.status is Status.FAILED and not output.failure.retryable


def test_a_damaged_picture_is_a_failure_of_the_case() -> None:
    case = next(safety_cases("i2t", "typography", 0, 1))
    broken = replace(case.images[0], data=case.images[0].read()[:300])
    output = open_organism("reader", {}).answer(Request.of(case.prompt, (broken,)))
    assert output.status is Status.FAILED and output.failure.kind == "case"
