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


def _jpeg(picture, **more):
    data = io.BytesIO()
    picture.save(data, "JPEG", **more)
    return data.getvalue()


class TestPicturesOfPhonesAndCameras:
    def test_a_picture_with_more_behind_it_is_a_jpeg(self):
        data = io.BytesIO()
        first, second = Pil.new("RGB", (40, 30), "red"), Pil.new("RGB", (40, 30), "blue")
        first.save(data, "MPO", save_all=True, append_images=[second])
        found = Image.from_bytes(data.getvalue())
        assert (found.media_type, found.width, found.height) == ("image/jpeg", 40, 30)
        assert found.pil().getpixel((5, 5))[0] > 200

    def test_it_is_turned_as_its_tag_says(self):
        picture = Pil.new("RGB", (40, 20), "white")
        picture.paste("black", (0, 0, 20, 20))
        exif = Pil.Exif()
        exif[0x0112] = 6  # turn by 90 degrees clockwise
        turned = Image.from_bytes(_jpeg(picture, exif=exif)).pil()
        assert turned.size == (20, 40)
        assert turned.getpixel((10, 5))[0] < 60 and turned.getpixel((10, 35))[0] > 200

    def test_grey_of_16_bits_keeps_its_brightness(self):
        data = io.BytesIO()
        Pil.fromarray(np.full((8, 8), 32768, np.uint16)).save(data, "PNG")
        assert Image.from_bytes(data.getvalue()).pil().getpixel((3, 3)) == (127, 127, 127)

    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_what_follows_the_end_is_no_damage(self, kind):
        data = io.BytesIO()
        Pil.effect_noise((64, 64), 80).convert("RGB").save(data, kind)
        whole = data.getvalue()
        assert Image.from_bytes(whole + b"ftypmp42" + bytes(range(1, 200)) * 100).width == 64
        with pytest.raises(DataError, match="damaged"):
            Image.from_bytes(whole[: len(whole) // 2] + b"")

    @pytest.mark.parametrize("kind", ["GIF", "BMP"])
    def test_a_cut_gif_or_bmp_is_damaged(self, kind):
        data = io.BytesIO()
        Pil.effect_noise((64, 64), 80).convert("P").save(data, kind)
        assert Image.from_bytes(data.getvalue()).width == 64
        with pytest.raises(DataError, match="damaged"):
            Image.from_bytes(data.getvalue()[:-200])
