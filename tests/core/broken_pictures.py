"""Pictures as they come from phones, scanners and broken downloads, made here."""

from __future__ import annotations

import base64
import io
import random
from collections.abc import Iterator

import numpy as np
from PIL import Image as Pil

HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAAIcAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j"
    "bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAAI9tZGF0AAAAgygBrwngPfMi///yPzf//LDOy/vFxFe//8dbw7/U"
    "lg//5BV6YSgwK4fJZOV/OjuvTe0nzRSLF6VXROUsfyV5YE0dz5ScPKu0k7mrR5Zm03rO8lbypFTqxOw5etvY1hyVJ2YWxFMxWkiE"
    "CHU6E8t7/aXrC6g/pw39+aqK+UFz2Mj7hoeO"
)
"""64 x 48, the left half red, the right half blue; encoded with pillow-heif 1.8."""


def encoded(picture: Pil.Image, kind: str, **more: object) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **more)
    return data.getvalue()


def halves(size: tuple[int, int] = (64, 48)) -> Pil.Image:
    """The left half red, the right half blue."""
    picture = Pil.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    return picture


def noise(size: tuple[int, int] = (64, 48), seed: int = 0) -> Pil.Image:
    return Pil.fromarray(np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8))


def turned(orientation: int, kind: str = "JPEG") -> bytes:
    exif = Pil.Exif()
    exif[0x0112] = orientation
    return encoded(halves(), kind, exif=exif.tobytes())


def animated(kind: str) -> bytes:
    """Three frames: red, green, blue."""
    first, *rest = (Pil.new("RGB", (32, 24), color) for color in ("red", "green", "blue"))
    return encoded(first, kind, save_all=True, append_images=rest, duration=100)


def grey16() -> bytes:
    return encoded(Pil.fromarray(np.full((8, 8), 32768, np.uint16)), "PNG")


def whole() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of unusual pictures that are whole."""
    for orientation in range(1, 9):
        yield f"turned{orientation}.jpg", turned(orientation)
    for kind in ("GIF", "WEBP", "PNG"):
        yield f"animated.{kind.lower()}", animated(kind)
    yield "grey16.png", grey16()
    yield "phone.jpg", encoded(halves(), "MPO", save_all=True, append_images=[halves()])
    yield "motion.jpg", encoded(noise(), "JPEG") + b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 80
    yield "trailer.png", encoded(noise(), "PNG") + b"note" * 100
    yield "trailer.gif", encoded(noise().convert("P"), "GIF") + b"note" * 100
    yield "cmyk.jpg", encoded(noise().convert("CMYK"), "JPEG")
    yield "float.webp", encoded(noise().convert("RGBA"), "WEBP", lossless=True)
    yield "palette.png", encoded(noise().convert("P"), "PNG", transparency=3)
    yield "mask.png", encoded(noise().convert("1"), "PNG")
    yield "tiny.bmp", encoded(noise((1, 1)), "BMP")
    yield "photo.avif", encoded(noise(), "AVIF")


def broken(number: int = 60) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of pictures that were cut off or damaged; some can still be read."""
    rng = random.Random(11)
    sources = [(name, data) for name, data in whole()] + [("photo.heic", HEIC)]
    for each in range(number):
        name, data = sources[each % len(sources)]
        stem, _, suffix = name.rpartition(".")
        match each % 4:
            case 0:
                data = data[: rng.randrange(1, len(data))]
            case 1:
                at = rng.randrange(len(data))
                data = data[:at] + bytes(rng.randrange(256) for _ in range(16)) + data[at + 16 :]
            case 2:
                at = rng.randrange(len(data))
                data = data[:at] + data[at + rng.randrange(1, 64) :]
            case 3:
                data = data[:24] + bytes(rng.randrange(256) for _ in range(len(data)))
        yield f"{stem}-{each}.{suffix}", data
    yield "empty.png", b""
    yield "page.jpg", b"<html>not found</html>"
    yield "claims.png", b"\x89PNG\r\n\x1a\n"
