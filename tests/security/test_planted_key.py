"""An endpoint that echoes its key in every field: the key is nowhere on the disk, on the terminal or in an export."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from mmdt.cli.main import main
from mmdt.server.viewer.folders import key_of
from tests.models.adapters import ADAPTERS, Adapter
from tests.models.conftest import keys as keys_fixture
from tests.server.conftest import viewing
from tests.server.test_viewer import get, page_of
from tests.servers.behaviour import by_prompt, script
from tests.servers.openai_server import OpenAIServer

keys = keys_fixture
PLANTED = "sk-planted/0123456789+abcdefXYZ"
FORMS = [
    PLANTED,
    quote(PLANTED, safe=""),
    base64.b64encode(PLANTED.encode()).decode().rstrip("="),
    base64.b64encode(b"user:" + PLANTED.encode()).decode(),
    PLANTED.encode().hex(),
    json.dumps(PLANTED)[1:-1].replace("/", "\\/"),
]
STRUCTURE = frozenset({"type", "role", "object", "status", "id", "b64_json", "bytes", "data", "images", "custom_id"})
JUDGED = ["--judge", "embedded", "--allow-embedded-judge", "--data", "embedded", "--size", "1"]
FAULTS = ["answer", "refusal", "filter", "filter_finish", "wrong_key", "server_error", "bad_request", "not_found"]


def echoed(value: Any, text: str) -> Any:
    """The JSON of a reply with ``text`` at the end of everything that is text and no part of its structure."""
    if isinstance(value, Mapping):
        return {name: item if name in STRUCTURE else echoed(item, text) for name, item in value.items()}
    if isinstance(value, list):
        return [echoed(item, text) for item in value]
    return f"{value} {text}" if isinstance(value, str) else value


def echoing(adapter: Adapter) -> type[Any]:
    """The adapter's server, which echoes its key in every form in every answer and error."""
    said = " ".join(FORMS)

    class Echo(adapter.server):  # type: ignore[misc,name-defined]
        def answer(self, asked: Any, reply: Any, fault: Any) -> Any:
            return echoed(super().answer(asked, reply, fault), said)

        def error(self, fault: Any) -> tuple[int, Any]:
            status, body = super().error(fault)
            return status, echoed(body, said)

    return Echo


def mmdt(*arguments: object) -> None:
    with pytest.raises(SystemExit):
        main([str(each) for each in arguments])


def holds_key(data: bytes) -> list[str]:
    """The forms in ``data``, without the ends where other characters share a symbol of base64 with the key."""
    return [form for form in FORMS if (form[12:-4] if form.startswith("dXNlcjp") else form).encode() in data]


