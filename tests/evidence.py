"""The figures that `make prove` finds: tests record them one by one, and this module writes them to a page.

python -m tests.evidence build/evidence.jsonl docs/evidence.md
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

VARIABLE = "MMDT_EVIDENCE"
"""Names the file that figures are appended to. Without it nothing is recorded."""
HEAD = """# Evidence

Figures that tests found and checked, written by `make prove` at commit {commit} (Python {python}). Each simulation is
seeded, so another run finds the same figures. The intervals are meant to cover the truth in 95 % of all cases; a test
fails where a coverage is significantly below that (one-sided binomial test at 1 %). The mean width shows what it costs.
"""


def record(file: Path, test: str, name: str, figure: object) -> None:
    """Append one figure. Processes may write to the same file at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"test": test, "name": name, "figure": str(figure)}) + "\n")


def page(lines: str, commit: str) -> str:
    """The figures as Markdown, a section for each file of tests. A name recorded twice keeps its last figure."""
    sections: dict[str, dict[str, str]] = defaultdict(dict)
    for line in filter(None, lines.splitlines()):
        found = json.loads(line)
        sections[found["test"].partition("::")[0]][found["name"]] = found["figure"]
    parts = [HEAD.format(commit=commit, python=platform.python_version())]
    for file, figures in sorted(sections.items()):
        rows = [f"| {name} | {figure} |" for name, figure in sorted(figures.items())]
        parts.append("\n".join([f"## `{file}`", "", "| What | Figure |", "|---|---|", *rows, ""]))
    return "\n".join(parts)


def commit() -> str:
    """The commit that the figures belong to, marked where files were changed since."""
    described = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=True)
    return described.stdout.strip()


def main(source: str, target: str) -> None:
    Path(target).write_text(page(Path(source).read_text(encoding="utf-8"), commit()), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
