"""``python -m bench.copies``: see the package."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from bench.copies.calibrate import CopyCalibration, Errors, Rate, agreement, calibrate, crops
from bench.copies.photographs import photographs
from mmdt.evaluators.copies.matching import HASH_BITS

TABLE = Path(__file__).parent.parent.parent / "mmdt" / "evaluators" / "copies" / "calibration.toml"
HEAD = """\
# Near-copy decisions, by `python -m bench.copies`: error rates on pairs that chose no threshold.
# errors: what a correction of rates rests on (see docs/privacy.md). share: called copies; low, high: its 95 % interval
# (Clopper and Pearson), from the number of `independent` pairs.
"""


def text(name: str, table: CopyCalibration) -> str:
    parts: list[tuple[str, Mapping[str, Rate | Errors]]] = [
        ("errors", table.errors),
        ("false_positives", table.false_positives),
        ("found_photographs", table.found_photographs),
        ("found_drawn", table.found_drawn),
    ]
    lines = [f"[{name}]", f"threshold = {table.threshold:g}"]
    for title, rates in parts:
        lines += ["", f"[{name}.{title}]", *(f"{each} = {inline(rate)}" for each, rate in rates.items())]
    return "\n".join(lines) + "\n"


def inline(rate: Rate | Errors) -> str:
    return "{ " + ", ".join(f"{name} = {_number(value)}" for name, value in asdict(rate).items()) + " }"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{round(value, 4)!r}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=150, help="different drawn pairs of each family (two sets)")
    parser.add_argument("--root", type=Path, default=Path("/"), help="root folder of the unpacked Debian packages")
    parser.add_argument("--write", action="store_true", help="replace the calibration file")
    given = parser.parse_args()
    pictures = photographs(given.root)
    by_crops = calibrate(crops, [share / 100 for share in range(50, 100, 2)], given.pairs, pictures)
    by_hash = calibrate(agreement, [float(bits) for bits in range(40, HASH_BITS + 1, 2)], given.pairs, pictures)
    by_hash = replace(by_hash, threshold=HASH_BITS - by_hash.threshold)
    whole = "\n".join([HEAD, text("crops", by_crops), text("phash", by_hash)])
    if given.write:
        TABLE.write_text(whole, encoding="utf-8")
    print(whole)


if __name__ == "__main__":
    main()
