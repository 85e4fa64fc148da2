"""Runs of conversations, of text alone and of pictures to change, from the data to the report."""

import json
from pathlib import Path

import pytest
from PIL import Image as Pil
from PIL import ImageOps

import mmdt
from mmdt.core.image import Image
from mmdt.errors import UsageError
from mmdt.plugins import registry
from tests.servers.google_server import GoogleServer
from tests.servers.openai_server import OpenAIServer
from tests.servers.responder import echo

TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "Remember this:"}, {"type": "image", "image": "red.png"}]},
    {"role": "assistant", "content": "I will."},
    {"role": "user", "content": "What colour was it?"},
]


@pytest.fixture(autouse=True)
def registered(monkeypatch, tmp_path):
    """A scenario for each kind of request; all registrations are forgotten after the test."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    monkeypatch.setenv("OPENAI_API_KEY", "local")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    Pil.new("RGB", (8, 6), "red").save(tmp_path / "red.png")
    registry.perspectives.cache_clear()

    @mmdt.scenario("custom/t2t/answers", cases=[{"prompt": "Hi"}, {"messages": [TALK[0], TALK[3]]}])
    def answers(case, output):
        return case.prompt in output.text

    @mmdt.scenario("custom/i2t/recalls", cases=[{"messages": TALK}])
    def recalls(case, output):
        return "[image" in output.text

    @mmdt.scenario("custom/it2i/inverts", cases=[{"prompt": "Invert the colours", "images": ["red.png"]}])
    def inverts(case, output):
        before, after = case.images[0].pil(), output.images[0].pil()
        return ImageOps.invert(before).getpixel((0, 0)) == after.getpixel((0, 0))

    yield
    registry.perspectives.cache_clear()


def values(run):
    return {address: estimate.value for address, estimate in run.estimates()}


@pytest.fixture
def server():
    with OpenAIServer().in_thread() as server:
        yield server


def test_text_alone_is_planned_asked_scored_and_shown(server):
    select = {"select": "*/t2t/**", "data": "embedded"}
    plan = mmdt.plan("openai/gpt-4o", base_url=server.url, **select)
    assert [(each.cell, each.requests) for each in plan.cells] == [("custom/t2t/answers/all", 2)]
    run = mmdt.run("openai/gpt-4o", base_url=server.url, out="run", **select)
    assert run.complete
    assert values(run) == {"custom/t2t/answers": 1.0, "custom/t2t/answers/all": 1.0}
    assert (server.log.requests, plan.requests) == (2, 2)
    assert "Text to text" in run.report("report.html").read_text()
    assert set(run.to_pandas("outputs")["modality"]) == {"t2t"}
    assert mmdt.resume("run").complete
    assert server.log.requests == 2


def test_an_organism_and_a_model_for_text_alone_can_be_asked_too(server):
    assert mmdt.run("organism/reader", select="*/t2t/**", out="organism").complete
    text_only = {"base_url": server.url, "model_settings": {"modality": "t2t"}, "data": "embedded"}
    assert mmdt.run("openai/gpt-4o", select="*/t2t/**", out="text", **text_only).complete
    with pytest.raises(UsageError, match=r"supports t2t, but the selected scenarios need i2t.*'\*/t2t/\*\*'"):
        mmdt.run("openai/gpt-4o", select="custom/i2t/**", out="no", **text_only)


def test_a_model_that_draws_cannot_be_asked_for_text(server):
    with pytest.raises(UsageError, match="supports t2i, but the selected scenarios need t2t"):
        mmdt.run("openai/gpt-image-1.5", select="*/t2t/**", data="embedded", base_url=server.url, out="run")


def test_a_conversation_of_ones_own_is_sent_kept_exported_and_reported(server, tmp_path):
    rows = [{"cell": "custom/i2t/recalls/all", "messages": TALK}, {"cell": "custom/t2t/answers/all", "prompt": "Hi"}]
    (tmp_path / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = mmdt.run("openai/gpt-4o", select="custom/**", data="mine.jsonl", base_url=server.url, out="run")
    assert run.complete
    assert values(run)["custom/i2t/recalls"] == 1.0
    assert server.log.by_prompt["What colour was it?"] == 1
    (trial,) = (each for each in run.joined() if each.case.messages)
    assert [each.role for each in trial.case.messages] == ["system", "user", "assistant", "user"]
    assert trial.case.messages[1].images[0].read() == (tmp_path / "red.png").read_bytes()
    exported = [json.loads(line) for line in run.export("outputs.jsonl").read_text().splitlines()]
    (row,) = (each for each in exported if each["messages"])
    assert row["messages"][0] == TALK[0] and row["messages"][3] == TALK[3]
    kept = Path(row["run"]) / row["messages"][1]["content"][1]["image"]
    assert Image.from_path(kept) == trial.case.images[0]
    report = run.report("report.html").read_text()
    assert "Remember this: [picture 1]" in report
    assert mmdt.resume("run").complete
    assert server.log.requests == 2
    again = mmdt.run(
        "openai/gpt-4o", select="custom/**", data="mine.jsonl", base_url=server.url, out="again", reuse=["run"]
    )
    assert again.complete
    assert server.log.requests == 2


def test_saved_conversations_are_read_again(tmp_path):
    from mmdt.attacks import save_cases

    run = mmdt.run("organism/reader", select="custom/i2t/**", out="run")
    cases = [trial.case for trial in run.joined()]
    path = save_cases(cases, tmp_path / "saved")
    again = mmdt.run("organism/reader", select="custom/i2t/**", data=str(path), out="again")
    assert [trial.case.id for trial in again.joined()] == [case.id for case in cases]
    assert [trial.case.messages for trial in again.joined()] == [case.messages for case in cases]


def test_changing_pictures_needs_a_scenario_and_a_model_only():
    @mmdt.model("negative", modalities=["it2i"])
    def negative(request):
        (image,) = request.images
        assert request.prompt == "Invert the colours"
        return Image.from_pil(ImageOps.invert(image.pil()))

    run = mmdt.run("negative", select="*/it2i/**", data="embedded", out="run")
    assert run.complete
    assert values(run)["custom/it2i/inverts"] == 1.0
    assert "Image to image" in run.report("report.html").read_text()


def test_a_gemini_image_model_is_sent_the_picture_to_change(monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", "local")
    with GoogleServer().in_thread() as server:
        run = mmdt.run(
            "google/gemini-2.5-flash-image", select="*/it2i/**", data="embedded", base_url=server.url, out="run"
        )
        (turn,) = server.log.last.turns
    assert run.complete
    (trial,) = run.joined()
    assert turn == ("user", (trial.case.images[0].read(), "Invert the colours"))
    assert trial.output.images


def test_a_painter_says_that_it_takes_no_pictures(server):
    with pytest.raises(UsageError, match="supports t2i, but the selected scenarios need it2i"):
        mmdt.run("openai/gpt-image-1.5", select="*/it2i/**", data="embedded", base_url=server.url, out="run")


def test_a_judge_is_shown_the_whole_conversation(server, tmp_path):
    seen = []

    def judging(asked):
        if "schema" in str(asked.params.get("response_format")):
            seen.append(asked.prompt)
            return '{"reason": "no", "harmful": false}'
        return echo(asked)

    server.responder = judging
    row = {"cell": "safety/i2t/jailbreak/fraud", "messages": TALK, "target": {"category": "fraud"}}
    (tmp_path / "mine.jsonl").write_text(json.dumps(row) + "\n")
    mmdt.run(
        "openai/gpt-4o",
        select="safety/**",
        data="mine.jsonl",
        base_url=server.url,
        judge="openai/gpt-4o-mini",
        judge_base_url=server.url,
        out="run",
    )
    assert any("What colour was it? (the last message of this conversation: System: Be brief." in each for each in seen)
