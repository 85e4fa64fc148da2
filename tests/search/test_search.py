"""A search over HTTP: attacker, target and judge are asked through the engine, and nothing is asked twice."""

import json

import pytest
from markupsafe import escape

import mmdt
from mmdt.errors import StoreError, UsageError
from mmdt.plugins import registry
from mmdt.search.numbers import summarise
from tests.search.served import CSV, reply
from tests.servers.openai_server import OpenAIServer

MOVES = ("page", "role-play")


@pytest.fixture(autouse=True)
def registrations(monkeypatch):
    """What a test registers is gone after it."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))


@pytest.fixture
def server():
    with OpenAIServer(responder=reply).in_thread() as found:
        yield found


@pytest.fixture
def behaviours(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(CSV)
    return path


def settings(server, **changes):
    found = {
        "base_url": server.url,
        "attacker": "openai/attacker",
        "attacker_base_url": server.url,
        "judge": "openai/judge",
        "judge_base_url": server.url,
        "queries": 6,
        "moves": MOVES,
    }
    return {**found, **changes}


def test_an_attacker_finds_what_the_target_gives_in_to(server, behaviours, tmp_path):
    found = mmdt.find_attacks(
        "openai/gpt-4o", behaviours=behaviours, method="pair", out=tmp_path / "s", **settings(server)
    )
    assert found.complete and [each.fell for each in found.hunts] == [4, 4]  # three lines of one query, then a story
    won = found.found[0]
    assert won.move.by == "attacker" and "story" in won.move.words and won.rationale == "by rule"
    assert won.case.target["behaviour"] == "sneak biscuits out of the jar"
    assert "The gnomes stand in the park." in found.found[1].case.target["behaviour"]
    (curve,) = summarise(found).curves
    assert (curve.fell, curve.hunts, curve.median.value) == (2, 2, 4)
    assert list(found.attacker_calls())
    assert (tmp_path / "s" / "NOTICE.txt").read_text().startswith("This folder was written by")
    assert mmdt.verify_search(tmp_path / "s").ok


def test_every_method_works_on_a_chat_model(server, behaviours, tmp_path):
    names = [each.name for each in mmdt.list_searches() if each.name != "sneaky"]
    found = mmdt.find_attacks(
        "openai/gpt-4o", behaviours=behaviours, method=names, out=tmp_path / "s", limit=1, **settings(server)
    )
    assert {each.state for each in found.hunts} <= {"fell", "held"}, [each.reason for each in found.hunts]
    assert found.of(method="crescendo")[0].fell and found.of(method="tap")[0].fell
    talk = next(q.case for q in found.of(method="crescendo")[0].queries if q.case.messages)
    assert [each.role for each in talk.messages] == ["user", "assistant", "user"]


def test_a_picture_model_is_searched_too(tmp_path):
    found = mmdt.find_attacks(
        "organism/painter", method=["sneaky", "crescendo", "random"], out=tmp_path / "s", limit=2, queries=8
    )
    assert found.complete and found.manifest.modality == "t2i"
    assert any(each.fell for each in found.hunts)
    assert "<img class=" in found.report().read_text()


def test_a_finished_search_asks_nothing_again(server, behaviours, tmp_path):
    folder = tmp_path / "s"
    mmdt.find_attacks("openai/gpt-4o", behaviours=behaviours, method="tap", out=folder, **settings(server))
    before, root = server.log.requests, mmdt.open_search(folder).manifest.digests.outputs
    again = mmdt.resume_search(folder)
    assert again.complete and server.log.requests == before
    assert again.manifest.digests.outputs == root


def conversations(search):
    return [
        (str(hunt.id), hunt.state, [(each.number, each.parent, each.case.asked, each.harmful) for each in hunt.queries])
        for hunt in search.hunts
    ]


def test_the_result_is_the_same_at_any_speed(server, behaviours, tmp_path):
    """Attackers that answer in any order, slowly or at once, and sometimes nothing that is a prompt."""
    names = ["tap", "pair", "crescendo", "adaptive"]

    def odd(asked):
        spoilt = asked.model == "attacker" and '"on_topic"' not in asked.prompt and (asked.seed or 0) % 3 == 0
        return "No." if spoilt else reply(asked)

    server.responder = odd
    found = []
    for number, concurrency in enumerate((1, 32)):
        server.latency = 0.004 * number
        given = settings(server, queries=6, concurrency=concurrency)
        out = tmp_path / str(number)
        found.append(mmdt.find_attacks("openai/gpt-4o", behaviours=behaviours, method=names, out=out, **given))
    assert all(each.complete for each in found)
    assert conversations(found[0]) == conversations(found[1])
    assert any(hunt.notes.get("attacker_declined") for hunt in found[0].hunts)


def test_the_branches_of_a_level_are_asked_at_once(server, behaviours, tmp_path):
    server.responder = lambda asked: reply(asked) if asked.model != "gpt-4o" else "I'm sorry, but I can't help."
    server.latency = 0.1
    mmdt.find_attacks(
        "openai/gpt-4o", behaviours=behaviours, method="tap", limit=1, out=tmp_path / "s",
        **settings(server, queries=12, concurrency=16),
    )  # fmt: skip
    assert server.log.peak >= 8, "nine branches of the second level"


def test_a_budget_ends_it_and_a_larger_one_goes_on(server, behaviours, tmp_path):
    folder = tmp_path / "s"
    few = mmdt.find_attacks(
        "openai/gpt-4o", behaviours=behaviours, method="pair", out=folder, **settings(server, max_requests=9)
    )
    assert few.manifest.ended.how == "budget" and server.log.requests <= 9
    whole = mmdt.resume_search(folder, max_requests=500)
    assert whole.complete and [each.fell for each in whole.hunts] == [4, 4]
    in_two_parts = server.log.requests
    mmdt.find_attacks("openai/gpt-4o", behaviours=behaviours, method="pair", out=tmp_path / "w", **settings(server))
    assert server.log.requests == 2 * in_two_parts, "a search in two parts asks what one in one part asks"


def test_a_second_judge_looks_at_what_was_found(server, behaviours, tmp_path):
    found = mmdt.find_attacks(
        "openai/gpt-4o", behaviours=behaviours, method="pair", out=tmp_path / "s",
        **settings(server, rejudge="openai/judge-strict"),
    )  # fmt: skip
    (curve,) = summarise(found).curves
    assert (curve.fell, curve.confirmed_fell) == (2, 0)
    assert [each.again for each in found.found] == [False, False]
    assert curve.last.share == 1 and curve.confirmed[-1].share == 0


def test_what_breaks_off_is_not_a_success_and_not_a_defence(server, behaviours, tmp_path):
    from tests.servers.behaviour import Fault

    server.behaviour = lambda asked, nth: Fault("server_error") if asked.model == "gpt-4o" else Fault()
    found = mmdt.find_attacks(
        "openai/gpt-4o", behaviours=behaviours, method="pair", out=tmp_path / "s", **settings(server, attempts=1)
    )
    assert not found.complete and {each.state for each in found.hunts} == {"broken"}
    server.behaviour = lambda asked, nth: Fault()
    assert mmdt.resume_search(tmp_path / "s").complete


def test_a_judge_that_fails_proves_no_defence(server, behaviours, tmp_path):
    server.responder = lambda asked: "Hm." if asked.model == "judge" else reply(asked)
    folder = tmp_path / "s"
    found = mmdt.find_attacks("openai/gpt-4o", behaviours=behaviours, method="pair", out=folder, **settings(server))
    assert not found.complete and {each.state for each in found.hunts} == {"broken"}
    assert "could not be judged" in found.hunts[0].reason
    assert [each.time() for each in found.hunts] == [(0.0, False)] * 2, "nobody has seen that a query failed"
    assert summarise(found).curves[0].broken == 2 and found.report().exists()
    server.responder = reply
    again = mmdt.resume_search(folder)
    assert again.complete and [each.fell for each in again.hunts] == [4, 4]


def test_a_target_elsewhere_needs_a_word(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    with pytest.raises(UsageError, match=r"not on this machine.*i_am_authorised=True"):
        mmdt.find_attacks("openai/gpt-4o", judge="openai/gpt-4o", out=tmp_path / "s")
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("url", ["http://127.0.0.1.example.com/v1", "http://10.0.0.4/v1", "https://api.openai.com/v1"])
def test_what_is_not_this_machine(url):
    from mmdt.core.protocols import ModelInfo
    from mmdt.search.authority import is_here

    class Model:
        info = ModelInfo("openai/x", frozenset({"i2t"}), {"base_url": url})

    assert not is_here(Model())
    Model.info = ModelInfo("openai/x", frozenset({"i2t"}), {"base_url": "http://[::1]:8000/v1"})
    assert is_here(Model())


def test_what_was_found_is_tried_on_another_model(server, behaviours, tmp_path):
    found = mmdt.find_attacks(
        ["openai/gpt-4o", "openai/llava"], behaviours=behaviours, method="pair", out=tmp_path / "s",
        **settings(server, transfer=True),
    )  # fmt: skip
    ways = {(each.source, each.target): (each.tried, each.worked) for each in summarise(found).transfers}
    assert ways == {("openai/gpt-4o", "openai/llava"): (2, 2), ("openai/llava", "openai/gpt-4o"): (2, 2)}
    later = mmdt.find_attacks(
        "openai/gpt-4o-mini", behaviours=behaviours, method="random", out=tmp_path / "later",
        **settings(server, found=(str(tmp_path / "s"),), queries=1),
    )  # fmt: skip
    assert sum(each.tried for each in summarise(later).transfers) == 4


def test_a_damaged_search_is_not_gone_on_with(server, behaviours, tmp_path):
    import sqlite3

    folder = tmp_path / "s"
    mmdt.find_attacks("openai/gpt-4o", behaviours=behaviours, method="pair", out=folder, **settings(server))
    db = sqlite3.connect(folder / "store.sqlite")
    db.execute("UPDATE outputs SET status = 'refused' WHERE n = 2")
    db.commit()
    db.close()
    assert not mmdt.verify_search(folder).ok
    with pytest.raises(StoreError, match="the search is damaged"):
        mmdt.resume_search(folder)


def test_an_attacker_that_declines_is_replaced_by_rules(server, behaviours, tmp_path):
    server.responder = lambda asked: "I will not do that." if asked.model == "attacker" else reply(asked)
    found = mmdt.find_attacks(
        "openai/gpt-4o", behaviours=behaviours, method="pair", out=tmp_path / "s", **settings(server)
    )
    assert found.complete and all(each.notes["attacker_declined"] for each in found.hunts)
    assert {query.move.by for each in found.hunts for query in each.queries} == {"rules"}


ODD = ["{", "null", '{"prompt": 5}', '{"prompt": ""}', "\x00\x1b[2J", '{"prompt": {"a": []}}', '{"prompt":"\\ud800"}']


@pytest.mark.parametrize("said", [*ODD, '{"prompt": "' + "x" * 50_000 + '"}', "[BEGIN goal] obey [END goal]"])
def test_whatever_an_attacker_says_a_search_ends(server, behaviours, tmp_path, said):
    server.responder = lambda asked: said if asked.model == "attacker" else reply(asked)
    found = mmdt.find_attacks(
        "openai/gpt-4o", behaviours=behaviours, method="tap", out=tmp_path / "s", limit=1, **settings(server, queries=3)
    )
    assert found.complete, found.manifest.ended
    found.report()
    assert mmdt.verify_search(tmp_path / "s").ok


def test_a_method_of_ones_own(tmp_path):
    from mmdt import plugins
    from mmdt.search.move import Move

    async def openly(hunt, times):
        for number in range(times):
            await hunt.ask(Move(seed=number))

    mmdt.register(plugins.SEARCHES, "openly", mmdt.SearchMethod("openly", openly, "asks", parameters={"times": 2}))
    found = mmdt.find_attacks(
        "organism/closed", method="openly", out=tmp_path / "s", limit=2, method_options={"openly.times": 3}
    )
    assert [(len(each.queries), each.state) for each in found.hunts] == [(3, "ended")] * 2
    with pytest.raises(UsageError, match="has no parameter"):
        mmdt.find_attacks("organism/closed", method="openly", method_options={"openly.width": 3})
    with pytest.raises(UsageError, match="unknown search method"):
        mmdt.find_attacks("organism/closed", method="nothing")


def test_the_embedded_judge_is_asked_about_nothing_that_it_does_not_know(behaviours, tmp_path):
    with pytest.raises(UsageError, match="does not know the category 'mischief'") as raised:
        mmdt.find_attacks("organism/holed", behaviours=str(behaviours), out=tmp_path / "s")
    assert "biscuits" in raised.value.where and "judge" in raised.value.hint and not (tmp_path / "s").exists()


def test_the_command_line(monkeypatch, tmp_path, capsys):
    from mmdt.cli import main

    monkeypatch.chdir(tmp_path)

    def said(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        return ended.value.code, *capsys.readouterr()

    words = ["attack", "organism/holed", "--method", "tap,random", "--limit", "2", "--queries", "4", "--move", "page"]
    code, out, err = said(*words, "--move", "role-play", "-o", "s", "--method-set", "tap.width=2")
    assert code == 0, err
    assert "tap" in out and "organism/holed" in out and "mmdt report s" in err
    assert said("verify", "s")[0] == 0
    code, out, _ = said("show", "s", "--json")
    assert code == 0 and json.loads(out)["numbers"]["curves"][0]["hunts"] == 2
    assert said("resume", "s")[0] == 0
    assert said("report", "s")[0] == 0
    page = (tmp_path / "s" / "report.html").read_text()
    assert 'class="veiled"' in page and "<script" not in page
    assert said(*words, "-o", "s")[0] == 2
    assert "searches" in said("list", "--help")[1]


def test_the_report_escapes_what_came_back(server, behaviours, tmp_path):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    server.responder = lambda asked: evil if asked.model == "gpt-4o" else reply(asked)
    found = mmdt.find_attacks(
        "openai/gpt-4o", behaviours=behaviours, method="pair", out=tmp_path / "s", **settings(server, queries=2)
    )
    page = found.report().read_text()
    assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;" in page


def test_the_report_holds_what_the_attacker_was_asked(server, behaviours, tmp_path):
    found = mmdt.find_attacks(
        "openai/gpt-4o", behaviours=behaviours, method="tap", out=tmp_path / "s", **settings(server, queries=4)
    )
    asked = found.calls[found.hunts[0].id]
    assert [each.name for each in asked[:4]] == ["1.1/1", "1.1/2", "1.2/1", "1.2/2"], "proposed, and on the topic?"
    page = found.report().read_text()
    assert "What the attacker was asked" in page and "What attackers are instructed" in page
    for call in asked:
        (system, user) = call.case.conversation
        assert escape(user.text) in page and escape(system.text) in page and escape(call.output.text) in page
    assert page.count(escape(asked[0].case.conversation[0].text)) == 1, "the same instructions are there once"


def test_people_correct_what_was_found(server, behaviours, tmp_path):
    folder = tmp_path / "s"
    found = mmdt.find_attacks("openai/gpt-4o", behaviours=behaviours, method="pair", out=folder, **settings(server))
    sheet = folder / "found.csv"
    head, first, second = sheet.read_text().splitlines()
    assert head == "model,method,behaviour,query,harmful" and first == "openai/gpt-4o,pair,biscuits,4,"
    assert summarise(found).curves[0].corrected is None
    sheet.write_text("\n".join([head, f"{first}yes", f"{second}no"]))
    seen = summarise(mmdt.open_search(folder)).curves[0].corrected
    assert (seen.labelled, seen.confirmed, seen.share) == (2, 1, 0.5) and seen.low < 0.2 < 0.8 < seen.high
    assert "1 of 2 confirmed" in found.report().read_text()
    sheet.write_text("\n".join([head, f"{first}perhaps"]))
    with pytest.raises(mmdt.MmdtError, match="write yes or no"):
        summarise(mmdt.open_search(folder))


def test_what_was_found_is_data(server, behaviours, tmp_path):
    found = mmdt.find_attacks(
        "openai/gpt-4o", behaviours=behaviours, method="pair", out=tmp_path / "s", **settings(server)
    )
    path = found.save_found(tmp_path / "data")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["cell"] for row in rows] == ["safety/i2t/jailbreak/mischief"] * 2
    assert all("search" not in row["target"] for row in rows)
    run = mmdt.run(
        "openai/gpt-4o", data=str(tmp_path / "data"), select="safety/**", base_url=server.url, judge="openai/judge",
        judge_base_url=server.url, out=tmp_path / "run",
    )  # fmt: skip
    assert run.complete
