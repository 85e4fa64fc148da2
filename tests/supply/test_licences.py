"""The table of licences finds every library, and refuses what would reach into mmdt's users' own code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.cli import ROOT
from tools.supply.licences import Licence, licences, lines


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("MIT", False),
        ("Apache-2.0", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MIT OR GPL-2.0-only", False),
        ("GPL-3.0-or-later", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
        ("AGPL-3.0", True),
        ("", True),
    ],
)
def test_what_is_refused(licence: str, refused: bool) -> None:
    assert bool(Licence("some-library", "1", licence).problem) is refused


def test_every_library_of_this_environment_has_a_licence_that_will_do() -> None:
    found = {each.name.lower(): each for each in licences()}
    assert {"msgspec", "numpy", "pillow", "openai"} <= found.keys()
    assert not [each for each in found.values() if each.problem]
    assert len(list(lines(list(found.values())))) == len(found) + 2


def library(folder: Path, name: str, licence: str) -> None:
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nLicense: {licence}\n")


def test_a_library_that_may_not_be_there_is_found(tmp_path: Path) -> None:
    library(tmp_path, "good", "MIT")
    library(tmp_path, "viral", "GPL-3.0")
    assert [each.name for each in licences(tmp_path) if each.problem] == ["viral"]


def test_the_command_says_what_it_is_for() -> None:
    said = subprocess.run([sys.executable, "-m", "tools.supply", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 0 and "CycloneDX" in said.stdout
