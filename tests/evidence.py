"""The figures that `make prove` finds: tests record them one by one, and this module writes them to a page.

python -m tests.evidence build/evidence.jsonl docs/evidence.md
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

VARIABLE = "MMDT_EVIDENCE"
"""Names the file that figures are appended to. Without it nothing is recorded."""
HEAD = """# Evidence

Figures that tests found and checked, written by `make prove` (Python {python}), each with the commit at which it was
found. Each simulation is seeded, so another run finds the same figures. The intervals are meant to cover the truth in
95 % of all cases; a test fails where a coverage is significantly below that (one-sided binomial test at 1 %). The mean
width shows what it costs.
"""


def record(file: Path, test: str, name: str, figure: object) -> None:
    """Append one figure. Processes may write to the same file at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"test": test, "name": name, "figure": str(figure)}) + "\n")


def page(lines: str, commit: str, earlier: str = "") -> str:
    """The figures as Markdown, a section for each file of tests. A name recorded twice keeps its last figure; figures
    of the ``earlier`` page that were not found again stay with their commit."""
    sections = read(earlier)
    for line in filter(None, lines.splitlines()):
        found = json.loads(line)
        sections[found["test"].partition("::")[0]][found["name"]] = (found["figure"], commit)
    parts = [HEAD.format(python=platform.python_version())]
    for file, figures in sorted(sections.items()):
        rows = [f"| {name} | {figure} | {at} |" for name, (figure, at) in sorted(figures.items())]
        parts.append("\n".join([f"## `{file}`", "", "| What | Figure | Commit |", "|---|---|---|", *rows, ""]))
    return "\n".join(parts)


def read(page: str) -> dict[str, dict[str, tuple[str, str]]]:
    """File of tests -> name -> (figure, commit) of a page that this module wrote."""
    sections: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for section in page.split("\n## `")[1:]:
        file, _, body = section.partition("`")
        for name, figure, at in re.findall(r"^\| (.+) \| (.+) \| ([0-9a-f]{7,}(?:-dirty)?) \|$", body, re.MULTILINE):
            sections[file][name] = (figure, at)
    return sections


def commit() -> str:
    """The commit that the figures belong to, marked where files were changed since."""
    described = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=True)
    return described.stdout.strip()


def main(source: str, target: str) -> None:
    earlier = Path(target).read_text(encoding="utf-8") if Path(target).exists() else ""
    Path(target).write_text(page(Path(source).read_text(encoding="utf-8"), commit(), earlier), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
