import pytest

from mmdt.report.answered import answered_note
from mmdt.report.facts import read_facts


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("openai/gpt-4o", "gpt-4o"),
        ("openai/gpt-4o", "gpt-4o-2024-11-20"),
        ("openai/gpt-4", "gpt-4-0613"),
        ("google/gemini-2.0-flash", "gemini-2.0-flash-001"),
        ("anthropic/claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
        ("openai/meta-llama/Llama-3-8B", "llama-3-8b:free"),
        ("inspect/openai/gpt-4o", "gpt-4o"),
    ],
)
def test_the_model_itself_needs_no_note(asked, name):
    assert answered_note(asked, [(name, "3")]) == []


@pytest.mark.parametrize("name", ["gpt-4o-mini", "gpt-4o-mini-2024-07-18", "gpt-4", "llama-3-8b"])
def test_another_model_is_named(name):
    (note,) = answered_note("openai/gpt-4o", [(name, "3")])
    assert note == f"gpt-4o was requested, but the provider reports answers by {name} (3 outputs)."


def test_mixed_versions_are_named():
    (note,) = answered_note("openai/gpt-4o", [("gpt-4o-2024-11-20", "1,000"), ("gpt-4o-2024-08-06", "7")])
    assert "gpt-4o-2024-11-20 (1,000 outputs), gpt-4o-2024-08-06 (7 outputs)" in note


def test_the_note_comes_from_the_manifest_and_weights_name_the_model():
    manifest = {"model": {"name": "hf/a/b", "settings": {"weights": "sha256:1"}}, "answered_by": {"sha256:1": 4}}
    assert read_facts(manifest).notes == ()
    manifest["answered_by"]["c"] = 1
    assert "answers by c (1 outputs)" in read_facts(manifest).notes[0]
