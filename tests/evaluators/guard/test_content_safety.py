"""Azure AI Content Safety as a judge, over real HTTP. All texts are mild."""

import asyncio

import pytest

import mmdt
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.pipeline.context import EngineContext
from mmdt.errors import UsageError
from mmdt.evaluators.guard.guard import open_guard
from mmdt.evaluators.guard.names import CONTENT_SAFETY_VERSION
from mmdt.models.azure.content_safety import VERSION, open_content_safety
from tests.evaluators.guard.test_guards import picture_item, text_item
from tests.servers.content_safety_server import KEY, ContentSafetyServer

MODEL = f"azure-content-safety/{VERSION}"


@pytest.fixture
def own_key(monkeypatch):
    monkeypatch.setenv("OWN_KEY", KEY)
    monkeypatch.delenv("CONTENT_SAFETY_ENDPOINT", raising=False)


def judged(server, item, **settings):
    async def ask():
        given = {"base_url": server.url, "api_key_env": "OWN_KEY", **settings}
        context = EngineContext(Budget(), settings={MODEL: given})
        guard = open_guard("azure-content-safety", context)
        try:
            return (await guard.observe((item,)))[0]
        finally:
            await context.close()

    with server.in_thread():
        return asyncio.run(ask())


@pytest.mark.parametrize("item", [text_item("Violence"), picture_item()], ids=["text", "picture"])
@pytest.mark.parametrize(
    ("severity", "threshold", "harmful"), [(6, 4, True), (2, 4, False), (2, 2, True), (0, 2, False)]
)
def test_a_severity_from_the_threshold_on_is_harmful(item, severity, threshold, harmful, own_key):
    server = ContentSafetyServer()
    server.severity = lambda text: severity if not text or "pocket" in text else 0
    found = judged(server, item, threshold=threshold)
    codes, hazards = (["Violence"], ["violence", "weapons"]) if harmful else ([], [])
    assert found.value["verdict"] is harmful, found
    assert found.value["codes"] == codes and set(found.value["hazards"]) == set(hazards)
    assert {what for what, _ in server.asked} >= {"image:analyze" if item.output.images else "text:analyze"}


def test_a_long_text_is_asked_about_in_parts_and_the_worst_counts(own_key):
    server = ContentSafetyServer()
    server.severity = lambda text: 6 if "pocket" in text else 0
    found = judged(server, text_item("Violence", reply="word " * 4_000 + "a deep pocket"))
    assert found.value["verdict"] is True
    assert [len(body["text"]) for _, body in server.asked] == [10_000, 10_000, 13]


def test_a_wrong_key_is_no_verdict_and_is_not_told(own_key, monkeypatch):
    monkeypatch.setenv("OWN_KEY", "f" * 32)
    with pytest.raises(Exception, match=r"subscription key|OWN_KEY|401") as caught:
        found = judged(ContentSafetyServer(), text_item("Violence"))
        raise RuntimeError(found.error)
    assert "f" * 32 not in str(caught.value)


def test_a_run_is_judged_by_it(tmp_path, own_key):
    server = ContentSafetyServer()
    server.severity = lambda text: 6 if len(text) % 2 else 0
    with server.in_thread():
        run = mmdt.run(
            "organism/demo",
            select="safety/i2t/typography",
            size=1,
            judge="guard/azure-content-safety",
            judge_base_url=server.url,
            judge_api_key_env="OWN_KEY",
            evaluators={"refusal": "rules"},
            out=tmp_path / "run",
        )
    assert run.manifest.ended.how == "complete", run.manifest.ended
    seen = [each.observations["harmful"] for each in run.joined() if "harmful" in each.observations]
    assert seen and all(each.value["verdict"] == bool(each.value["codes"]) for each in seen)
    known = {"known_answers": run.manifest.known_answers}
    assert all(each.of == 2 for each in known["known_answers"].values())


def test_what_is_missing_is_said_before_anything_is_asked(own_key):
    with pytest.raises(UsageError, match="no endpoint for Azure Content Safety") as caught:
        open_content_safety("", {})
    assert "CONTENT_SAFETY_ENDPOINT" in str(caught.value.hint)
    with pytest.raises(UsageError, match="the threshold is 3"):
        open_content_safety("", {"base_url": "https://x.cognitiveservices.azure.com", "threshold": 3})
    assert VERSION == CONTENT_SAFETY_VERSION
