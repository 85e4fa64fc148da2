"""Write ``build/supply/``: the lock of an environment, its licences, and its bill of materials (CycloneDX). With
``--weaknesses``, ask the Python Packaging Advisory Database about every line of the lock; only this needs a network.

    python -m tools.supply .venv/bin/python [--weaknesses] [--out build/supply]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from tools.supply.licences import licences, lines

LOCK, LICENCES, BILL = "requirements.lock", "LICENCES.md", "sbom.cdx.json"
_BIN = Path(sys.executable).parent


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False)  # noqa: S603


def lock(python: Path, out: Path) -> Path:
    """Every library of the environment with its version."""
    done = run(_BIN / "uv", "pip", "freeze", "--python", python, "--exclude-editable")
    if done.returncode:
        sys.exit(f"the environment of {python} cannot be listed: {done.stderr.strip()}")
    (out / LOCK).write_text(done.stdout)
    return out / LOCK


def check_licences(python: Path, out: Path) -> list[str]:
    """Write the table; returns what may not be shipped with."""
    where = run(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").stdout.strip()
    found = licences(Path(where))
    (out / LICENCES).write_text("\n".join(lines(found)) + "\n")
    return [f"{each.name} {each.version} {each.problem}" for each in found if each.problem]


def bill(python: Path, out: Path) -> None:
    """The bill of materials, the same for the same environment."""
    where = ("--pyproject", "pyproject.toml", "--output-reproducible", "--of", "JSON", "-o", out / BILL)
    done = run(_BIN / "cyclonedx-py", "environment", python, *where)
    if done.returncode:
        sys.exit(f"the bill of materials cannot be written: {done.stderr.strip()}")


def weaknesses(locked: Path) -> list[str]:
    """Known weaknesses of the locked versions, and what could not be looked up: an audit that asked nobody is none."""
    done = run(
        _BIN / "pip-audit", "--disable-pip", "--no-deps", "-r", locked, "--format", "json", "--progress-spinner=off"
    )
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return [f"the advisory database does not answer (this step needs a network): {done.stderr.strip()[-300:]}"]
    skipped = [each["name"] for each in found if "skip_reason" in each]
    known = [
        f"{each['name']} {each['version']}: {one['id']}, fixed in {', '.join(one['fix_versions']) or 'no version'}"
        for each in found
        for one in each.get("vulns", ())
    ]
    if skipped:
        known.append(
            f"{len(skipped)} of {len(found)} libraries were not looked up, {skipped[0]} first: the advisory database"
            " does not answer or does not know them (this step needs a network that reaches pypi.org)"
        )
    return known


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", type=Path)
    parser.add_argument("--weaknesses", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("build/supply"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    locked = lock(given.python, given.out)
    problems = check_licences(given.python, given.out)
    bill(given.python, given.out)
    problems += weaknesses(locked) if given.weaknesses else []
    print(f"{given.out}: {LOCK} ({len(locked.read_text().splitlines())} libraries), {LICENCES}, {BILL}")
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
