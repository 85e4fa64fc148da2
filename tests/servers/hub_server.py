"""A hub of datasets on the loopback interface: enough of the Hugging Face hub's protocol for its own client library."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class HubServer:
    """Serves dataset folders ``{repo: folder}`` at one commit; the branch ``main`` and the tag ``v1`` point there."""

    def __init__(self, datasets: dict[str, Path], commit: str = COMMIT) -> None:
        self.datasets = datasets
        self.commit = commit
        self.requests: list[str] = []
        self.url = ""

    @contextlib.contextmanager
    def running(self) -> Iterator[HubServer]:
        hub = self

        class Handler(_Handler):
            server_hub = hub

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_hub: HubServer

    def log_message(self, *_: Any) -> None:
        """Quiet: the requests are kept instead."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(urlsplit(self.path).path)
        self.server_hub.requests.append(f"{self.command} {path}")
        for repo, folder in self.server_hub.datasets.items():
            if path.startswith(f"/datasets/{repo}/resolve/"):
                return self._file(folder, *path.removeprefix(f"/datasets/{repo}/resolve/").split("/", 1))
            if path == f"/api/datasets/{repo}" or path.startswith(f"/api/datasets/{repo}/"):
                return self._api(repo, folder, path.removeprefix(f"/api/datasets/{repo}").strip("/"), body)
        return self._send(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})

    def _known(self, revision: str) -> bool:
        if revision in ("main", "v1", self.server_hub.commit):
            return True
        self._send(404, {"error": f"Invalid rev id: {revision}"}, {"X-Error-Code": "RevisionNotFound"})
        return False

    def _file(self, folder: Path, revision: str, name: str) -> None:
        if not self._known(revision):
            return
        path = folder / name
        if not path.is_file():
            self._send(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})
            return
        data = path.read_bytes()
        headers = {"ETag": f'"{_oid(data)}"', "X-Repo-Commit": self.server_hub.commit, "Accept-Ranges": "bytes"}
        self._send(200, data, headers)

    def _api(self, repo: str, folder: Path, rest: str, body: bytes) -> None:
        verb, _, tail = rest.partition("/")
        revision, _, below = tail.partition("/")
        if verb and not self._known(revision):
            return
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        entries = [
            {"type": "file", "path": str(path.relative_to(folder)), "size": path.stat().st_size, "oid": _oid(b"")}
            for path in files
        ]
        folders = sorted({str(path.parent.relative_to(folder)) for path in files} - {"."})
        entries += [{"type": "directory", "path": name, "size": 0, "oid": _oid(name.encode())} for name in folders]
        if verb == "tree":
            self._send(200, [entry for entry in entries if str(entry["path"]).startswith(below)])
        elif verb == "paths-info":
            wanted = json.loads(body).get("paths", []) if body.startswith(b"{") else _form(body)
            self._send(200, [entry for entry in entries if entry["path"] in wanted])
        else:
            siblings = [{"rfilename": entry["path"]} for entry in entries if entry["type"] == "file"]
            about = {"id": repo, "sha": self.server_hub.commit, "siblings": siblings, "private": False, "tags": []}
            self._send(200, about | {"downloads": 0, "likes": 0})

    def _send(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header(
            "Content-Type", "application/octet-stream" if isinstance(content, bytes) else "application/json"
        )
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


def _form(body: bytes) -> list[str]:
    return [unquote(part.split("=", 1)[1]) for part in body.decode().split("&") if part.startswith("paths=")]


def _oid(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
