"""A hub on the loopback interface: as much of the Hugging Face hub's protocol as its own client library needs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


PULL = "refs/pr/1"


@dataclass(frozen=True)
class Repo:
    """``kind``: ``datasets`` or ``models``; the branch ``main`` and the tag ``v1`` point to the one ``commit``.
    ``converted``: what the hub's bot offers as a pull request."""

    kind: str
    name: str
    folder: Path
    commit: str
    converted: Path | None = None

    @property
    def files_at(self) -> str:
        return f"/datasets/{self.name}/resolve/" if self.kind == "datasets" else f"/{self.name}/resolve/"

    @property
    def api(self) -> str:
        return f"/api/{self.kind}/{self.name}"

    @property
    def pull(self) -> str:
        return _oid(f"{self.name} converted".encode())

    def at(self, revision: str) -> tuple[str, Path] | None:
        """The commit of a revision, and its files."""
        if revision in (PULL, self.pull) and self.converted:
            return self.pull, self.converted
        return (self.commit, self.folder) if revision in ("main", "v1", self.commit) else None


class HubServer:
    """Serves folders ``{repo: folder}``. Every model has a commit of its own."""

    def __init__(
        self,
        datasets: dict[str, Path] | None = None,
        *,
        models: dict[str, Path] | None = None,
        converted: dict[str, Path] | None = None,
        commit: str = COMMIT,
        gated: str = "",
    ) -> None:
        self.repos = [Repo("datasets", name, folder, commit) for name, folder in (datasets or {}).items()]
        self.repos += [
            Repo("models", name, folder, _oid(name.encode()), (converted or {}).get(name))
            for name, folder in (models or {}).items()
        ]
        self.requests: list[str] = []
        self.down = False
        self.gated = gated  # the token without which no file is given; empty for a hub that gives to all
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
        path = urlsplit(self.path).path
        self.server_hub.requests.append(f"{self.command} {path}")
        if self.server_hub.down:
            return self._send(503, {"error": "Service unavailable"})
        for repo in self.server_hub.repos:
            if path.startswith(repo.files_at):
                return self._file(repo, *map(unquote, path.removeprefix(repo.files_at).split("/", 1)))
            if path == repo.api or path.startswith(f"{repo.api}/"):
                return self._api(repo, path.removeprefix(repo.api).strip("/"), body)
        return self._send(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})

    def _at(self, repo: Repo, revision: str) -> tuple[str, Path] | None:
        found = repo.at(revision)
        if found is None:
            self._send(404, {"error": f"Invalid rev id: {revision}"}, {"X-Error-Code": "RevisionNotFound"})
        return found

    def _file(self, repo: Repo, revision: str, name: str) -> None:
        found = self._at(repo, revision)
        if found is None:
            return
        commit, folder = found
        if self.server_hub.gated and self.headers.get("Authorization") != f"Bearer {self.server_hub.gated}":
            self._send(401, {"error": "Access is restricted"}, {"X-Error-Code": "GatedRepo"})
            return
        path = folder / name
        if not path.is_file():
            self._send(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})
            return
        data = path.read_bytes()
        headers = {"ETag": f'"{_oid(data)}"', "X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
        self._send(200, data, headers)

    def _api(self, repo: Repo, rest: str, body: bytes) -> None:
        verb, _, tail = rest.partition("/")
        revision, _, below = map(unquote, tail.partition("/"))
        if verb == "discussions":
            self._send(200, _discussions(repo))
            return
        found = self._at(repo, revision or "main")
        if found is None:
            return
        commit, folder = found
        if verb == "commits":
            self._send(200, [_commit(each) for each in dict.fromkeys([commit, repo.commit])])
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
            about = {"id": repo.name, "sha": commit, "siblings": siblings, "private": False, "tags": []}
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


def _discussions(repo: Repo) -> dict[str, Any]:
    """The pull request of the bot that converts weights, if there is one."""
    about = {"num": 1, "status": "open", "isPullRequest": True, "createdAt": "2026-01-01T00:00:00.000Z"}
    about |= {"title": "Adding `safetensors` variant of this model", "author": {"name": "SFconvertbot"}}
    found = [about | {"repo": {"name": repo.name, "type": "model"}}] if repo.converted else []
    return {"discussions": found, "count": len(found), "start": 0}


def _commit(commit: str) -> dict[str, Any]:
    return {"id": commit, "title": "", "message": "", "date": "2026-01-01T00:00:00.000Z", "authors": []}


def _form(body: bytes) -> list[str]:
    return [unquote(part.split("=", 1)[1]) for part in body.decode().split("&") if part.startswith("paths=")]


def _oid(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
