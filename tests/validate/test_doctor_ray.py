"""The doctor says whether a Ray cluster on this machine is closed to others."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmdt.validate import doctor


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    monkeypatch.setattr(doctor, "version", lambda _: "2.60.0")
    return tmp_path


def test_a_closed_cluster_is_fine_and_the_line_says_where_ray_listens() -> None:
    (found,) = doctor.ray_findings()
    assert found.level == "ok" and "all interfaces" in found.what


def test_a_token_that_is_switched_off_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    (found,) = doctor.ray_findings()
    assert found.level == "warning" and "anyone who can reach it can run code" in found.hint


def test_a_token_that_others_can_read_is_a_warning(home: Path) -> None:
    (home / ".ray").mkdir()
    token = home / ".ray" / "auth_token"
    token.write_text("0" * 32)
    token.chmod(0o644)
    (found,) = doctor.ray_findings()
    assert found.level == "warning" and found.hint == f"chmod 600 {token}"
    token.chmod(0o600)
    assert doctor.ray_findings()[0].level == "ok"


@pytest.mark.parametrize("version", ["2.9.3", "2.58.1"])
def test_a_version_that_leaves_clusters_open_is_a_problem(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "version", lambda _: version)
    (found,) = doctor.ray_findings()
    assert found.level == "problem" and version in found.what
