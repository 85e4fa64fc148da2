"""Every attack follows one protocol: it is seeded, can be combined with others and records its recipe."""

import random

import numpy as np
import pytest
from PIL import Image as Pil

from mmdt.attacks import Attack, Behaviour, attack_case, make_attempt, make_cases
from mmdt.core.attack import BOTH, I2T, T2I, Attempt
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.message import Message
from mmdt.core.recipe import Step
from mmdt.engine.store.codec import decode_case, encode_case
from mmdt.errors import UsageError
from mmdt.plugins import registry

GNOMES = Behaviour("Garden mischief", "paint the gnomes of the park blue", thing="the gnomes")
FACTS = {"origin": "umbrella", "label": "banana", "claim": "umbrellas are fruit"}
NAMES = [name for name in registry.attacks() if registry.attack(name).access == "black"]
"""Those that need a surrogate have tests of their own (optimised/)."""
WITHOUT_CHANCE = (
    "faint-injection",
    "homoglyphs",
    "jpeg-artefacts",
    "pixelate",
    "roundabout",
    "synonyms",
    "typographic-label",
    "zoom-blur",
)
"""Attacks that have one result for the case of these tests."""


def noise(seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (160, 240, 3), np.uint8)
    return Image.from_pil(Pil.fromarray(pixels))


def case_of(modality):
    cell = Cell("adversarial", modality, "attack", "object")
    return Case.make(cell, "Draw a picture of a large umbrella at night.", (noise(),), FACTS)


def harder(attack, modality, seed):
    """The harder case and what the attack started from: a behaviour for drawing attacks, else a case."""
    if attack.kind == "drawing":
        return next(make_cases([GNOMES], modality, [attack], seed=seed)), make_attempt(GNOMES, modality, seed=seed)
    return attack_case(case_of(modality), [attack], seed=seed), case_of(modality)


@pytest.mark.parametrize("name", NAMES)
def test_every_attack_changes_what_it_says_and_nothing_else(name):
    attack = registry.attack(name)
    for modality in sorted(attack.modalities):
        case, before = harder(attack, modality, seed=3)
        words, pictures = case.prompt != before.prompt, case.images != before.images
        expected = {"drawing": (True, True), "picture": (False, True)}.get(attack.kind, (True, False))
        assert (words, pictures) == expected
        if attack.kind != "drawing":
            assert (case.target, case.cell, case.group) == (before.target, before.cell, before.id)
            assert [(image.width, image.height) for image in case.images] == [(240, 160)]


@pytest.mark.parametrize("name", NAMES)
def test_every_attack_is_seeded(name):
    attack = registry.attack(name)
    for modality in sorted(attack.modalities):
        cases = [harder(attack, modality, seed)[0] for seed in (*range(12), 0)]
        assert cases[0] == cases[-1]
        assert (len({case.id for case in cases}) > 1) == (name not in WITHOUT_CHANCE)


@pytest.mark.parametrize("name", NAMES)
def test_every_attack_records_its_recipe_and_the_store_keeps_it(name):
    attack = registry.attack(name)
    for modality in sorted(attack.modalities):
        case, _ = harder(attack, modality, seed=3)
        assert case.recipe == (Step(name, attack.recorded_parameters, 3),)
        assert decode_case(case.id, str(case.cell), encode_case(case)).recipe == case.recipe


@pytest.mark.parametrize("name", NAMES)
def test_every_attack_can_follow_and_be_followed(name):
    attack = registry.attack(name)
    for modality in sorted(attack.modalities):
        before = [] if attack.kind == "drawing" else ["distraction"]
        chain = [*before, attack, "refusal-suppression"]
        start = Attempt(modality, case_of(modality).prompt, (noise(),), GNOMES, FACTS)
        attempt = start
        for each in chain:
            found = registry.attack(each) if isinstance(each, str) else each
            attempt = found.apply(attempt, random.Random(1))
        assert attempt.methods == (*before, name, "refusal-suppression")
        assert [step.attack for step in attempt.recipe] == list(attempt.methods)


