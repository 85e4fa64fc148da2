from __future__ import annotations

import pytest

from mmdt.errors import UsageError
from mmdt.models.http.keys import KeyChoice, KeyRule, choose_key, read_key
from mmdt.models.http.urls import check_base_url, is_local


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000/v1",
        "http://127.0.0.1:1",
        "http://[::1]:8000",
        "http://192.168.1.5:8000/v1",
        "http://10.0.0.7",
        "http://ollama:11434/v1",
        "http://gpu.local/v1",
    ],
)
def test_a_key_may_be_sent_unencrypted_in_a_private_network(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", " sk-abc \n")
    assert is_local(url)
    assert read_key("SOME_KEY", url) == "sk-abc"


@pytest.mark.parametrize("url", ["http://example.org/v1", "http://8.8.8.8:8000", "http://gpu.example.org:8000/v1"])
def test_a_key_is_never_sent_unencrypted_over_a_public_network(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "sk-abcdef")
    with pytest.raises(UsageError, match="unencrypted") as caught:
        read_key("SOME_KEY", url)
    assert "sk-abcdef" not in str(caught.value)
    assert read_key("SOME_KEY", url.replace("http:", "https:")) == "sk-abcdef"
    monkeypatch.delenv("SOME_KEY")
    assert read_key("SOME_KEY", url) == ""


@pytest.mark.parametrize("key", ["sk-a\nb", "sk-\u201cabc\u201d", "two words"])
def test_a_key_with_invalid_characters_is_rejected(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", key)
    with pytest.raises(UsageError) as caught:
        read_key("SOME_KEY", "https://example.org")
    assert key not in str(caught.value)


def test_a_base_url_loses_its_trailing_slash() -> None:
    assert check_base_url("https://example.org/v1/", "here") == "https://example.org/v1"


@pytest.mark.parametrize(
    "url", ["example.org", "https://", "file:///tmp", "https://a:b@example.org", "https://x.org/?key=1"]
)
def test_an_invalid_base_url_is_rejected(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_base_url(url, "here")
    assert caught.value.hint


RULE = KeyRule("SOME_KEY", ("api.example.org", ".api.example.org"), "SOME_BASE_URL")


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://api.example.org/v1", True),
        ("https://eu.api.example.org/v1", True),
        ("https://api.example.org.evil.net/v1", False),
        ("https://evilapi.example.org/v1", False),
        ("https://api.example.org@evil.net/v1", False),
        ("http://localhost:8000/v1", False),
        ("https://gateway.net/v1", False),
    ],
)
def test_a_key_goes_to_its_providers_hosts_only(url: str, sent: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_BASE_URL", raising=False)
    usual = KeyChoice("SOME_KEY") if sent else KeyChoice("", "SOME_KEY")
    assert choose_key("", RULE, url, "here") == usual
    assert choose_key("OTHER_KEY", RULE, url, "here") == KeyChoice("OTHER_KEY")


def test_a_host_from_the_variable_of_the_pair_gets_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_BASE_URL", "https://gateway.net/v1")
    assert choose_key("", RULE, "https://gateway.net/v1", "here").variable == "SOME_KEY"
    assert choose_key("", RULE, "https://gateway.net:444/v1", "here").variable == ""
    assert choose_key("", RULE, "https://other.net/v1", "here").variable == ""


@pytest.mark.parametrize(
    "name", ["sk-planted-0123456789", "AIzaSyA1234567890abcdef", "two words", "a1b2c3d4e5f6a7b8c9d0e1f2"]
)
def test_a_key_in_place_of_a_variables_name_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose_key(name, RULE, "https://api.example.org", "here")
    assert name not in str(caught.value)
