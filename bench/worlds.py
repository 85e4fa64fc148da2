"""How fast worlds are generated, read and corrupted; corruptions compared with the imagecorruptions package.

Prints one JSON line per measurement: pictures per second on several processes (scene, rendering and PNG encoding),
milliseconds to read one, and for each corruption the milliseconds per picture at severity 3, those of the package, and
their ratio (above 1: mmdt is faster), as medians of interleaved rounds. The package has heavy dependencies, so it may
be installed in another environment, whose interpreter ``--peer`` names.

    python -m bench.worlds [--pictures 600] [--processes 2] [--peer .bench/bin/python]
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from statistics import median

import numpy as np

SIDE = 256
ROUNDS = 15

PEER = """
import sys, time, numpy as np
from imagecorruptions import corrupt
pixels = np.random.default_rng(0).integers(0, 256, ({side}, {side}, 3), np.uint8)
for line in sys.stdin:
    name = line.strip()
    start = time.perf_counter()
    corrupt(pixels, severity=3, corruption_name=name)
    print(time.perf_counter() - start, flush=True)
"""


def make_pictures(share: tuple[int, int]) -> int:
    """Generate pictures from (seed, count); returns their number of bytes."""
    from mmdt.core.image import Image
    from mmdt.synthetic.worlds.difficulty import Difficulty
    from mmdt.synthetic.worlds.language.queries import TASKS
    from mmdt.synthetic.worlds.render import render
    from mmdt.synthetic.worlds.scene_questions import LABELS, compose

    seed, count = share
    rng, difficulty = random.Random(seed), Difficulty.level(3)
    size = 0
    for number in range(count):
        task = TASKS[number % len(TASKS)]
        asked = compose(task, rng.choice(LABELS[task]), rng, difficulty)
        size += len(Image.from_pil(render(asked.scene, SIDE)).data)
    return size


def making(pictures: int, processes: int) -> dict[str, float]:
    """Pictures per second with the sprites already drawn, as in a run of thousands of pictures."""
    share = pictures // processes
    with ProcessPoolExecutor(processes) as pool:
        list(pool.map(make_pictures, [(seed, 60) for seed in range(processes)]))
        start = time.perf_counter()
        sizes = list(pool.map(make_pictures, [(100 + seed, share) for seed in range(processes)]))
        seconds = time.perf_counter() - start
    return {"pictures_a_second": share * processes / seconds, "bytes": sum(sizes) / (share * processes)}


def seeing(pictures: int) -> float:
    """Milliseconds to read one picture."""
    from mmdt.synthetic.worlds.difficulty import Difficulty
    from mmdt.synthetic.worlds.render import render
    from mmdt.synthetic.worlds.scene_questions import compose
    from mmdt.synthetic.worlds.vision.see import see

    rng = random.Random(1)
    made = [render(compose("identification", "cat", rng, Difficulty.level(3)).scene) for _ in range(pictures)]
    see(made[0])
    return median(_timed(lambda picture=picture: see(picture)) for picture in made) * 1000


def corrupting(peer: str) -> dict[str, dict[str, float]]:
    """Milliseconds of each corruption, for mmdt and for the package."""
    from mmdt.attacks.pictures.corruptions import CORRUPTIONS

    picture = _noise_picture()
    rng = np.random.default_rng(0)
    with subprocess.Popen(
        [peer, "-c", PEER.format(side=SIDE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin and other.stdout
        found = {}
        for name, corrupt in CORRUPTIONS.items():
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(_timed(lambda corrupt=corrupt: corrupt(picture, 3, rng)))
                print(name, file=other.stdin, flush=True)
                theirs.append(float(other.stdout.readline() or "nan"))
            mine, its = median(ours[2:]) * 1000, median(theirs[2:]) * 1000
            found[name] = {"ms": mine, "imagecorruptions_ms": its, "ratio": its / mine}
    return found


def styling() -> dict[str, float]:
    """Milliseconds of each style at severity 3."""
    from mmdt.attacks.pictures.styles import STYLES

    picture, rng = _noise_picture(), np.random.default_rng(0)
    return {
        name: median(_timed(lambda paint=paint: paint(picture, 3, rng)) for _ in range(5)) * 1000
        for name, paint in STYLES.items()
    }


def _noise_picture():
    from PIL import Image

    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8))


def _timed(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=600)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--peer", default=sys.executable, help="a Python interpreter with imagecorruptions installed")
    options = parser.parse_args()
    print(json.dumps({"bench": "worlds.make", "side": SIDE, **making(options.pictures, options.processes)}))
    print(json.dumps({"bench": "worlds.see", "side": SIDE, "ms": seeing(60)}))
    print(json.dumps({"bench": "worlds.styles", "side": SIDE, "ms": styling()}))
    peer = subprocess.run([options.peer, "-c", "import imagecorruptions"], capture_output=True, check=False)
    if peer.returncode:
        sys.exit(
            f"imagecorruptions is not installed in {options.peer}: install it, or name another interpreter with --peer"
        )
    for name, found in corrupting(options.peer).items():
        print(json.dumps({"bench": f"worlds.{name}", "side": SIDE, **found}))


if __name__ == "__main__":
    main()