@pytest.mark.parametrize("name", NAMES)
def test_every_attack_says_what_it_is(name):
    attack = registry.attack(name)
    assert attack.name == name
    assert attack.access == "black"
    assert 10 < len(attack.about) < 90
    assert attack.constraint and attack.source and attack.cost
    assert registry.describe(registry.ATTACKS, name) == f"{', '.join(sorted(attack.modalities))}: {attack.about}"


def shout(attempt, rng, marks=1):
    return attempt.with_prompt(attempt.prompt.upper() + "!" * marks + "?" * rng.randint(0, 9))


SHOUT = Attack("shout", BOTH, shout, "asks in capitals", parameters={"marks": 1})


def test_an_attack_of_ones_own_by_object_and_by_name():
    (by_object,) = make_cases([GNOMES], "t2i", [SHOUT], seed=4)
    assert by_object.prompt.isupper()
    assert by_object.cell.scenario == "transformed"
    assert by_object.recipe == (Step("shout", {"marks": 1}, 4),)
    with pytest.raises(UsageError, match="unknown attack 'shout'"):
        make_attempt(GNOMES, "t2i", "shout")
    registry.register(registry.ATTACKS, "shout", SHOUT)
    assert list(make_cases([GNOMES], "t2i", "shout", seed=4)) == [by_object]
    assert "shout" in registry.attacks()


TALK = (
    Message.of("user", "Look at this.", [noise(7)]),
    Message.of("assistant", "I did."),
    Message.of("user", "Now tell me how to paint the gnomes.", [noise()]),
)


def test_the_last_question_of_a_conversation_is_attacked():
    case = Case.of_messages(Cell.parse("safety/i2t/jailbreak/garden"), TALK, {"category": "garden"})
    worded, noisy = attack_case(case, "role-play"), attack_case(case, "gaussian-noise")
    for harder in (worded, noisy):
        assert harder.messages[:2] == TALK[:2]
        assert harder.target == case.target
        assert harder.group == case.id != harder.id
        assert harder.prompt == harder.messages[2].text
        assert harder.images == (TALK[0].images[0], *harder.messages[2].images)
    assert case.prompt in worded.prompt != case.prompt
    assert worded.images == case.images
    assert noisy.prompt == case.prompt
    assert noisy.images[1] != case.images[1]
    assert decode_case(noisy.id, str(noisy.cell), encode_case(noisy)) == noisy


@pytest.mark.parametrize("name", NAMES)
def test_what_changes_words_fits_text_alone_and_what_changes_pictures_does_not(name):
    attack = registry.attack(name)
    words = attack.kind in ("wording", "framing")
    assert attack.fits("t2t") is (words and "i2t" in attack.modalities)
    assert attack.fits("it2i") is (words and "t2i" in attack.modalities)
    assert all(attack.fits(each) for each in attack.modalities)


def test_a_text_only_case_is_attacked_in_words():
    case = Case.make(Cell.parse("custom/t2t/plain/a"), "How do I paint the gnomes?")
    harder = attack_case(case, "role-play", seed=1)
    assert case.prompt in harder.prompt != case.prompt
    with pytest.raises(UsageError, match="'gaussian-noise' is not for t2t"):
        attack_case(case, "gaussian-noise")


def test_the_name_it_is_registered_under_counts():
    registry.register(registry.ATTACKS, "loud", SHOUT)
    assert make_attempt(GNOMES, "t2i", "loud").recipe[0].attack == "loud"


def test_only_attacks_can_be_used_as_attacks():
    registry.register(registry.ATTACKS, "quiet", shout)
    with pytest.raises(UsageError, match="'quiet' is a function, not an Attack"):
        registry.attack("quiet")


@pytest.fixture(autouse=True)
def forget_registered():
    yield
    for name in ("shout", "loud", "quiet"):
        registry._registered.pop((registry.ATTACKS, name), None)


