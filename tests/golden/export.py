"""Golden exports: every estimate and every score of the organisms, and of local copies of the published layout.

    python -m tests.golden.export            # compare today's numbers with the committed ones
    python -m tests.golden.export --write    # replace the committed ones, after a change that is meant to move numbers

Names of exports limit both to these. A change to the code that is not meant to change numbers leaves these files as
they are, up to rounding.
"""

import gzip
import hashlib
import json
import math
import sys
import tempfile
from pathlib import Path

import mmdt
from tests.hub_copy import write_copies

FOLDER = Path(__file__).parent
ORGANISMS = ("demo", "demo-flaky", "demo-safe", "demo-unsafe")
PUBLISHED = "published"
SIZE = 3
RELATIVE = 1e-9
"""Rounding may differ between processors; anything else is a change."""


def collect(folder, names=(*ORGANISMS, PUBLISHED)):
    """Name of the export -> its content."""
    return {name: _export(name, Path(folder)) for name in names}


def _export(name, folder):
    if name == PUBLISHED:
        return _numbers("organism/demo", folder / name, data=str(write_copies(folder / "hub")))
    return _numbers(f"organism/{name}", folder / name, size=SIZE)


def _numbers(model, out, **settings):
    run = mmdt.run(model, out=out, **settings)
    estimates = {}
    for address, estimate in run.estimates():
        numbers = {
            name: _plain(getattr(estimate, name)) for name in ("value", "low", "high", "n", "clusters", "missing")
        }
        extra = {name: _plain(value) for name, value in sorted(estimate.extra.items())}
        estimates[f"{address} {estimate.metric}"] = {**numbers, **({"extra": extra} if extra else {})}
    return {"ended": run.manifest.ended.how, "estimates": estimates, "scores": _scores(run)}


def _scores(run):
    """Cell -> a digest of every score in it, so that no two errors cancel out in a mean."""
    lines = {}
    for joined, scored in run.scored():
        values = {name: f"{value:.9g}" for name, value in sorted(scored.score.values.items())}
        lines.setdefault(str(joined.case.cell), []).append(
            json.dumps([joined.case.id, scored.repeat, scored.score.outcome, values])
        )
    return {
        cell: {"outputs": len(all_), "digest": hashlib.sha256("\n".join(sorted(all_)).encode()).hexdigest()[:16]}
        for cell, all_ in sorted(lines.items())
    }


def _plain(value):
    return None if isinstance(value, float) and math.isnan(value) else value


def read(name):
    return json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))


def write(name, content):
    data = json.dumps(content, indent=0, sort_keys=True).encode()
    (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(data, mtime=0))


def differences(expected, found, where=""):
    """Every place where two exports differ, in words."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            if key not in found or key not in expected:
                yield f"{where} {key}: only in {'the committed' if key in expected else 'the new'} export"
            else:
                yield from differences(expected[key], found[key], f"{where} {key}")
    elif not _equal(expected, found):
        yield f"{where}: {expected} became {found}"


def _equal(one, other):
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=1e-12)
    return one == other


def main(arguments):
    names = [each for each in arguments if each != "--write"] or [*ORGANISMS, PUBLISHED]
    with tempfile.TemporaryDirectory() as folder:
        for name, content in collect(folder, names).items():
            if "--write" in arguments:
                write(name, content)
                print(
                    f"{name}: {len(content['estimates'])} estimates, {len(content['scores'])} cells, {content['ended']}"
                )
            else:
                changed = list(differences(read(name), content, name))
                print(f"{name}: {len(content['estimates'])} estimates, {len(changed)} differences")
                print(*changed[:20], sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
