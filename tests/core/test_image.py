import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image as Pil

from mmdt.core.image import Image
from mmdt.errors import DataError


def encoded(kind, size=(64, 48)):
    pixels = np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Pil.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_reads_what_models_and_datasets_use(kind):
    image = Image.from_bytes(encoded(kind))
    assert (image.width, image.height) == (64, 48)
    assert image.pil().size == (64, 48)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_truncated_file_is_refused_without_decoding(kind):
    data = encoded(kind, (256, 256))
    with pytest.raises(DataError, match=r"image.*row 7"):
        Image.from_bytes(data[: len(data) // 2], where="row 7")


def test_damage_in_the_middle_is_found_when_decoding():
    data = bytearray(encoded("PNG", (256, 256)))
    data[len(data) // 2 : len(data) // 2 + 200] = b"\0" * 200
    with pytest.raises(DataError, match="damaged"):
        Image.from_bytes(bytes(data), decode=True)


@pytest.mark.parametrize("data", [b"", b"hello", b"<svg/>", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(DataError, match="not an image"):
        Image.from_bytes(data)


def test_a_picture_of_thirty_thousand_pixels_is_refused_unread():
    buffer = io.BytesIO()
    Pil.new("1", (30_000, 30_000)).save(buffer, "PNG")
    with pytest.raises(DataError, match=r"30,000|too large"):
        Image.from_bytes(buffer.getvalue())


def test_transparency_is_laid_on_white():
    image = Image.from_pil(Pil.new("RGBA", (4, 4), (255, 0, 0, 0)))
    assert image.pil().getpixel((0, 0)) == (255, 255, 255)


def test_equal_bytes_are_equal_images_wherever_they_are(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(encoded("PNG"))
    assert Image.from_path(path) == Image.from_bytes(encoded("PNG"))
    with pytest.raises(DataError, match="check the path"):
        Image.from_path(tmp_path / "b.png")


def test_an_unbound_image_says_so():
    with pytest.raises(DataError, match="no bytes"):
        Image("ab" * 32, "image/png", 1, 1).read()


def test_a_stored_image_that_was_damaged_is_named_by_its_file_alone(tmp_path):
    image = Image.from_bytes(encoded("PNG"))
    file = tmp_path / "stored.png"
    file.write_bytes(b"x")
    with pytest.raises(DataError) as caught:
        replace(image, data=b"", path=str(file)).pil()
    assert caught.value.what == "a stored image is damaged: its content does not have the SHA-256 that names it"
    assert caught.value.where == str(file)
