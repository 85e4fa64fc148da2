"""A search whose endpoints echo their keys: the keys are nowhere on the disk, on the terminal or in the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.search.served import CSV, reply
from tests.security.test_planted_key import FORMS, PLANTED, holds_key, mmdt
from tests.servers.asked import Asked
from tests.servers.behaviour import Fault
from tests.servers.openai_server import OpenAIServer


@pytest.mark.parametrize("fault", ["answer", "bad_request", "server_error", "wrong_key"])
def test_a_key_that_is_echoed_is_nowhere(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINE", PLANTED)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text(CSV)
    said = " ".join(FORMS)

    class Echo(OpenAIServer):
        def answer(self, asked, answered, fault):  # type: ignore[no-untyped-def]
            whole = answered if isinstance(answered, bytes) else f"{answered} {said}"
            return super().answer(asked, whole, fault)

        def error(self, fault):  # type: ignore[no-untyped-def]
            status, body = super().error(fault)
            body["error"]["message"] += f" {said}"
            return status, body

    def behave(asked: Asked, nth: int) -> Fault:
        return Fault(fault) if asked.model == "gpt-4o" else Fault()

    with Echo(responder=reply, behaviour=behave).in_thread() as server:
        hosts = [part for name in ("", "attacker-", "judge-") for part in (f"--{name}base-url", server.url)]
        keys = [part for name in ("", "attacker-", "judge-") for part in (f"--{name}api-key-env", "MINE")]
        models = ["--attacker", "openai/attacker", "--judge", "openai/judge", "--method", "pair,crescendo"]
        mmdt("attack", "openai/gpt-4o", "--behaviours", "mine.csv", *models, *hosts, *keys, "--out", "s",
             "--attempts", "1", "--queries", "4")  # fmt: skip
    mmdt("show", "s")
    mmdt("show", "s", "--json")
    mmdt("report", "s")
    assert not holds_key("".join(capfd.readouterr()).encode())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 5 and (tmp_path / "s" / "report.html").exists()
    assert not {str(path): found for path in files if (found := holds_key(path.read_bytes()))}
