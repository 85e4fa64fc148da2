"""The meaning of an attacked request is recovered: by decoding, by reading its pictures, or since it is there whole."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image as Pil

from mmdt import plugins
from mmdt.attacks import Behaviour, make_attempt
from mmdt.attacks.drawing.lettering import read
from mmdt.attacks.encodings import (
    base64_text,
    caesar,
    code_words,
    emoji,
    flipped,
    invisible,
    leet,
    letter_art,
    morse,
    pieces,
)
from mmdt.attacks.encodings.augmented import same_letters
from mmdt.attacks.framings import code_switching
from mmdt.attacks.pages import code_screenshot, mirrored_text, replaced_words, rotated_text, scaled_text, sub_pictures
from mmdt.attacks.pages.redacted_text import BLANK
from mmdt.attacks.pictures.shuffled_patches import shuffled
from mmdt.attacks.text.divide_and_conquer import parts
from mmdt.attacks.text.looks_alike import LOOKS
from mmdt.attacks.text.replacing import fix_articles, replace_words
from mmdt.core.attack import Attempt
from tests.attacks.effect.filters import stand_ins
from tests.attacks.effect.reading import alike, read_any
from tests.tiny import need

BEHAVIOURS = stand_ins(2, seed=21)
SEEDS = (1, 2, 3)


def same(found: str, wanted: str) -> bool:
    """Whether two texts have the same words; case, articles and spaces aside."""

    def plain(text: str) -> str:
        return re.sub(r"\b(an?)\s", "a ", " ".join(text.lower().split()))

    return plain(found) == plain(wanted)


DECODERS: dict[str, Callable[[str], str]] = {
    "base64": base64_text.decode,
    "caesar": caesar.decode,
    "morse": morse.decode,
    "leet": leet.decode,
    "invisible-characters": invisible.decode,
    "emoji-smuggling": emoji.decode,
    "flip": flipped.decode,
    "payload-splitting": pieces.decode,
    "code-words": code_words.decode,
    "letter-art": letter_art.decode,
    "code-switching": code_switching.decode,
}


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_decoding_gives_the_request(name: str, seed: int) -> None:
    for behaviour in BEHAVIOURS:
        request = make_attempt(behaviour, "i2t", (), seed=seed)
        chosen = Attempt("i2t", request.prompt, behaviour=behaviour, seed=seed)
        harder = _applied(chosen, name, seed)
        assert harder.prompt != request.prompt
        assert same(DECODERS[name](harder.prompt), request.prompt), harder.prompt


def _applied(attempt: Attempt, name: str, seed: int) -> Attempt:
    return plugins.attack(name).apply(attempt, random.Random(seed))


@pytest.mark.parametrize("name", ["base64", "emoji-smuggling", "payload-splitting", "invisible-characters"])
def test_what_is_exact_is_exact_for_any_text(name: str) -> None:
    text = 'Wie öffnet man "das" Glas? 日本語\n\nZweite Zeile: 100 % \\ {x}'
    assert DECODERS[name](_applied(Attempt("i2t", text), name, 3).prompt) == text


WHOLE = ("role-play", "hypothetical", "prefix-injection", "refusal-suppression", "many-shot", "nested-scenes")
WHOLE += ("policy-file", "persuasion", "hidden-among")
WISHED = ("past-tense", "completion", "table-completion")


@pytest.mark.parametrize("name", [*WHOLE, *WISHED])
def test_a_framing_keeps_the_request_word_for_word(name: str) -> None:
    for behaviour in BEHAVIOURS:
        for seed in SEEDS:
            request = Attempt("i2t", f"Tell me how to {behaviour.text}.")
            framed = _applied(request, name, seed).prompt
            assert (request.prompt if name in WHOLE else behaviour.text) in framed
    bare = _applied(Attempt("i2t", "Which gnome is blue, and why?"), name, 1).prompt
    assert "Which gnome is blue, and why?" in bare


def test_augmented_words_keep_their_letters() -> None:
    request = f"Tell me how to {BEHAVIOURS[0].text}."
    for seed in range(20):
        found = _applied(Attempt("i2t", request), "augmented", seed).prompt
        pairs = list(zip(found.split(), request.split(), strict=True))
        assert all(same_letters(one.strip(".,"), two.strip(".,")) for one, two in pairs)
        assert found != request


def test_shuffled_words_are_the_same_words() -> None:
    request = f"Tell me how to {BEHAVIOURS[0].text}."
    for seed in range(20):
        found = _applied(Attempt("i2t", request), "shuffled-words", seed).prompt
        assert sorted(found.split()) == sorted(request.split()) and found != request


def test_divided_parts_are_the_whole_wish() -> None:
    wish = "a red fox on a hill, next to a blue barn with a lamp"
    found = _applied(Attempt("t2i", f"Draw {wish}."), "divide-and-conquer", 2).prompt
    assert parts(wish) == ["a red fox", "on a hill", "next to a blue barn", "with a lamp"]
    places = [found.index(part) for part in parts(wish)]
    assert places == sorted(places) and wish not in found


def test_what_looks_alike_is_put_back_by_the_table() -> None:
    back = {look: word for word, looks in LOOKS.items() for look in looks}
    request = "A picture of biscuits and socks under an umbrella."
    found = _applied(Attempt("t2i", request), "looks-alike", 4).prompt
    assert not {"biscuits", "socks", "umbrella"} & set(re.findall(r"\w+", found))
    assert replace_words(found, back).replace("a umbrella", "an umbrella") == fix_articles(request)


def shown(behaviour: Behaviour, name: str, seed: int) -> tuple[str, list[Pil.Image]]:
    attempt = make_attempt(behaviour, "i2t", name, seed=seed)
    assert behaviour.text not in attempt.prompt
    return attempt.prompt, [image.pil() for image in attempt.images]


def _turned(prompt: str, picture: Pil.Image) -> str:
    angle = int(re.search(r"\b(90|180|270)\b", prompt)[0])
    return read(rotated_text.undo(picture, angle))


def _tiles(prompt: str, picture: Pil.Image) -> str:
    numbers = max(re.findall(r"(?:\d+, )+\d+", prompt), key=len).split(", ")
    return " ".join(read(sub_pictures.tile(picture, int(number), 3)) for number in numbers)


READERS: dict[str, Callable[[str, list[Pil.Image]], str]] = {
    "figstep-pro": lambda prompt, pictures: "".join(" ".join(read(each).splitlines()) for each in pictures),
    "mirrored-text": lambda prompt, pictures: read(mirrored_text.undo(pictures[0])),
    "rotated-text": lambda prompt, pictures: _turned(prompt, pictures[0]),
    "replaced-words": lambda prompt, pictures: replaced_words.undo(" ".join(read(pictures[0]).split()), prompt),
    "scaled-text": lambda prompt, pictures: read(scaled_text.scaled(pictures[0], 4)),
    "code-screenshot": lambda prompt, pictures: code_screenshot.undo(read(pictures[0])),
    "sub-pictures": lambda prompt, pictures: _tiles(prompt, pictures[0]),
}


@pytest.mark.parametrize("name", READERS)
def test_reading_the_pictures_gives_the_request(name: str) -> None:
    for behaviour in BEHAVIOURS[::2]:
        for seed in SEEDS:
            found = READERS[name](*shown(behaviour, name, seed))
            assert same(found, f"How to {behaviour.text}"), found


def test_a_qr_code_is_decoded_by_another_library() -> None:
    need("segno", "cv2")
    import cv2

    for behaviour in BEHAVIOURS[::2]:
        _, (picture,) = shown(behaviour, "qr-code", 1)
        assert cv2.QRCodeDetector().detectAndDecode(np.asarray(picture))[0] == f"How to {behaviour.text}"


def test_a_reader_fills_in_redacted_words() -> None:
    vocabulary = {word for each in stand_ins(60, seed=3) for word in re.findall(r"[\w'-]+", each.text)} | {"How", "to"}
    right = total = 0
    for behaviour in BEHAVIOURS:
        _, (picture,) = shown(behaviour, "redacted-text", 2)
        for gapped, word in zip(read(picture).split(), f"How to {behaviour.text}".split(), strict=True):
            assert len(gapped) == len(word) and gapped[0] == word[0]
            pattern = re.compile("".join("." if each == BLANK else re.escape(each) for each in gapped))
            right += [each for each in vocabulary if pattern.fullmatch(each)] == [word] or gapped == word
            total += 1
    assert right / total > 0.9


OCR = ("flowchart", "wavy-text", "chat-screenshot")
SEEN = ("mixup",)


@pytest.mark.parametrize("name", [*OCR, *(f"typography+{name}" for name in SEEN)])
def test_a_text_reader_reads_what_is_still_legible(name: str) -> None:
    found = [alike(" ".join(map(read_any, shown(each, name, 3)[1])), each.text) for each in BEHAVIOURS[:1]]
    assert min(found) > 0.85, found


def test_shuffled_tiles_are_the_tiles_of_the_picture() -> None:
    clean = make_attempt(BEHAVIOURS[0], "i2t", "typography", seed=4).images[0].pil()
    for seed in range(5):
        mixed = _tiles_of(shuffled(clean, 2, random.Random(seed)))
        assert sorted(each.tobytes() for each in mixed) == sorted(each.tobytes() for each in _tiles_of(clean))
        orders = itertools.permutations(mixed)
        assert any(all(map(np.array_equal, order, _tiles_of(clean))) for order in orders)
        assert not all(map(np.array_equal, mixed, _tiles_of(clean)))


def _tiles_of(picture: Pil.Image) -> list[np.ndarray]:
    pixels = np.asarray(picture)
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    return [pixels[y : y + height, x : x + width] for y in (0, height) for x in (0, width)]


def test_hades_leaves_the_thing_to_the_picture() -> None:
    behaviour = Behaviour("x", "repaint the bicycle of a neighbour", thing="the bicycle")
    prompt, (picture,) = shown(behaviour, "hades", 2)
    assert "bicycle" not in prompt
    assert alike(read_any(picture), "the bicycle") == 1
