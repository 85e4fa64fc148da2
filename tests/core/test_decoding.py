"""One look of a picture for every model and evaluator."""

import base64
import io
from importlib.util import find_spec

import pytest
from PIL import Image as Pil

from mmdt.core import decoding
from mmdt.core.base64_picture import picture_from_base64
from mmdt.core.decoding import inspect
from mmdt.core.image import Image
from mmdt.errors import DataError
from mmdt.models.http.images import accepted
from tests.core.broken_pictures import HEIC, animated, broken, encoded, grey16, halves, noise, turned, whole

TAKEN = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


@pytest.mark.parametrize("orientation", range(1, 9))
def test_size_and_pixels_are_those_that_are_shown(orientation):
    image = Image.from_bytes(turned(orientation))
    assert (image.width, image.height) == image.pil().size == ((48, 64) if orientation > 4 else (64, 48))


@pytest.mark.parametrize(
    ("orientation", "red"), [(1, (5, 24)), (2, (59, 24)), (3, (59, 24)), (6, (24, 5)), (8, (24, 59))]
)
def test_what_is_sent_is_turned_already(orientation, red):
    image = Image.from_bytes(turned(orientation))
    sent = accepted(image, TAKEN, None)
    assert (sent.digest == image.digest) == (orientation == 1)
    assert inspect(sent.read(), "sent").plain
    shown = Pil.open(io.BytesIO(sent.read())).convert("RGB")  # as a program that knows no tags
    assert shown.size == image.pil().size
    assert shown.getpixel(red)[0] > 200 and shown.getpixel(red)[2] < 60


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_is_what_everybody_sees(kind):
    image = Image.from_bytes(animated(kind))
    assert image.animated
    sent = accepted(image, TAKEN, None)
    assert not sent.animated
    for each in (image, sent):
        red, green, blue = each.pil().getpixel((10, 10))
        assert red > 240 and green < 20 and blue < 20
    assert not Image.from_bytes(encoded(noise(), kind)).animated


def test_16_bits_are_sent_as_they_are_seen():
    image = Image.from_bytes(grey16())
    sent = accepted(image, TAKEN, None)
    assert sent.pil().getpixel((3, 3)) == image.pil().getpixel((3, 3)) == (127, 127, 127)
    assert Pil.open(io.BytesIO(sent.read())).mode == "RGB"


def test_a_photograph_too_large_as_png_goes_as_jpeg():
    exif = Pil.Exif()
    exif[0x0112] = 6
    image = Image.from_bytes(encoded(noise((300, 200)), "JPEG", quality=60, exif=exif.tobytes()))
    exact = accepted(image, TAKEN, None)
    sent = accepted(image, TAKEN, len(exact.data) - 1)
    assert (exact.media_type, sent.media_type) == ("image/png", "image/jpeg")
    assert (sent.width, sent.height) == (200, 300)


@pytest.mark.parametrize("name", [name for name, _ in whole()])
def test_whole_pictures_are_read(name):
    image = Image.from_bytes(dict(whole())[name], decode=True)
    assert image.pil().mode == "RGB"
    assert image.pil().size == (image.width, image.height)


def test_broken_pictures_are_read_or_refused_and_nothing_else():
    refused = 0
    for name, data in broken(300):
        try:
            Image.from_bytes(data, where=name).pil()
        except DataError as error:
            refused += 1
            assert error.where
    assert refused > 100


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.98])
@pytest.mark.parametrize(
    "name", ["turned1.jpg", "animated.gif", "animated.webp", "trailer.gif", "tiny.bmp", "photo.avif"]
)
def test_what_was_cut_off_is_damaged(name, share):
    data = dict(whole())[name]
    data = data[: int(len(data) * share)] if not name.startswith("trailer") else data[: int((len(data) - 400) * share)]
    with pytest.raises(DataError, match=r"damaged|not an image"):
        Image.from_bytes(data).pil()


@pytest.mark.skipif(find_spec("pi_heif") is None and find_spec("pillow_heif") is None, reason="needs the extra heic")
def test_heic_is_read_and_sent_as_something_that_others_read():
    image = Image.from_bytes(HEIC)
    assert (image.media_type, image.width, image.height, image.suffix) == ("image/heic", 64, 48, "heic")
    sent = accepted(image, TAKEN, None)
    assert sent.media_type == "image/png"
    left, right = sent.pil().getpixel((8, 24)), sent.pil().getpixel((56, 24))
    assert left[0] > 180 and left[2] < 80 and right[0] < 80 and right[2] > 180


def test_heic_without_its_library_says_what_to_install(monkeypatch):
    monkeypatch.setattr(decoding, "find_spec", lambda name: None)
    decoding._heif_is_there.cache_clear()
    try:
        with pytest.raises(DataError, match=r"HEIC.*row 3.*mmdt\[heic\]"):
            Image.from_bytes(HEIC, where="row 3")
    finally:
        decoding._heif_is_there.cache_clear()


PLAIN = base64.b64encode(encoded(halves(), "PNG")).decode()
WRITTEN = {
    "plain": PLAIN,
    "a prefix": f"data:image/png;base64,{PLAIN}",
    "a prefix in capitals": f"DATA:image/PNG;BASE64,{PLAIN}",
    "a prefix with a parameter": f"data:image/png;name=a.png;base64,{PLAIN}",
    "no type": f"data:;base64,{PLAIN}",
    "lines": "\n".join(PLAIN[at : at + 76] for at in range(0, len(PLAIN), 76)),
    "lines of windows and a prefix": "data:image/png;base64,\r\n" + PLAIN[:76] + "\r\n" + PLAIN[76:],
    "no padding": PLAIN.rstrip("="),
    "the other alphabet": PLAIN.replace("+", "-").replace("/", "_").rstrip("="),
    "padding as in a URL": PLAIN.replace("=", "%3D"),
}


@pytest.mark.parametrize("form", WRITTEN)
def test_every_base64_is_the_same_picture(form):
    assert picture_from_base64(WRITTEN[form], "x").read() == encoded(halves(), "PNG")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "not an image"),
        ("!!!", "not valid base64"),
        ("data:image/svg+xml,<svg/>", "not in base64"),
        (PLAIN[:100], "damaged|not an image"),
        ("data:image/png;base64,", "not an image"),
    ],
)
def test_what_is_no_picture_is_refused(text, what):
    with pytest.raises(DataError, match=what):
        picture_from_base64(text, "x")
