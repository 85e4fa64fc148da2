"""A drawing as SVG: with colours of its own in a file, or with classes that the report's theme colours."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from mmdt.report.figures.drawing import PAINTS, Drawing, Line, Point, Shape, Words
from mmdt.safe_text.visible import visible

FONTS = "DejaVu Sans, Noto Sans, Liberation Sans, Arial, Helvetica, sans-serif"


def svg(drawing: Drawing, *, themed: bool = False) -> str:
    """The drawing as an SVG element; every text is escaped. ``themed``: paints are classes instead of colours."""
    size = f'viewBox="0 0 {drawing.width:g} {drawing.height:g}" width="{drawing.width:g}" height="{drawing.height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{_text(drawing.text)}">'
    parts = [head]
    if not themed:
        parts.append(f"<title>{_text(drawing.title)}</title><desc>{_text(drawing.text)}</desc>")
        parts.append(f'<rect width="100%" height="100%" fill="{PAINTS["paper"]}"/>')
    parts += [_shape(each, themed) for each in drawing.shapes]
    return "\n".join([*parts, "</svg>"])


def _shape(shape: Shape, themed: bool) -> str:
    if isinstance(shape, Words):
        return _words(shape, themed)
    if isinstance(shape, Line):
        dash = f' stroke-dasharray="{" ".join(f"{each:g}" for each in shape.dash)}"' if shape.dash else ""
        paints = _paints(themed, fill="", stroke=shape.paint)
        return f'<path d="M{_path(shape.points)}" {paints} stroke-width="{shape.width:g}"{dash}/>'
    outline = f' stroke-width="{shape.width:g}"' if shape.stroke else ""
    clear = f' fill-opacity="{1 - shape.clear:g}"' if shape.clear else ""
    return f'<path d="M{_path(shape.points)}Z" {_paints(themed, shape.fill, shape.stroke)}{outline}{clear}/>'


def _words(words: Words, themed: bool) -> str:
    bold = ' font-weight="650"' if words.bold else ""
    font = "" if themed else f' font-family="{FONTS}"'
    place = f'x="{words.x:.1f}" y="{words.y:.1f}" font-size="{words.size:g}" text-anchor="{words.anchor}"'
    return f"<text {place} {_paints(themed, words.paint, '')}{bold}{font}>{_text(words.text)}</text>"


def _paints(themed: bool, fill: str, stroke: str) -> str:
    if themed:
        return f'class="{" ".join(_classes(fill, stroke))}"'
    found = [f'fill="{PAINTS[fill] if fill else "none"}"']
    return " ".join([*found, *([f'stroke="{PAINTS[stroke]}"'] if stroke else [])])


def _classes(fill: str, stroke: str) -> Iterator[str]:
    yield f"f-{fill or 'none'}"
    if stroke:
        yield f"s-{stroke}"


def _path(points: tuple[Point, ...]) -> str:
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _text(text: str) -> str:
    """Escaped, without control characters, which XML forbids."""
    return escape("".join(each if each.isprintable() else " " for each in visible(text)))
