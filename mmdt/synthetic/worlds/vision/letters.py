"""Letters: reads the text on the signs of a picture, letter by letter, from the pixels alone.

It knows only the font of the signs (capitals, digits and some punctuation), at any size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from mmdt.synthetic.worlds.text import TRACKING, font
from mmdt.synthetic.worlds.vision.segment import Mask

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:?-'&/+"
_CELLS = 14
_PIXELS = 60
_ENLARGE = 3
_WHITE = 232
_DARK = 140
_GAP = 0.2
"""A gap between letters wider than usual by more than this is a space (in capital heights)."""
_WORST = 0.08
"""A line whose letters differ more than this from the alphabet, on average, is not text."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """The ink of one letter: its box in pixels of the enlarged picture, and its mask inside that box."""

    left: int
    top: int
    right: int
    bottom: int
    mask: Mask


def read(picture: Image.Image) -> str:
    """All text on signs from top to bottom, lines joined by newlines; empty if nothing is legible."""
    return "\n".join(line for sheet in _sheets(picture) for line in _lines(sheet))


def _sheets(picture: Image.Image) -> Iterator[NDArray[np.uint8]]:
    """The white rectangles of the picture from top to bottom, in greyscale and enlarged."""
    grey = picture.convert("L")
    labels, _ = ndimage.label(np.asarray(grey) >= _WHITE)
    for index, window in enumerate(ndimage.find_objects(labels), start=1):
        rows, columns = window
        height, width = rows.stop - rows.start, columns.stop - columns.start
        at_border = rows.start == 0 or columns.start == 0 or rows.stop == grey.height or columns.stop == grey.width
        if at_border or height < 8 or width < 12:
            continue
        filled = ndimage.binary_fill_holes(labels[window] == index)
        if filled.mean() < 0.93:
            continue
        sheet = grey.crop((columns.start, rows.start, columns.stop, rows.stop))
        sheet = sheet.resize((width * _ENLARGE, height * _ENLARGE), Image.Resampling.BICUBIC)
        yield np.asarray(sheet)


def _lines(sheet: NDArray[np.uint8]) -> list[str]:
    pieces = _pieces(sheet < _DARK)
    lines = (_line(row) for row in _rows(pieces))
    return [line for line in lines if line]


def _pieces(ink: Mask) -> list[_Piece]:
    labels, _ = ndimage.label(ink, np.ones((3, 3)))
    height, width = ink.shape
    found = []
    for index, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        at_border = rows.start == 0 or columns.start == 0 or rows.stop == height or columns.stop == width
        if at_border or (rows.stop - rows.start) * (columns.stop - columns.start) < 12:
            continue
        mask = labels[rows, columns] == index
        found.append(_Piece(columns.start, rows.start, columns.stop, rows.stop, mask))
    return found


def _rows(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """The pieces of each line from left to right, with those of one letter joined."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda each: each.top - each.bottom):  # tallest first: they span their line
        row = next((row for row in rows if _belongs(piece, row[0])), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    rows.sort(key=lambda row: row[0].top)
    return [_joined(sorted(row, key=lambda piece: piece.left)) for row in rows]


def _belongs(piece: _Piece, tallest: _Piece) -> bool:
    """Whether a piece is in the line of a tall letter; a comma may hang slightly below it."""
    middle, height = (piece.top + piece.bottom) / 2, tallest.bottom - tallest.top
    return tallest.top - 0.3 * height < middle < tallest.bottom + 0.35 * height


def _joined(row: Sequence[_Piece]) -> list[_Piece]:
    """A row with vertically stacked pieces, such as the dots of a colon, joined."""
    joined: list[_Piece] = []
    for piece in row:
        if joined and min(joined[-1].right, piece.right) - piece.left > 0.5 * (piece.right - piece.left):
            joined[-1] = _union(joined[-1], piece)
        else:
            joined.append(piece)
    return joined


def _union(one: _Piece, two: _Piece) -> _Piece:
    left, top = min(one.left, two.left), min(one.top, two.top)
    right, bottom = max(one.right, two.right), max(one.bottom, two.bottom)
    mask = np.zeros((bottom - top, right - left), np.bool_)
    for piece in (one, two):
        mask[piece.top - top : piece.bottom - top, piece.left - left : piece.right - left] |= piece.mask
    return _Piece(left, top, right, bottom, mask)


def _line(row: Sequence[_Piece]) -> str:
    """The text of one line; empty if it does not look like text."""
    tallest = max(row, key=lambda piece: piece.bottom - piece.top)
    capital, base = tallest.bottom - tallest.top, tallest.bottom
    alphabet = _alphabet()
    text, off, end = "", [], float("inf")
    for piece in row:
        vector = _features(piece.mask, capital, base - piece.bottom)
        distances = np.einsum("ij,ij->i", alphabet.vectors - vector, alphabet.vectors - vector)
        best = int(np.argmin(distances))
        off.append(float(distances[best]))
        before, after = alphabet.bearings[best]
        text += " " * (piece.left / capital - before - end > _GAP) + ALPHABET[best]
        end = piece.right / capital + after
    return text if np.mean(off) < _WORST else ""


def _features(mask: Mask, capital: int, rise: int) -> NDArray[np.float32]:
    """A feature vector: ink per cell, size relative to a capital, and height above the baseline."""
    cells = Image.fromarray(mask.astype(np.uint8) * 255).resize((_CELLS, _CELLS), Image.Resampling.BOX)
    ink = np.asarray(cells, np.float32).ravel() / (255 * _CELLS)
    height, width = mask.shape
    return np.concatenate([ink, [height / capital, width / capital, rise / capital]]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Alphabet:
    """The features of each letter, and the space before and after its ink (in capital heights)."""

    vectors: NDArray[np.float32]
    bearings: tuple[tuple[float, float], ...]


@cache
def _alphabet() -> _Alphabet:
    drawn = {letter: _drawn(letter) for letter in ALPHABET}
    height = drawn["H"].bottom - drawn["H"].top
    vectors = [_features(ink.mask, height, -ink.bottom) for ink in drawn.values()]
    advance = {letter: font(_PIXELS).getlength(letter) + TRACKING * _PIXELS for letter in drawn}
    bearings = [(ink.left / height, (advance[letter] - ink.right) / height) for letter, ink in drawn.items()]
    return _Alphabet(np.stack(vectors), tuple(bearings))


def _drawn(letter: str) -> _Piece:
    """The ink of a letter, relative to the start of its baseline."""
    sheet = Image.new("L", (3 * _PIXELS, 3 * _PIXELS), 255)
    ImageDraw.Draw(sheet).text((_PIXELS, 2 * _PIXELS), letter, 0, font(_PIXELS), anchor="ls")
    ink = np.asarray(sheet) < 128
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    mask = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    left, top = int(columns[0]) - _PIXELS, int(rows[0]) - 2 * _PIXELS
    return _Piece(left, top, left + mask.shape[1], top + mask.shape[0], mask)
