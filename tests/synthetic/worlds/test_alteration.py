"""Alterations are recognised from the pixels, and requests are drawn so that they can be recognised."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from mmdt.synthetic.worlds.draw import fulfil, wrap
from mmdt.synthetic.worlds.language.meaning import Link, Meaning, ObjectSpec
from mmdt.synthetic.worlds.language.request_reader import read_request
from mmdt.synthetic.worlds.render import render
from mmdt.synthetic.worlds.scene import relation_of
from mmdt.synthetic.worlds.suite import embedded, ood
from mmdt.synthetic.worlds.suite.severities import CHANGES
from mmdt.synthetic.worlds.vision.alteration import alteration, has_boxes, has_clutter
from mmdt.synthetic.worlds.vision.letters import read
from mmdt.synthetic.worlds.vision.see import see
from mmdt.synthetic.worlds.vision.segment import segment


@pytest.mark.parametrize("style", ["original", *CHANGES])
def test_styles_and_corruptions_are_recognised(style: str) -> None:
    found = [alteration(case.images[0].pil()) for case in ood.i2t(style, 3, 4)]
    expected = "" if style == "original" else style
    assert sum(each != expected for each in found) <= 1, found


def test_boxes_and_clutter_are_noticed() -> None:
    wrong = 0
    for case in embedded("hallucination", "i2t", "distraction")(2, 8):
        segmented, way = segment(case.images[0].pil()), case.target["distraction"]
        wrong += has_boxes(segmented) != (way == "boxes") or has_clutter(segmented) != (way == "clutter")
    assert wrong <= 1


def test_requests_are_drawn_as_asked() -> None:
    rng = random.Random(4)
    for scenario in ("natural", "counterfactual"):
        for case in embedded("hallucination", "t2i", scenario)(2, 5):
            meaning = read_request(case.prompt).meaning
            things = [seen.thing() for seen in see(render(fulfil(meaning, rng)))]
            assert Counter(t.kind for t in things) == {part.kind: part.count for part in meaning.parts}
            for link in meaning.links:
                one, other = (next(t for t in things if t.kind == meaning.kinds[i]) for i in (link.one, link.other))
                assert relation_of(one, other) == link.relation


def test_text_is_drawn_legibly_and_contradictions_are_dropped() -> None:
    rng = random.Random(1)
    text = "MARKET HALL RIVER WALK 42"
    assert read(render(fulfil(Meaning((ObjectSpec("cat"),), text=text), rng), 384)) == wrap(text)
    loop = Meaning((ObjectSpec("cat"), ObjectSpec("car")), (Link(0, "left", 1), Link(1, "left", 0)))
    assert sorted(thing.kind for thing in fulfil(loop, rng).things) == ["car", "cat"]
