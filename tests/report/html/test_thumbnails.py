from __future__ import annotations

import base64
import io
from dataclasses import replace

import pytest
from PIL import Image as Pil

from mmdt.core.image import Image
from mmdt.report.html.thumbnails import AHEAD, PictureIndex, thumbnails
from tests.report.synthetic import drawn


def opened(address: str) -> Pil.Image:
    head, _, coded = address.partition(",")
    assert head == "data:image/webp;base64"
    return Pil.open(io.BytesIO(base64.b64decode(coded)))


def stored(picture: Pil.Image, kind: str) -> Image:
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return Image.from_bytes(buffer.getvalue())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_the_longer_side_has_the_given_size_in_every_format(kind):
    image = stored(Pil.new("RGB", (640, 320), (200, 30, 40)), kind)
    (address,) = thumbnails([image], 160)
    small = opened(address)
    assert small.size == (160, 80)
    red, green, blue = small.convert("RGB").getpixel((80, 40))
    assert abs(red - 200) < 12 and abs(green - 30) < 12 and abs(blue - 40) < 12


def test_a_small_picture_is_not_enlarged():
    (address,) = thumbnails([drawn(1, side=40)], 160)
    assert opened(address).size == (40, 40)


def test_transparency_is_white():
    (address,) = thumbnails([stored(Pil.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG")], 160)
    assert min(opened(address).convert("RGB").getpixel((32, 32))) > 245


def test_the_order_is_kept_over_many_pictures():
    images = [drawn(number) for number in range(AHEAD * 2 + 3)]
    colours = [opened(each).convert("RGB").getpixel((2, 2)) for each in thumbnails(images, 32)]
    wanted = [(number * 53 % 256, number * 97 % 256, 0) for number in range(len(images))]
    assert len(colours) == len(wanted)
    for colour, want in zip(colours, wanted, strict=True):
        assert max(abs(a - b) for a, b in zip(colour, want, strict=True)) < 40


def test_a_missing_or_damaged_picture_gives_an_empty_string(tmp_path):
    gone = replace(drawn(1), data=b"", path=str(tmp_path / "gone.jpg"))
    changed = tmp_path / "changed.png"
    changed.write_bytes(b"\x89PNG\r\n\x1a\n not any more")
    damaged = replace(drawn(2), data=b"", path=str(changed))
    addresses = list(thumbnails([gone, drawn(3), damaged], 64))
    assert [bool(each) for each in addresses] == [False, True, False]


def test_the_same_bytes_have_one_number():
    pictures = PictureIndex()
    numbers = [pictures.number(each) for each in (drawn(1), drawn(2), drawn(1), drawn(3))]
    assert numbers == [0, 1, 0, 2]
    assert pictures.images == [drawn(1), drawn(2), drawn(3)]
