"""Who may talk to the page. Over real sockets, as another program or another site would."""

from __future__ import annotations

import http.client
import json

import pytest

from mmdt.runs.people.labels import LabelFile
from mmdt.server.guard import MAX_BODY
from tests.server.conftest import serving

LABEL = {"number": 0, "verdict": "yes", "annotator": "Ann"}


@pytest.fixture
def server(run):
    with serving(run, 5) as served:
        yield served


def ask(server, method, path, headers=None, body=None, host=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True)
        if host != "":
            connection.putheader("Host", host or f"127.0.0.1:{server.port}")
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def post(server, given, path="label", **changes):
    body = given if isinstance(given, bytes) else json.dumps(given).encode()
    headers = {
        "Origin": f"http://127.0.0.1:{server.port}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **changes.pop("headers", {}),
    }
    headers = {name: value for name, value in headers.items() if value is not None}
    return ask(server, "POST", token(server) + path, headers, body, **changes)


def token(server):
    return "/" + server.url.split("/")[3] + "/"


def test_the_address_that_was_printed_opens_the_page(server):
    status, body, headers = ask(server, "GET", token(server))
    assert status == 200
    assert b"label.js" in body
    assert "default-src 'none'" in headers["content-security-policy"]
    assert (headers["x-frame-options"], headers["referrer-policy"]) == ("DENY", "no-referrer")
    assert headers["cache-control"] == "no-store"
    assert "unsafe" not in headers["content-security-policy"]


def test_a_label_of_the_page_is_kept(server, run):
    assert post(server, LABEL)[0] == 200
    (found,) = LabelFile(run.folder).read()
    assert (found.annotator, found.verdict) == ("Ann", "yes")
    assert 0 < found.probability <= 1


@pytest.mark.parametrize("path", ["/", "/x/", "/state", "/../", "//", "/assets/label.js"])
def test_without_the_token_nothing_is_told(server, path):
    status, body, _ = ask(server, "GET", path)
    assert status == 403
    assert token(server).strip("/").encode() not in body


@pytest.mark.parametrize("host", ["evil.example", "", "127.0.0.1", "127.0.0.1:1", "evil.example:80"])
def test_a_name_that_was_rebound_to_this_machine_is_refused(server, host):
    assert ask(server, "GET", token(server), host=host)[0] in (400, 403)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": None},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_forged_label_is_refused(server, run, headers):
    assert post(server, LABEL, headers=headers)[0] == 403
    assert LabelFile(run.folder).read() == []


def test_a_large_request_is_refused(server):
    assert post(server, b" " * (MAX_BODY + 1))[0] == 413
    assert post(server, LABEL, headers={"Content-Length": None, "Transfer-Encoding": "chunked"})[0] in (400, 413)


@pytest.mark.parametrize(
    "given",
    [
        {**LABEL, "number": 99},
        {**LABEL, "number": -1},
        {**LABEL, "number": True},
        {**LABEL, "number": "0"},
        {**LABEL, "verdict": "perhaps"},
        {**LABEL, "verdict": ["yes"]},
        {**LABEL, "annotator": ""},
        {**LABEL, "annotator": "x" * 81},
        [],
        b"{",
        b"\xff",
        b"[" * 5000,
    ],
)
def test_what_cannot_be_a_label_is_an_error_that_says_so(server, run, given):
    status, body, _ = post(server, given)
    assert status == 400
    assert json.loads(body)["error"]
    assert LabelFile(run.folder).read() == []


@pytest.mark.parametrize(
    "path", ["item/99", "item/-1", "picture/0/made/0", "picture/0/../0", "assets/..%2Fapp.py", "x"]
)
def test_other_addresses_have_nothing(server, path):
    assert ask(server, "GET", token(server) + path)[0] in (400, 404)


def test_only_this_machine_is_listened_to(server):
    assert server._socket.getsockname()[0] == "127.0.0.1"


def test_the_page_is_blind(server, run):
    """Nothing that the page is told names the model, or what the judge said."""
    told = b"".join(ask(server, "GET", token(server) + f"item/{i}")[1] for i in range(5))
    assert b"organism" not in told
    assert b"verdict" not in told
