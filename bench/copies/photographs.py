"""Photographs from installed packages; this repository contains none.

They come from Python packages of the group ``bench`` (scikit-image, scikit-learn, matplotlib) and, if installed, from
the Debian packages ``opencv-doc``, ``mate-backgrounds`` and ``lomiri-wallpapers-16.04``. Drawings, screenshots, second
views of a scene and cut-outs are excluded. There are two kinds of pairs, neither of which is used to choose thresholds:

* *photographs*: pairs of different photographs;
* *halves* of one photograph that do not overlap, and *textures*: ninths of one texture.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

from PIL import Image as Pil

from bench.copies.drawn import Pair

SIDE = 512
"""Pixels along the longer side after scaling; the detector uses even fewer."""
PACKAGES: dict[tuple[str, str], str] = {
    (
        "skimage",
        "data",
    ): "astronaut.png brick.png camera.png cell.png chelsea.png clock_motion.png coffee.png coins.png "
    "grass.png gravel.png hubble_deep_field.jpg ihc.png moon.png motorcycle_left.png retina.jpg rocket.jpg",
    ("sklearn", "datasets/images"): "china.jpg flower.jpg",
    ("matplotlib", "mpl-data/sample_data"): "grace_hopper.jpg",
}
DEBIAN: dict[str, str] = {
    "usr/share/doc/opencv-doc/examples/data": "aero1.jpg aero3.jpg aloeL.jpg apple.jpg baboon.jpg basketball1.png "
    "board.jpg box_in_scene.png building.jpg butterfly.jpg chicky_512.png ela_original.jpg fruits.jpg graf1.png "
    "home.jpg leuvenA.jpg licenseplate_motion.jpg messi5.jpg orange.jpg rubberwhale1.png smarties.png squirrel_cls.jpg "
    "stuff.jpg sudoku.png",
    "usr/share/doc/opencv-doc/examples": "alphamat/input_images/plant.jpg dnn_superres/butterfly.png hfs/data/000.jpg "
    "reg/home.png text/scenetext01.jpg text/scenetext02.jpg text/scenetext03.jpg text/scenetext04.jpg "
    "text/scenetext05.jpg text/scenetext06.jpg text/scenetext_segmented_word01.jpg text/scenetext_segmented_word02.jpg "
    "text/scenetext_segmented_word03.jpg text/scenetext_segmented_word04.jpg text/scenetext_segmented_word05.jpg",
    "usr/share/backgrounds/mate/nature": "Aqua.jpg Blinds.jpg Dune.jpg FreshFlower.jpg Garden.jpg GreenMeadow.jpg "
    "LadyBird.jpg RainDrops.jpg Storm.jpg TwoWings.jpg Wood.jpg YellowFlower.jpg",
    "usr/share/backgrounds": "Bridge_by_Sander_Klootwijk.jpg Dragonfly_by_Bolly.jpg Picture_0B_by_freespace.jpg "
    "Picture_1A_by_freespace.jpg Wine_by_Jakkub_Mede.jpg aitzgorri_by_Aitzol_Berasategi.jpg free_by_Peter_Nerlich.jpg "
    "friends_by_Aitzol_Berasategi.jpg greentock_by_Peter_Nerlich.jpg life_by_Aitzol_Berasategi.jpg "
    "picosdeeuropa_by_Aitzol_Berasategi.jpg seeding_by_Clements_Engelhardt.jpg sunset_by_Aitzol_Berasategi.jpg",
}
TEXTURES = ("brick.png", "grass.png", "gravel.png", "Blinds.jpg", "GreenMeadow.jpg", "Wood.jpg", "board.jpg")


def photographs(root: Path = Path("/")) -> dict[str, Pil.Image]:
    """Name -> photograph, at most SIDE pixels wide and high. Exits if there are no photographs at all."""
    found = {}
    for folder, names in _folders(root):
        for name in names.split():
            if (folder / name).is_file():
                found[name] = _opened(folder / name)
    if not found:
        sys.exit("no photographs found: run `pip install --group bench`")
    return found


def _folders(root: Path) -> list[tuple[Path, str]]:
    folders = []
    for (package, place), names in PACKAGES.items():
        spec = find_spec(package)
        if spec is not None and spec.origin:
            folders.append((Path(spec.origin).parent / place, names))
    return folders + [(root / place, names) for place, names in DEBIAN.items()]


def _opened(path: Path) -> Pil.Image:
    with Pil.open(path) as picture:
        picture.draft("RGB", (SIDE, SIDE))
        whole = picture.convert("RGB")
    whole.thumbnail((SIDE, SIDE))
    return whole


def halves(picture: Pil.Image) -> list[Pair]:
    """Left and right half, upper and lower half."""
    width, height = picture.size
    return [
        (picture.crop((0, 0, width // 2, height)), picture.crop((width - width // 2, 0, width, height))),
        (picture.crop((0, 0, width, height // 2)), picture.crop((0, height - height // 2, width, height))),
    ]


def ninths(picture: Pil.Image) -> list[Pair]:
    """All pairs of the nine parts, such as different bricks of the same wall."""
    width, height = picture.width // 3, picture.height // 3
    corners = [(column * width, row * height) for row in range(3) for column in range(3)]
    return list(combinations([picture.crop((x, y, x + width, y + height)) for x, y in corners], 2))
