from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from html import escape
from html.parser import HTMLParser

import pytest

from mmdt.errors import StoreError, UsageError
from mmdt.report.html.inputs import ReportOptions
from mmdt.report.html.report import build_report
from mmdt.report.shrunken import ShrunkenTasks
from tests.report.synthetic import PAYLOAD, PERSPECTIVES, report_input, rows


class Page(HTMLParser):
    """Elements and the texts of scripts and styles, as a browser parses them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.text = ""
        self._open = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._open = (tag, dict(attrs)) if tag in ("script", "style") else None

    def handle_data(self, data):
        if self._open:
            self.raw.append((*self._open, data))
        else:
            self.text += data

    def handle_endtag(self, tag):
        self._open = None


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    made = rows(300, hostile=True)
    manifest = {"model": {"name": f"model {PAYLOAD}", "settings": {"x": PAYLOAD}}, "data": {"source": PAYLOAD}}
    build_report(report_input(made, **manifest), path)
    return made, path.read_text(encoding="utf-8")


def part_of(page, name):
    attrs, text = next((attrs, text) for tag, attrs, text in page.raw if attrs.get("id") == name)
    return json.loads(text if attrs["data-encoding"] == "json" else gzip.decompress(base64.b64decode(text)))


def data_of(page):
    return part_of(page, "case-data")


def cases_of(page):
    """All there is to show of each case."""
    data = data_of(page)
    rows, rest = (
        [each for n in range(-(-data["count"] // size)) for each in part_of(page, f"{name}-{n}")]
        for name, size in (("rows", data["rowsAPart"]), ("cases", data["casesAPart"]))
    )
    return [{**row, **more} for row, more in zip(rows, rest, strict=True)]


def test_no_hostile_text_becomes_markup(hostile):
    _, text = hostile
    page = Page(text)
    assert "window.pwned" not in "".join(raw for tag, attrs, raw in page.raw if "type" not in attrs)
    assert not [attrs for tag, attrs in page.tags if any(name.startswith("on") for name in attrs)]
    assert "img" not in {tag for tag, _ in page.tags}
    assert "<script>window.pwned" not in text
    assert "\u2028" not in "".join(raw for tag, _, raw in page.raw if tag == "script")


def test_the_payload_is_unchanged_data(hostile):
    made, text = hostile
    cases = cases_of(Page(text))
    assert len(cases) == len(made)
    assert [each["prompt"] for each in cases] == [answer.case.prompt for answer, _ in made]
    assert any(each.get("target", {}).get("note") == PAYLOAD for each in cases)


def test_nothing_is_loaded_and_only_our_script_runs(hostile):
    _, text = hostile
    page = Page(text)
    policy = next(attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert "unsafe" not in policy and "http" not in policy
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        inline = [raw for found, attrs, raw in page.raw if found == tag and "type" not in attrs]
        assert len(inline) == 1
        digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text)
    assert not [attrs for _, attrs in page.tags if "src" in attrs or "style" in attrs]


def test_every_number_leads_to_its_cases(hostile):
    _, text = hostile
    targets = {attrs["href"] for tag, attrs in Page(text).tags if tag == "a"}
    assert "#scope=safety/i2t/typography&metric=hgr&show=cases" in targets
    assert "#scope=safety/i2t/typography&outcome=harmful&show=cases" in targets
    assert "#scope=safety/i2t/typography&outcome=refused%3Afilter&show=cases" in targets


def test_the_same_run_makes_the_same_file(tmp_path):
    made = rows(60)
    first = build_report(report_input(made), tmp_path / "a.html").read_bytes()
    assert build_report(report_input(made), tmp_path / "b.html").read_bytes() == first


def test_a_summary_covers_its_scenarios(tmp_path):
    page = Page(build_report(report_input(rows(60)), tmp_path / "a.html").read_text(encoding="utf-8"))
    assert data_of(page)["scopes"] == {
        "summary:safety/i2t": {
            "title": "Harmful generation, image to text",
            "of": ["safety/i2t/typography", "safety/i2t/jailbreak"],
        },
        "summary:safety/t2i": {"title": "Harmful generation, text to image", "of": ["safety/t2i/vanilla"]},
    }


def test_pictures_are_left_out_on_request(tmp_path):
    text = build_report(report_input(rows(60)), tmp_path / "a.html", ReportOptions(thumbnails=False)).read_text()
    assert "data:image/webp;base64," not in "".join(raw for _, attrs, raw in Page(text).raw if "type" in attrs)


def test_each_picture_is_embedded_once(tmp_path):
    made = rows(30)
    text = build_report(report_input(made + made), tmp_path / "a.html").read_text()
    chunks = [json.loads(raw) for _, attrs, raw in Page(text).raw if str(attrs.get("id")).startswith("pictures-")]
    addresses = [address for chunk in chunks for address, *_ in chunk]
    used = {index for each in cases_of(Page(text)) for index in [*each.get("images", ()), *each.get("made", ())]}
    assert len(addresses) == len(set(addresses)) == len(used)


def test_a_sample_is_announced(tmp_path):
    text = build_report(report_input(rows(200)), tmp_path / "a.html", ReportOptions(max_cases=90)).read_text()
    page = Page(text)
    assert data_of(page)["count"] == len(cases_of(page)) == 90
    assert "This report shows 90 of 200 outputs" in page.text


def test_lone_surrogates_and_control_characters_are_harmless(tmp_path):
    manifest = {"model": {"name": "a\ud800b\x00c"}, "versions": {"mmdt": "\udfff"}}
    path = build_report(report_input(rows(8), **manifest), tmp_path / "a.html")
    assert "a?b" in path.read_text(encoding="utf-8")


def test_an_empty_run_has_a_report(tmp_path):
    page = Page(build_report(report_input([]), tmp_path / "a.html").read_text())
    assert "No requests have been sent yet" in page.text
    assert cases_of(page) == []


def test_a_missing_folder_is_a_clear_error(tmp_path):
    with pytest.raises(StoreError, match=r"cannot be written.*No such file.*choose another path"):
        build_report(report_input(rows(4)), tmp_path / "nowhere" / "a.html")


def test_a_failure_while_writing_keeps_the_old_file_and_leaves_no_part(tmp_path):
    path = build_report(report_input(rows(4)), tmp_path / "a.html")
    before = path.read_bytes()
    folder = tmp_path / "b.html"
    folder.mkdir()
    with pytest.raises(StoreError):
        build_report(report_input(rows(4)), folder)
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.html", "b.html"]


@pytest.mark.parametrize(
    "options", [{"max_cases": -1}, {"thumbnail_size": 5}, {"thumbnail_size": 5000}, {"max_text": 0}]
)
def test_invalid_options_are_refused(options):
    with pytest.raises(UsageError):
        ReportOptions(**options)


def test_few_pictures_are_larger_than_many():
    assert ReportOptions().size_for(1000) == 320
    assert ReportOptions().size_for(1001) == 160
    assert ReportOptions(thumbnail_size=64).size_for(5) == 64


def test_tasks_have_their_shrunken_number_in_a_column_of_its_own_and_what_it_holds_below(hostile):
    made, text = hostile
    shrunken = ShrunkenTasks.of(report_input(made).scorecard, PERSPECTIVES)
    assert {"safety/i2t/typography", "safety/i2t/jailbreak"} <= shrunken.held.keys()
    assert text.count(">Harmful generation (HGR), shrunken<") == 2, "a heading in both tables of safety"
    for address, each in shrunken.tasks.items():
        shown = f'<span class="value">{100 * each.shrunken.value:.1f}%</span>'
        row = text.split(f'<span class="address">{address}</span>')[1].split("</tr>")[0]
        assert (
            shown in row and f'metric={each.headline}&amp;show=cases" title="Harmful generation (HGR), shrunken' in row
        )
    assert all(f"</strong>: {escape(held).replace('&#x27;', '&#39;')}" in text for held in shrunken.held.values())
