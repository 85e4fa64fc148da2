"""What the project depends on is on the page that says why, and nothing else is."""

import re
import tomllib

from tests.docs.pages import ROOT

NAME = re.compile(r"[A-Za-z0-9_.-]+")


def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lists = [project["project"]["dependencies"], *project["project"]["optional-dependencies"].values()]
    lists += [[each for each in group if isinstance(each, str)] for group in project["dependency-groups"].values()]
    return {NAME.match(each).group() for group in lists for each in group} - {"mmdt"}


def explained():
    names = set()
    for line in (ROOT / "docs/dependencies.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) >= 3 and not set(cells[0]) <= {"-", " "}:
            names |= set(cells[-3].split(", "))
    return names - {"library"}


def test_every_dependency_has_its_reason():
    assert declared() - explained() == set()


def test_no_reason_is_given_for_what_is_not_there():
    assert explained() - declared() == set()
