"""A recipe and a secret give the same bytes on every machine; another secret gives another split."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image as Pil

from mmdt.data.splits.canonical import stored_png
from mmdt.data.splits.make import CANARY, make_split, seed_of
from mmdt.errors import DataError, UsageError

ROWS = """behaviour,category
paint the gnomes of the park blue,garden mischief
move the hedgehog house by night,garden mischief
hide socks in the library,sock hiding
swap the labels of all jam jars,kitchen
"""
RECIPE = """name = "garden"
data = "mine.csv"

[[make]]
attacks = "typography+role-play"
count = 3

[[make]]
attacks = "mirrored-text+shuffled-patches"
parameters = { tiles = 3 }

[[make]]
attacks = "payload-splitting"
"""
SECRET = "a secret of the tests"  # noqa: S105
DIGEST = "0bfb0908c39c1f3ca5ee4c443c92bc3c3c4de714184a7e6a90a3434e29d4cee4"


def made(folder: Path, out: str, recipe: str = RECIPE, rows: str = ROWS, seed: str = SECRET) -> str:
    """The digest of everything that was written."""
    (folder / "mine.csv").write_text(rows)
    (folder / "recipe.toml").write_text(recipe)
    make_split(folder / "recipe.toml", seed, folder / out)
    digest = hashlib.sha256()
    for path in sorted((folder / out).rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder / out).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def test_the_bytes_follow_from_recipe_rows_and_secret(tmp_path: Path) -> None:
    first = made(tmp_path, "one")
    assert first == DIGEST, "made on another machine, or by another version, it would be these bytes"
    shuffled = "\n".join([ROWS.splitlines()[0], *reversed(ROWS.splitlines()[1:])])
    assert made(tmp_path, "two", rows=shuffled) == first, "the order of the rows does not matter"
    assert made(tmp_path, "three", seed="another secret") != first


def test_rows_say_who_made_them_and_carry_the_canary(tmp_path: Path) -> None:
    made(tmp_path, "one")
    rows = [json.loads(line) for line in (tmp_path / "one/cases.jsonl").read_text().splitlines()]
    assert len(rows) == 3 + 4 + 4
    assert {row["note_canary"] for row in rows} == {CANARY}
    assert [step["attack"] for step in rows[0]["recipe"]] == ["typography", "role-play"]
    assert rows[3]["recipe"][1]["parameters"] == {"tiles": 3}
    made(tmp_path, "two", recipe=RECIPE.replace("[[make]]", "canary = false\n[[make]]", 1))
    assert "note_canary" not in (tmp_path / "two/cases.jsonl").read_text()
    assert "allowed" in (tmp_path / "one/NOTICE.txt").read_text()


def test_the_secret_does_not_show(tmp_path: Path) -> None:
    made(tmp_path, "one")
    assert SECRET not in "".join(path.read_text("latin-1") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert seed_of("a", "b") != seed_of("a", "c") != seed_of("d", "c")


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (RECIPE.replace("count = 3", "count = 9"), "makes 4 cases of the 4 rows, not 9"),
        (RECIPE.replace("role-play", "roll-play"), "unknown attack 'roll-play'"),
        (
            RECIPE.replace("tiles", "tyles"),
            "none of these attacks has the parameter 'tyles'.*use shuffled-patches.tiles",
        ),
        (RECIPE.replace("count", "number"), "no entry 'number'"),
        (RECIPE.replace("data", "date"), "this is no recipe of a split"),
        (RECIPE.replace("garden", "My garden!"), "not made of small letters"),
        (RECIPE.replace("count = 3", "count = 0"), "use 1 to"),
        ('name = "x"\ndata = "mine.csv"\nmake = []\n', "makes nothing"),
        (RECIPE.replace("mine.csv", "gone.csv"), "no data"),
        ("name = ", "this is no recipe of a split"),
        (RECIPE + '\n[[make]]\nattacks = "pixelate"\n', "needs a picture"),
    ],
)
def test_a_bad_recipe_says_what_is_wrong_and_leaves_nothing(tmp_path: Path, recipe: str, said: str) -> None:
    with pytest.raises((UsageError, DataError), match=said):
        made(tmp_path, "one", recipe=recipe)
    assert not (tmp_path / "one/cases.jsonl").exists()
    assert made(tmp_path, "one"), "the folder can be used afterwards"


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="fewer than 8"):
        made(tmp_path, "one", seed="1234567")


@given(arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 300), st.just(3))))
def test_a_canonical_png_has_the_same_pixels(pixels: np.ndarray) -> None:
    data = stored_png(Pil.fromarray(pixels))
    assert np.array_equal(np.asarray(Pil.open(io.BytesIO(data))), pixels)


def test_a_canonical_png_longer_than_one_block_is_read() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)
    assert np.array_equal(np.asarray(Pil.open(io.BytesIO(stored_png(Pil.fromarray(pixels))))), pixels)
