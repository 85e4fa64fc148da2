"""What an encoded picture shows: its type, its size, and the pixels that every model and evaluator sees.

Pixels are the same everywhere: turned as the EXIF tag says, the first frame of an animation, 16 bits of grey scaled to
8, transparency on white, RGB.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mmdt.errors import DataError

if TYPE_CHECKING:
    from PIL import Image as Pil

MAX_SIDE = 16_384
"""Pixels along one side; larger pictures are refused before they are decoded."""
MAX_PIXELS = 64_000_000
"""Pixels in all (a decompression bomb is refused before it is decoded)."""
MAX_BYTES = 64 * 1024 * 1024
"""Size of the encoded file."""

BOMB_PIXELS = 20_000_000
BOMB_RATIO = 200
"""A picture with more pixels than this, and more of them for each byte of its file, is a decompression bomb. (A smaller
one of a single colour is harmless, and models draw such.)"""

MEDIA_TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG with further pictures behind it, as phones take portraits
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
}
HINT = "use a whole PNG, JPEG, WebP, GIF, BMP, AVIF or HEIC"
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "HEIF"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
}
_ORIENTATION = 0x0112
_TURNED = range(5, 9)
"""EXIF orientations that swap width and height."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of a picture says. Width and height are those of what is shown.

    ``animated``: more frames than one. ``plain``: whatever program opens the file shows the pixels of :func:`decode`
    (but for transparency), so that it can be sent as it is.
    """

    media_type: str
    width: int
    height: int
    animated: bool
    plain: bool


def inspect(data: bytes, where: str, *, decode: bool = False) -> Header:
    """Check the header, the size and the end of an encoded picture; with ``decode``, every pixel.

    Raises DataError, naming ``where``, on anything that is not a whole picture within the limits of this module.
    """
    if len(data) > MAX_BYTES:
        raise DataError(f"the image has {len(data):,} bytes", where=where, hint=f"keep it under {MAX_BYTES:,}")
    try:
        picture = _open(data)
    except DataError as error:
        raise DataError(error.what, where=where, hint=error.hint) from error
    except Exception as error:
        raise _unreadable(error, where) from error
    with picture:
        _check_size(picture.size, len(data), where)
        kind = str(picture.format)
        try:
            if _cut_short(data, kind):
                raise OSError("the end of the file is missing")
            if decode or not _ends_as_usual(data, kind):
                picture.load()
            return _header(picture, kind)
        except Exception as error:  # decoders raise nearly anything for what is damaged
            raise DataError(f"the image is damaged: {_reason(error)}", where=where, hint="replace the file") from error


def decode(data: bytes, where: str, *, about: int = 0) -> Pil.Image:
    """The pixels as RGB. ``about``: the side in pixels that is wanted, at a fraction of the work where the type allows
    it (JPEG); the picture may be larger. Raises DataError on damage."""
    try:
        with _open(data) as opened:
            if about:
                opened.draft("RGB", (2 * about, 2 * about))
            return _as_shown(opened)
    except DataError as error:
        raise DataError(error.what, where=where, hint=error.hint) from error
    except Exception as error:
        raise DataError(f"the image cannot be decoded: {_reason(error)}", where=where) from error


def is_animated(data: bytes, media_type: str) -> bool:
    """Whether a picture that was inspected has more than one frame."""
    match media_type:
        case "image/png":
            return b"acTL" in data[:4096]
        case "image/webp":
            return b"ANIM" in data[:128]
        case "image/gif" | "image/avif":
            return inspect(data, "image").animated
    return False


def _open(data: bytes) -> Pil.Image:
    from PIL import Image as Pil

    kind = _BRANDS.get(data[8:12], "") if data[4:8] == b"ftyp" else ""
    if kind:
        _require(kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of bombs, where our own limit is stricter, and of odd tags
        # Pillow finds an MPO by itself where it opens a JPEG.
        return Pil.open(io.BytesIO(data), formats=[kind] if kind else ("PNG", "JPEG", "WEBP", "GIF", "BMP"))


def _require(kind: str) -> None:
    """Raises DataError, with what to do, where this type needs a library that is not there."""
    if kind == "HEIF" and not _heif_is_there():
        hint = "install it with `pip install 'mmdt[heic]'`, or save the picture as JPEG"
        raise DataError("the image is a HEIC, and the library that reads it is not installed", hint=hint)
    if kind == "AVIF":
        from PIL import features

        if not features.check("avif"):
            hint = "upgrade Pillow to 11.3 or later, or save the picture as PNG"
            raise DataError("the image is an AVIF, and this Pillow cannot read it", hint=hint)


@cache
def _heif_is_there() -> bool:
    """Whether HEIC can be read; registers the reader with Pillow."""
    for name in ("pi_heif", "pillow_heif"):
        if find_spec(name) is not None:
            import_module(name).register_heif_opener()
            return True
    return False


def _unreadable(error: Exception, where: str) -> DataError:
    from PIL import Image as Pil

    if isinstance(error, Pil.DecompressionBombError):
        return DataError(f"the image is too large: {error}", where=where, hint="scale it down")
    return DataError("this is not an image that can be read", where=where, hint=HINT)


def _check_size(size: tuple[int, int], file_bytes: int, where: str) -> None:
    width, height = size
    if width * height > max(BOMB_PIXELS, BOMB_RATIO * file_bytes):
        what = f"the image has {width:,} x {height:,} pixels in {file_bytes:,} bytes, which is a decompression bomb"
        raise DataError(what, where=where, hint="save it again with an ordinary program")
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        hint = f"scale it to at most {MAX_SIDE:,} a side and {MAX_PIXELS:,} in all"
        raise DataError(f"the image has {width:,} x {height:,} pixels", where=where, hint=hint)


def _header(picture: Pil.Image, kind: str) -> Header:
    width, height = picture.size
    orientation = _orientation(picture)
    animated = kind != "MPO" and bool(getattr(picture, "is_animated", False))
    if orientation in _TURNED:
        width, height = height, width
    plain = orientation == 1 and not animated and not picture.mode.startswith("I")
    return Header(MEDIA_TYPES[kind], width, height, animated, plain)


def _orientation(picture: Pil.Image) -> int:
    """1 to 8; 1 where there is no tag, or none that can be read."""
    if not picture.info.get("exif") and not picture.info.get("Raw profile type exif") and picture.format != "AVIF":
        return 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # a broken tag turns nothing
        return 1
    return found if found in range(1, 9) else 1


def _as_shown(opened: Pil.Image) -> Pil.Image:
    from PIL import Image as Pil
    from PIL import ImageOps

    opened.load()
    picture = opened if _orientation(opened) == 1 else ImageOps.exif_transpose(opened)
    if picture.mode.startswith("I"):  # 16 bits of grey: Pillow would clip them, not scale
        return _scaled_grey(picture)
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        white = Pil.new("RGBA", layer.size, "white")
        return Pil.alpha_composite(white, layer).convert("RGB")
    return picture.convert("RGB")


def _scaled_grey(picture: Pil.Image) -> Pil.Image:
    """Grey of 16 bits as RGB of 8, brightness kept."""
    import numpy as np
    from PIL import Image as Pil

    levels = np.clip(np.asarray(picture, np.int64), 0, 65535) // 257
    return Pil.fromarray(levels.astype(np.uint8), "L").convert("RGB")


def _reason(error: Exception) -> str:
    return str(error).partition(" <")[0] or type(error).__name__  # Pillow adds the address of the object in memory


def _cut_short(data: bytes, kind: str) -> bool:
    """Whether the end is certainly missing: much cheaper than decoding, and it finds truncated downloads."""
    match kind:
        case "PNG":
            return b"IEND" not in data
        case "JPEG" | "MPO":
            return b"\xff\xd9" not in data
        case "WEBP":
            return len(data) < int.from_bytes(data[4:8], "little")
        case "GIF":
            return not _gif_ends(data)
        case "BMP":
            return len(data) < int.from_bytes(data[2:6], "little")
    return False


def _ends_as_usual(data: bytes, kind: str) -> bool:
    """Whether the end marker is at the end. Phones append films and programs append trailers: only decoding can tell
    such a file from one that was cut off. So it is for types whose end has no mark."""
    if kind == "PNG":
        return b"IEND" in data[-64:]
    if kind in ("JPEG", "MPO"):
        return b"\xff\xd9" in data[-64:]
    return kind not in ("AVIF", "HEIF")


def _gif_ends(data: bytes) -> bool:
    """Whether the blocks of a GIF lead to its end mark; what follows that is not looked at."""
    at = 13 + _color_table(data, 10)
    while at < len(data):
        match data[at]:
            case 0x3B:
                return True
            case 0x21:
                at = _after_blocks(data, at + 2)
            case 0x2C:
                at = _after_blocks(data, at + 11 + _color_table(data, at + 9))
            case _:
                return False
    return False


def _color_table(data: bytes, at: int) -> int:
    """Bytes of the colour table that the flags at this place announce."""
    flags = data[at] if at < len(data) else 0
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1