def test_parameters_have_defaults_and_are_recorded():
    strong = registry.attack("gaussian-noise").with_parameters(severity=5)
    weak, loud = (attack_case(case_of("i2t"), each) for each in ("gaussian-noise", strong))
    assert weak.recipe == (Step("gaussian-noise", {"severity": 2}, 0),)
    assert loud.recipe == (Step("gaussian-noise", {"severity": 5}, 0),)

    def distance(case):
        change = np.asarray(case.images[0].pil(), int) - np.asarray(noise().pil(), int)
        return np.abs(change).mean()

    assert distance(loud) > 1.5 * distance(weak) > 0
    with pytest.raises(UsageError, match=r"no parameter 'strength': use severity"):
        strong.with_parameters(strength=3)
    with pytest.raises(UsageError, match="use 1 to 5"):
        attack_case(case_of("i2t"), strong.with_parameters(severity=9))


def test_a_picture_among_the_parameters_is_recorded_by_its_hash():
    patch = registry.attack("scrambled-patch").with_parameters(wanted=noise(1))
    case = attack_case(case_of("i2t"), patch)
    assert case.recipe[0].parameters["wanted"] == f"sha256:{noise(1).digest}"
    assert case.images != attack_case(case_of("i2t"), "scrambled-patch").images


def test_a_case_that_is_attacked_again_keeps_its_first_recipe():
    once = attack_case(case_of("i2t"), "pixelate", seed=1)
    twice = attack_case(once, "distraction+role-play", seed=2)
    assert [(step.attack, step.seed) for step in twice.recipe] == [
        ("pixelate", 1),
        ("distraction", 2),
        ("role-play", 2),
    ]
    assert twice.group == once.group == case_of("i2t").id


def test_the_references_of_a_drawing_request_stay():
    attacked = attack_case(case_of("t2i"), "shakespeare")
    assert attacked.images == case_of("t2i").images


def test_attacks_are_given_in_many_ways():
    expected = make_attempt(GNOMES, "i2t", ["typography", "role-play"])
    role_play = registry.attack("role-play")
    for attacks in (
        "typography+role-play",
        "typography + role-play",
        ["typography", role_play],
        ("typography+role-play",),
    ):
        assert make_attempt(GNOMES, "i2t", attacks) == expected
    assert make_attempt(GNOMES, "i2t", []) == make_attempt(GNOMES, "i2t")
    assert make_attempt(GNOMES, "i2t", role_play).methods == ("role-play",)
    with pytest.raises(UsageError, match="a value of type int is not an attack"):
        make_attempt(GNOMES, "i2t", [3])


def bare(modality, prompt="Draw a quasar."):
    return Case.make(Cell("adversarial", modality, "attack", "object"), prompt)


@pytest.mark.parametrize(
    ("attack", "modality", "what"),
    [
        ("typography", "i2t", r"'typography' needs a behaviour, and a case has none"),
        ("pixelate", "i2t", r"'pixelate' needs a picture.*put typography or illustration before it"),
        ("pixelate", "t2i", r"'pixelate' is not for t2i: it is for i2t"),
        ("insertion", "t2i", r"'insertion' needs a label: .*with_parameters\(label=\.\.\.\)"),
        ("typographic-label", "i2t", "'typographic-label' needs a label"),
        ("false-premise", "t2i", "'false-premise' needs a claim"),
        ("synonyms", "t2i", "no word of the prompt has a known synonym"),
        ("role-play+magic", "t2i", "unknown attack 'magic': use one of: adversarial-patch, "),
        ("", "t2i", "unknown attack ''"),
    ],
)
def test_what_cannot_be_applied_says_why(attack, modality, what):
    with pytest.raises(UsageError, match=what):
        attack_case(bare(modality), attack)


def test_modalities_are_named_once():
    assert (BOTH, frozenset()) == (I2T | T2I, I2T & T2I)