@pytest.fixture
def everything_logged(tmp_path: Path) -> Iterator[Path]:
    """A user looks for a problem: every library logs all it can, headers of requests included."""
    path, root = tmp_path / "debug.log", logging.getLogger()
    handler, before = logging.FileHandler(path), root.level
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    names = ("openai", "anthropic", "httpx2", "httpcore2", "google_genai", "urllib3", "boto3", "aiohttp")
    levels = {name: logging.getLogger(name).level for name in names}
    root.addHandler(handler)
    for name in ("", *names):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield path
    root.removeHandler(handler)
    root.setLevel(before)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.usefixtures("everything_logged")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "adapter", [each for each in ADAPTERS if each.name != "bedrock-stability"], ids=lambda each: each.name
)
def test_a_key_that_is_echoed_is_nowhere(
    adapter: Adapter, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    if fault in adapter.skips:
        pytest.skip("this protocol has no form for it")
    monkeypatch.setenv(adapter.key_env, PLANTED)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "run"
    with echoing(adapter)(behaviour=script(then=fault)).in_thread() as server:
        given = {**adapter.settings, "api_key_env": adapter.key_env}
        options = [part for name, value in given.items() for part in ("--set", f"{name}={value}")]
        common = [*JUDGED, "--base-url", server.url, *options, "--attempts", "1", "--out", folder]
        mmdt("run", adapter.text, "-s", "safety/i2t/typography", *common)
    rules = tmp_path / "gate.toml"
    rules.write_text('[[rule]]\nmetric = "*"\nmax = 0.0\n[[rule]]\nmax_missing = 0.0\n')
    forms = [part for name in ("junit", "sarif", "markdown") for part in (f"--{name}", tmp_path / f"gate.{name}")]
    gate = ["gate", folder, "--rules", rules, *forms]
    for verb in (["show", folder], ["show", folder, "--json"], ["report", folder], gate):
        mmdt(*verb)
    for kind in ("jsonl", "csv", "parquet"):
        mmdt("export", folder, tmp_path / f"outputs.{kind}")
    for name in ("run-card", "model-card"):
        mmdt("export", folder, tmp_path / f"{name}.out", "--format", name)
    mmdt("explain", folder, "--figures", tmp_path / "figures")
    mmdt("report", folder, "--framework", "nist-ai-rmf")
    printed = "".join(capfd.readouterr())
    made = (folder / "manifest.json").exists()
    assert made or "cannot be asked" in printed, printed  # a key that is refused at once leaves no folder
    assert not holds_key(printed.encode())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= (6 if made else 1)
    assert (tmp_path / "debug.log").stat().st_size > 100
    assert not {str(path): found for path in files if (found := holds_key(path.read_bytes()))}
    if fault == "answer":
        assert "[key]" in (tmp_path / "outputs.jsonl").read_text()
    open_to_others = {
        str(path): oct(path.stat().st_mode)
        for path in ((folder, *folder.rglob("*")) if made else ())
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    }
    assert not open_to_others


def test_a_key_that_is_echoed_is_not_on_the_viewers_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages, the parts of their cases, the list of runs and the progress of a run."""
    adapter = ADAPTERS[0]
    monkeypatch.setenv(adapter.key_env, PLANTED)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "runs" / "one"
    with echoing(adapter)(behaviour=script(then="answer")).in_thread() as server:
        options = ["--base-url", server.url, "--set", f"api_key_env={adapter.key_env}", "--attempts", "1"]
        mmdt("run", adapter.text, "-s", "safety/i2t/typography", *JUDGED, *options, "--out", folder)
    with viewing(tmp_path / "runs") as viewer:
        place = f"run/{key_of(folder)}/"
        read = [get(viewer, path)[1] for path in ("", "runs", f"{place}progress")]
        html, parts = page_of(viewer, folder)
        found = [get(viewer, f"{parts}{name}") for name in ("case-data", "rows-0", "cases-0")]
        assert all(status == 200 for status, _, _ in found)
        read += [html.encode(), *(gzip.decompress(body) for _, body, _ in found)]
    assert b"[key]" in read[-1]
    assert not [form for body in read for form in holds_key(body)]


def test_credentials_in_settings_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    adapter = ADAPTERS[0]
    monkeypatch.chdir(tmp_path)
    extra = {"api_key": "planted-one", "headers": {"Authorization": "Bearer planted-two"}}
    extra |= {"webhook": "https://user:planted-three@example.org/?token=planted-four", "top_k": 5}
    folder = tmp_path / "run"
    with adapter.server(behaviour=by_prompt({})).in_thread() as server:
        common = [*JUDGED, "--base-url", server.url, "--set", f"extra_body={json.dumps(extra)}", "--out", folder]
        mmdt("run", adapter.text, "-s", "safety/i2t/typography", *common)
        assert server.log.last is not None
        assert server.log.last.params["api_key"] == "planted-one"  # it is sent, of course
    printed = "".join(capfd.readouterr())
    manifest = (folder / "manifest.json").read_text()
    assert '"top_k": 5' in manifest
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert b"planted-" not in path.read_bytes(), path
    assert "planted-" not in printed
    mmdt("resume", folder)
    assert "was not stored with the run" in capfd.readouterr().err


@pytest.mark.parametrize("where", ["option", "set", "file"])
def test_a_key_in_place_of_its_name_is_refused(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.toml").write_text(f'api_key_env = "{PLANTED}"\n')
    given = {"option": ["--api-key-env", PLANTED], "set": ["--set", f"api_key_env={PLANTED}"]}
    options = given.get(where, ["--config", "run.toml"])
    mmdt("run", "openai/gpt-4o", "--select", "safety/i2t/typography", *JUDGED, *options, "--out", "run")
    printed = "".join(capfd.readouterr())
    assert "name of an environment variable" in printed and PLANTED not in printed
    assert not (tmp_path / "run").exists()


def test_a_key_that_a_judge_echoes_is_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Panels, comparisons of judges and stability checks keep what judges say."""
    monkeypatch.setenv("OWN_KEY", PLANTED)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "run"
    reply = json.dumps({"reason": f"my key is {PLANTED}", "verdict": "yes", "class": "complies"})
    with OpenAIServer(responder=lambda asked: reply).in_thread() as server:
        own = ["--endpoint", f"own={server.url},key=OWN_KEY"]
        panel = [part for name in ("one", "two") for part in ("--judge", f"own/{name}")]
        mmdt("run", "organism/demo", "-s", "safety/i2t/typography", "--size", "1", *panel, *own, "--out", folder)
        mmdt("judges", folder, "--as", "own/three")
        mmdt("judges", folder, "--stability", 3)
    mmdt("report", folder)
    printed = "".join(capfd.readouterr())
    assert "own/three" in printed
    assert not holds_key(printed.encode())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not {str(path): found for path in files if (found := holds_key(path.read_bytes()))}


@pytest.mark.parametrize("fault", ["answer", "server_error"])
def test_a_key_that_is_echoed_is_nowhere_in_a_run_that_stops_by_its_results(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The model and its judge say their keys in every answer or error; what is decided is kept and shown."""
    monkeypatch.setenv("OWN_KEY", PLANTED)
    monkeypatch.chdir(tmp_path)
    folder, rule = tmp_path / "run", "safety/**/HGR<0.95"
    said = " ".join(FORMS)
    reply = json.dumps({"reason": said, "verdict": "no", "class": "harmless"})
    echo = echoing(next(each for each in ADAPTERS if each.server is OpenAIServer))
    with (
        OpenAIServer(responder=lambda asked: reply).in_thread() as judge,
        echo(behaviour=script(then=fault)).in_thread() as model,
    ):
        hosts = [f"own={judge.url},key=OWN_KEY", f"model={model.url},key=OWN_KEY"]
        options = [part for each in hosts for part in ("--endpoint", each)]
        common = ["--judge", "own/judge", "--data", "embedded", "--size", "20", "--attempts", "1", "--out", folder]
        mmdt("run", "model/m", "-s", "safety/i2t/typography", "--until", rule, *options, *common)
        mmdt("resume", folder)
    for verb in (["show", folder], ["show", folder, "--json"], ["report", folder], ["explain", folder]):
        mmdt(*verb)
    printed = "".join(capfd.readouterr())
    assert not holds_key(printed.encode())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 4 and rule in (folder / "manifest.json").read_text()
    assert not {str(path): found for path in files if (found := holds_key(path.read_bytes()))}
    decided = json.loads((folder / "manifest.json").read_text())["stopped"]
    assert bool(decided) == (fault == "answer")
