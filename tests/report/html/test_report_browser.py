"""The report in a real browser, as a reader sees it."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
from selenium.webdriver.common.keys import Keys

import mmdt
from mmdt.core.estimate import Estimate
from mmdt.report.html.compare import build_comparison
from mmdt.report.html.inputs import ReportInput
from mmdt.report.html.pairs import differs
from mmdt.report.html.report import build_report
from mmdt.report.html.sample import choose
from mmdt.stats.scorecard import Result, Scorecard, Tally
from tests.report.synthetic import PAYLOAD, report_input, rows

pytestmark = pytest.mark.browser
MANY = 10_000


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A small report in which every text is hostile."""
    made = rows(240, hostile=True)
    path = build_report(report_input(made), tmp_path_factory.mktemp("report") / "report.html")
    return SimpleNamespace(path=path, rows=made, card=report_input(made).scorecard)


@pytest.fixture
def page(browser, report):
    browser.open(report.path)
    yield browser
    assert browser.console() == []
    assert browser.requested() == []
    assert browser.run("return window.pwned ?? null") is None


def outcomes_of(report):
    return Counter(scored.score.outcome for _, scored in report.rows)


def test_the_page_opens_quietly_with_all_cases(page, report):
    assert page.driver.title.startswith("organism/demo")
    assert page.count() == 240
    assert "Incomplete" in page.one("#state-heading").text
    assert page.one("#caveats summary").text.startswith("2 caveats: ")
    assert not page.one("#notes").is_displayed()
    page.click("#caveats summary")
    assert "Embedded judge: suitable only for organisms" in page.one("#notes").text


def test_the_first_screen_says_what_is_weakest_what_is_missing_and_each_headline(browser, report):
    browser.driver.set_window_size(1400, 900)
    browser.open(report.path)
    for css in ("#overview .short", ".matrix-of-headlines", ".matrix-of-headlines tr:last-child .value"):
        assert browser.run("return document.querySelector(arguments[0]).getBoundingClientRect().bottom", css) < 900
    assert browser.one("#overview .short").text.startswith("Weakest\n")
    assert len(browser.all(".matrix-of-headlines tbody tr")) == 2
    assert [each.text for each in browser.all("td.absent")] == ["no scenarios"]
    assert len(browser.all("td.weakest")) == 1


def test_a_question_mark_opens_the_card_of_its_metric_and_leaves_the_filter_alone(page):
    page.click("#outcomes [data-outcome='harmful']")
    before = page.count()
    page.click(".matrix-of-headlines .about-metric")
    page.wait(lambda: page.one("#metric-dialog").is_displayed())
    assert page.one("#metric-dialog-title").text == page.one(".matrix-of-headlines .what").text.split(" ↓")[0]
    assert "Direction" in page.one("#metric-dialog-body").text
    page.one("body").send_keys(Keys.ESCAPE)
    page.wait(lambda: not page.one("#metric-dialog").is_displayed())
    assert page.count() == before


def test_every_question_mark_has_a_card(page):
    marks = {each.get_attribute("href").partition("#")[2] for each in page.all(".about-metric")}
    assert marks
    assert all(page.all(f"#{each}") for each in marks)


def test_links_of_the_contents_lead_to_headings_and_unfold_what_they_lead_to(page):
    for link in page.all(".contents a"):
        name = link.get_attribute("href").partition("#")[2]
        assert page.run("return Boolean(document.getElementById(arguments[0])?.querySelector('h2, h3'))", name), name
    page.run("document.querySelectorAll('details.tables').forEach((box) => (box.open = false))")
    page.click(".contents a[href='#perspective-safety']")
    assert page.one("#perspective-safety details.tables").get_attribute("open")
    page.wait(lambda: page.run("return document.getElementById('perspective-safety').getBoundingClientRect().top") < 80)
    assert page.count() == 240


def test_a_chip_says_whether_it_is_pressed(page):
    chip = "#outcomes [data-outcome='harmful']"
    assert page.one(chip).get_attribute("aria-pressed") == "false"
    plain = page.css(chip, "background-color")
    page.click(chip)
    assert page.one(chip).get_attribute("aria-pressed") == "true"
    assert page.css(chip, "background-color") != plain
    assert [each.get_attribute("aria-selected") for each in page.all("#list .row")].count("true") == 1


def test_a_count_leads_to_its_cases(page, report):
    tally = report.card.result("safety/i2t/jailbreak").tally
    page.click("a[href='#scope=safety/i2t/jailbreak&outcome=harmful&show=cases']")
    page.wait_count(tally.harmful)
    assert page.outcomes() == {"harmful"}
    page.click("a[href='#scope=safety/i2t/jailbreak&outcome=refused&show=cases']")
    page.wait_count(sum(tally.refused.values()))
    assert page.outcomes() == {f"refused:{who}" for who in tally.refused}
    page.click("a[href='#scope=safety/i2t/typography&outcome=missing&show=cases']")
    page.wait_count(report.card.result("safety/i2t/typography").tally.missing)


def test_a_score_that_a_case_cannot_have_is_not_missing(browser, tmp_path):
    """A harmful request has no over-refusal, and a benign one no harm: their places are empty."""
    chosen = ["safety/i2t/typography", "safety/i2t/benign"]
    run = mmdt.run("organism/demo", select=chosen, size=2, out=tmp_path / "run", data="embedded")
    browser.driver.set_window_size(1400, 900)
    browser.open(run.report())
    heads = {head.get_attribute("data-sort") for head in browser.all("#list-heads [data-sort], .head[data-sort]")}
    assert {"score.harmful", "score.over_refused"} <= heads
    shown = {score.text for score in browser.all("#list .row-score[data-key='score.over_refused']")}
    assert "" in shown and "missing" not in shown


def test_an_estimate_leads_to_its_cases_worst_first(page, report):
    page.click("a[href='#scope=safety/t2i/vanilla&metric=hgr&show=cases']")
    page.wait_count(report.card.result("safety/t2i/vanilla").tally.total)
    shown = [row.text for row in page.all("#list .row-score[data-key='score.harmful']")]
    assert shown == sorted(shown, key=["1", "0", "missing"].index)
    page.run("const s = document.getElementById('value'); s.value = 'none'; s.dispatchEvent(new Event('change'))")
    estimate = report.card.result("safety/t2i/vanilla").estimate("hgr")
    page.wait_count(estimate.missing)


def test_a_summary_leads_to_all_the_scenarios_below_it(page, report):
    page.click("a.tile[href^='#scope=summary%3Asafety/i2t&']")
    page.wait_count(report.card.result("safety/i2t").tally.total)
    assert "Harmful generation, image to text" in page.one("#count").text
    assert page.run("const s = document.getElementById('scope'); return s.selectedOptions[0].parentElement.label") == (
        "Summaries"
    )


def test_the_back_button_restores_the_previous_filter(page, report):
    page.click("a[href='#scope=safety/i2t/jailbreak&show=cases']")
    page.wait_count(report.card.result("safety/i2t/jailbreak").tally.total)
    page.click("a[href='#scope=safety/t2i/vanilla&outcome=harmful&show=cases']")
    page.wait_count(report.card.result("safety/t2i/vanilla").tally.harmful)
    page.driver.back()
    page.wait_count(report.card.result("safety/i2t/jailbreak").tally.total)


def test_chips_filter_by_outcome_and_show_counts(page, report):
    for outcome, count in outcomes_of(report).items():
        css = f"#outcomes [data-outcome='{outcome}']"
        if outcome != "missing":  # the group of that name holds what lacks an observation as well
            assert page.one(css).text.endswith(str(count))
            page.click(css)
            page.wait_count(count)
            assert page.outcomes() == {outcome}
            page.click(css)
            page.wait_count(240)


def test_search_cell_and_clear(page, report):
    page.one("#search").send_keys("variant 24.")
    matching = [answer for answer, _ in report.rows if "Variant 24." in answer.case.prompt]
    page.wait_count(len(matching))
    page.one("#search").clear()
    page.one("#search").send_keys("no such words anywhere")
    page.wait_count(0)
    assert page.one("#detail").text == "No matching cases."
    page.click("#clear")
    page.wait_count(240)
    page.one("#scope").find_element("css selector", "option[value='hallucination']").click()
    page.wait_count(60)
    page.one("#search").send_keys(Keys.ENTER)
    assert page.count() == 60


def test_pictures_are_blurred_until_clicked(page):
    page.click("#outcomes [data-outcome='right']")
    page.wait(lambda: page.all("#detail .picture img"))
    assert "blur(" in page.css("#detail .picture img", "filter")
    assert all("blur(" in image.value_of_css_property("filter") for image in page.all("#list img"))
    assert page.run("return document.querySelector('#detail .picture img').naturalWidth") > 0
    page.click("#detail .picture-button")
    assert page.css("#detail .picture img", "filter") == "none"
    page.click("#detail .picture-button")
    assert "blur(" in page.css("#detail .picture img", "filter")


def test_texts_are_collapsed_until_clicked(page, report):
    prompt = report.rows[0][0].case.prompt
    name = report.rows[0][0].case.id
    page.one("#search").send_keys(name)
    page.wait_count(1)
    assert prompt.split(".")[0] not in page.run("return document.getElementById('cases').textContent")
    assert not page.all("#detail details[open]")
    page.click("#detail details summary")
    page.wait(lambda: prompt in page.one("#detail details pre").get_attribute("textContent"))
    page.click("#detail details summary")
    page.wait(lambda: page.one("#detail details pre").get_attribute("textContent") == "")


def test_revealing_everything_asks_first(page):
    page.click("#outcomes [data-outcome='harmful']")
    page.click("#reveal-switch")
    page.wait(lambda: page.one("#reveal-dialog").is_displayed())
    page.one("body").send_keys(Keys.ESCAPE)
    page.wait(lambda: not page.one("#reveal-dialog").is_displayed())
    assert not page.all("#detail details[open]")
    page.click("#reveal-switch")
    page.click("#reveal-confirm")
    page.wait(lambda: page.all("#detail details[open]"))
    assert not page.all("#detail details:not([open])")
    assert page.all("#detail img") and not page.all("#detail img.veiled")
    assert page.css("#list img", "filter") == "none"
    assert page.one("#list .row-snippet.is-asked").text.startswith("Explain ")
    page.click("#reveal-switch")
    page.wait(lambda: not page.all("#detail details[open]"))
    assert page.all("#detail img") and page.all("#detail img.veiled") == page.all("#detail img")


def names_of(page):
    return [row.get_attribute("data-id") for row in page.all("#list .row")]


def test_one_confirmation_opens_each_case_as_the_reader_goes(page):
    page.click("#outcomes [data-outcome='harmful']")
    assert page.all("#list .row-snippet .bar") and not page.one("#list .row-snippet").text
    page.click("#follow-switch")
    page.wait(lambda: page.one("#reveal-dialog").is_displayed())
    assert "Open cases as you go?" in page.one("#reveal-dialog").text
    page.click("#reveal-confirm")
    page.wait(lambda: page.all("#detail details[open]"))
    assert page.one("#list .row-snippet.is-asked").text.startswith("Explain ")
    assert "blur(" in page.css("#list img", "filter")
    first = page.one("#detail header code").text
    page.click("#next")
    page.wait(lambda: page.one("#detail header code").text != first)
    assert page.all("#detail details[open]") and not page.all("#detail details:not([open])")
    assert not page.all("#detail img.veiled")
    page.click("#follow-switch")
    page.wait(lambda: not page.all("#detail details[open]"))
    page.click("#reveal-switch")  # it was agreed to
    page.wait(lambda: page.all("#detail details[open]"))
    assert not page.one("#reveal-dialog").is_displayed()


def test_what_was_unfolded_stays_unfolded(page):
    page.click("#outcomes [data-outcome='harmful']")
    page.click("#detail details:first-of-type summary")
    page.click("#detail .picture-button")
    opened = page.one("#detail details[open] pre").text
    assert opened
    page.click("#next")
    page.wait(lambda: page.one("#place").text.startswith("2 of "))
    page.wait(lambda: not page.all("#detail details[open]"))
    page.click("#previous")
    page.wait(lambda: page.all("#detail details[open]"))
    assert page.one("#detail details[open] pre").text == opened
    assert len(page.all("#detail details[open]")) == 1
    assert page.css("#detail .picture img", "filter") == "none"
    page.click("#detail details[open] summary")
    page.click("#next")
    page.click("#previous")
    page.wait(lambda: page.all("#detail details") and not page.all("#detail details[open]"))


def test_previous_and_next_by_button_and_key(page):
    assert page.one("#place").text == "1 of 240"
    assert not page.one("#previous").is_enabled()
    second = names_of(page)[1]
    page.click("#next")
    page.wait(lambda: second in page.one("#detail header").text)
    page.one("#detail").send_keys("n")
    page.wait(lambda: page.one("#place").text == "3 of 240")
    page.one("#detail").send_keys("pp")
    page.wait(lambda: page.one("#place").text == "1 of 240")
    page.one("#search").send_keys("n")  # a letter, and no step
    assert page.one("#place").text.startswith("1 of ")
    page.one("#search").clear()
    page.one("#list").send_keys(Keys.END)
    page.wait(lambda: page.one("#place").text == "240 of 240")
    assert not page.one("#next").is_enabled()


def test_the_list_is_sorted_by_its_columns(page, report):
    by_name = {answer.case.id: (answer, scored) for answer, scored in report.rows}
    values = [scored.score.values.get("harmful") for _, scored in report.rows]
    assert page.one("#list-heads [data-sort='score.harmful']").text == "harmful"
    page.click("#list-heads [data-sort='score.harmful']")
    page.wait(lambda: "sort=score.harmful" in page.driver.current_url)
    assert by_name[names_of(page)[0]][1].score.values["harmful"] == 0
    page.click("#list-heads [data-sort='score.harmful']")
    page.wait(lambda: "sort=-score.harmful" in page.driver.current_url)
    shown = names_of(page)
    assert {by_name[name][1].score.values["harmful"] for name in shown} == {1}
    assert len(shown) < values.count(1.0)
    page.click("#list-heads [data-sort='score.harmful']")
    page.wait(lambda: "sort" not in page.driver.current_url)
    assert names_of(page)[0] == report.rows[0][0].case.id
    page.one("#order option[value='-cost']").click()
    cost = max((a.output.usage.cost or 0) + sum(o.usage.cost or 0 for o in a.observations.values())
               for a, _ in report.rows if a.output)  # fmt: skip
    page.wait(lambda: page.one("#list .row-score[data-key='cost']").text == f"${cost:.2g}")
    page.one("#order option[value='task']").click()
    page.wait(lambda: page.one("#list .row-cell").text == "i2t/jailbreak/hiding-socks")


def test_what_an_evaluator_was_asked_is_in_the_case(page):
    page.click("#outcomes [data-outcome='harmful']")
    box = "[data-probe='harm'] details:first-of-type"
    assert page.one(f"{box} summary").text.startswith("What it was asked")
    page.click(f"{box} summary")
    page.wait(lambda: '"topic"' in page.one(f"{box} pre").text)


def test_hostile_texts_are_shown_literally_and_do_nothing(page):
    page.click("#reveal-switch")
    page.click("#reveal-confirm")
    page.click("#outcomes [data-outcome='harmful']")
    page.wait(lambda: page.all("#detail .seen details[open] pre"))
    texts = [pre.get_attribute("textContent") for pre in page.all("#detail pre")]
    assert sum(PAYLOAD in text for text in texts) >= 3  # prompt, rationale, evidence at the least
    sources = page.run("return [...document.images].map((image) => image.src.slice(0, 22))")
    assert set(sources) <= {"data:image/webp;base64"}
    assert page.run("return document.scripts.length") == len(page.all("body > script"))


def test_an_inline_handler_would_not_run_either(page):
    page.run("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.pwned = 3\">')")
    page.wait(lambda: any("Content Security Policy" in message for message in page.console()))
    assert page.run("return window.pwned ?? null") is None
    page.requested()


def test_the_keyboard_walks_through_the_list(page):
    box = page.one("#list")
    page.run("arguments[0].focus()", box)
    ids = [page.one("#list [aria-selected='true']").get_attribute("data-id")]
    for key in (Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.PAGE_DOWN, Keys.END):
        page.one("#list").send_keys(key)
        ids.append(page.one("#list [aria-selected='true']").get_attribute("data-id"))
        assert ids[-1] in page.one("#detail header").text
        assert page.one(f"#{box.get_attribute('aria-activedescendant')}").get_attribute("data-id") == ids[-1]
    assert len(set(ids)) == 5
    assert page.one("#list [aria-selected='true']").get_attribute("aria-posinset") == "240"
    box.send_keys(Keys.ENTER)
    assert page.driver.switch_to.active_element == page.one("#detail")


def test_an_address_leads_to_one_case(browser, report):
    name = report.rows[100][0].case.id
    browser.open(report.path, f"#scope=safety&case={name}")
    assert name in browser.one("#detail header").text
    assert browser.count() == 180


def test_invalid_urls_are_harmless(browser, report):
    browser.open(report.path, "#scope=__proto__&outcome=constructor&metric=toString&value=valueOf&q=%00")
    assert browser.count() == 0
    assert browser.console() == []


def test_scenarios_fold_their_cells(page):
    cells = f"#{page.one('button.fold').get_attribute('aria-controls')}"
    assert page.one(cells).is_displayed()
    page.click("button.fold")
    assert not page.one(cells).is_displayed()
    assert page.one("button.fold").get_attribute("aria-expanded") == "false"
    page.click("button.fold")
    assert page.one(cells).is_displayed()


CONTRAST = """
const pixel = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const parse = (color) => {
  pixel.clearRect(0, 0, 1, 1); pixel.fillStyle = color; pixel.fillRect(0, 0, 1, 1);
  return [...pixel.getImageData(0, 0, 1, 1).data];
};
const light = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
  return .2126 * x + .7152 * y + .0722 * z;
};
const behind = (node) => {
  for (; node; node = node.parentElement) {
    const color = parse(getComputedStyle(node).backgroundColor);
    if (color[3] > 250) return color;
  }
  return [255, 255, 255];
};
const found = [];
for (const node of document.querySelectorAll('body *')) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  if (!own || !node.checkVisibility() || node.closest('script, option, .hidden, .skip')) continue;
  const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
  const ratio = (a + .05) / (b + .05);
  if (ratio < 4.5) found.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)} ${node.textContent.slice(0, 40)}`);
}
return found;
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_contrasts_with_its_background(page, theme):
    page.click("#outcomes [data-outcome='harmful']")
    page.run("document.documentElement.dataset.theme = arguments[0]", theme)
    assert page.run(CONTRAST) == []


def test_the_theme_can_be_chosen(page):
    seen = []
    for _ in range(3):
        page.click("#theme-switch")
        seen.append((page.one("#theme-switch").text, page.css("body", "background-color")))
    assert [label for label, _ in seen] == ["Theme: light", "Theme: dark", "Theme: system"]
    assert seen[0][1] != seen[1][1]


def test_it_fits_a_narrow_window(page):
    page.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    )
    try:
        assert page.run("return [document.documentElement.scrollWidth, innerWidth]") == [390, 390]
        for css in ("#search", ".matrix-of-headlines .range", ".tile-range", "#scope"):
            assert all(each.rect["x"] + each.rect["width"] <= 390 for each in page.all(css)), css
        assert page.one("#list").is_displayed()
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


PAPER = {"width": 680, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
"""A4 without its margins."""


def test_a_printout_has_all_numbers_and_no_cases(page):
    page.click("button.fold")
    cells = f"#{page.one('button.fold').get_attribute('aria-controls')}"
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PAPER)
    try:
        assert page.one(cells).is_displayed()
        assert not page.one("#cases").is_displayed()
        assert not page.one("#reveal-switch").is_displayed()
        assert page.run("return document.querySelector('.matrix-of-headlines').getBoundingClientRect().bottom") < 1000
        assert page.run("return document.documentElement.scrollWidth") <= 680
        page.run("window.dispatchEvent(new Event('beforeprint'))")
        assert page.one("details.more dl").is_displayed()
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("width", [1360, 680])
def test_many_numbers_fit_a_window_and_a_page(browser, tmp_path, width):
    tally = Tally(3000, 2000, {"filter": 500, "text": 500}, {"leaked": 1000, "wrong": 500, "declined": 500})
    made = tuple(Estimate(f"m{n}", -0.105, -0.167, -0.014, 3000, 60, method="Wilson") for n in range(11))
    card = Scorecard((Result("privacy/i2t/x", "scenario", "X", tally, made, "m0"),), True)
    path = build_report(ReportInput(scorecard=card, rows=[]), tmp_path / "report.html")
    browser.open(path)
    size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print" if width == 680 else ""})
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        assert [len(table.find_elements("css selector", "th.figure")) for table in browser.all("table.scores")] == [
            2, 4, 5,
        ]  # fmt: skip
        assert browser.run("return document.documentElement.scrollWidth") <= width
        assert browser.run(
            "return [...document.querySelectorAll('.scroll')].every((box) => box.scrollWidth <= box.clientWidth)"
        )
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_runs_side_by_side_are_readable(browser, tmp_path, theme):
    runs = [report_input(rows(120, seed=seed), model={"name": f"model {seed} {PAYLOAD}"}) for seed in (1, 2)]
    path = build_comparison(runs, tmp_path / "comparison.html")
    browser.console()
    browser.requested()
    browser.driver.get(path.as_uri())
    browser.run("document.documentElement.dataset.theme = arguments[0]", theme)
    assert len(browser.all("table.matrix .difference")) > 6
    assert browser.run(CONTRAST) == []
    assert browser.console() == []
    assert browser.requested() == []


@pytest.fixture
def sides(browser, tmp_path):
    made = [report_input(rows(240, seed=seed, hostile=True), model={"name": f"model {seed}"}) for seed in (1, 2, 3)]
    browser.open(build_comparison(made, tmp_path / "comparison.html"))
    yield browser, [run.rows for run in made]
    assert browser.console() == []
    assert browser.requested() == []
    assert browser.run("return window.pwned ?? null") is None


def differing(one, other):
    return [a for (a, mine), (_, theirs) in zip(one, other, strict=True) if differs(mine, theirs)]


def test_where_models_differ_comes_first_and_both_answers_are_side_by_side(sides):
    page, made = sides
    assert page.count() == 240
    apart = differing(made[0], made[1])
    assert page.one("#outcomes [data-outcome='differ'] .chip-count").text == str(len(apart))
    page.click("#outcomes [data-outcome='same']")
    page.wait_count(240 - len(apart))
    page.click("#outcomes [data-outcome='differ']")
    page.wait_count(len(apart))
    by_name = [{trial.case.id: scored for trial, scored in rows} for rows in made]
    for row in page.all("#list .row"):
        name = row.get_attribute("data-id")
        assert row.get_attribute("data-outcome") == " → ".join(by_name[n][name].score.outcome for n in (0, 1))
    page.wait(lambda: len(page.all("#detail .side")) == 2)
    assert [side.get_attribute("aria-label") for side in page.all("#detail .side")] == ["model 1", "model 2"]
    name = page.one("#detail header code").text
    assert [pill.text for pill in page.all("#detail .side-name .pill")] == [
        by_name[n][name].score.outcome.replace(":", ": ") for n in (0, 1)
    ]
    page.one("#run option[value='2']").click()
    page.wait_count(len(differing(made[0], made[2])))
    page.wait(lambda: [s.get_attribute("aria-label") for s in page.all("#detail .side")] == ["model 1", "model 3"])
    page.click("#follow-switch")
    page.click("#reveal-confirm")
    page.wait(lambda: len(page.all("#detail .side details[open]")) > 2)
    page.click("#next")
    page.wait(lambda: page.one("#place").text.startswith("2 of "))


def test_a_number_of_a_comparison_leads_to_its_cases(sides):
    page, made = sides
    page.click("a[href='#scope=safety/i2t/jailbreak&outcome=differ&metric=hgr&run=2&show=cases']")
    apart = [
        trial
        for (trial, mine), (_, theirs) in zip(made[0], made[2], strict=True)
        if str(mine.cell).startswith("safety/i2t/jailbreak/")
        and mine.score.values.get("harmful") != theirs.score.values.get("harmful")
    ]
    page.wait(lambda: page.one("#run").get_attribute("value") == "2")
    assert page.count() >= len(apart) > 0
    assert {row.text.split("/")[1] for row in page.all("#list .row-cell")} == {"jailbreak"}
    page.click("a[href='#scope=summary%3Asafety/t2i&metric=hgr&show=cases']")
    page.wait_count(60)
    page.one("#search").send_keys("biscuits")
    page.wait(lambda: page.count() < 60)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    made = rows(MANY, side=48)
    path = build_report(report_input(made), tmp_path_factory.mktemp("many") / "report.html")
    return SimpleNamespace(path=path, rows=made)


@pytest.mark.slow
def test_ten_thousand_cases_open_scroll_and_filter(browser, many):
    browser.open(many.path)
    assert browser.count() == MANY
    assert len(browser.all("#list .row")) < 40
    browser.run("const box = document.getElementById('list'); box.scrollTop = box.scrollHeight")
    last = choose(many.rows, MANY).rows[-1][1].case_id
    browser.wait(lambda: last in {row.get_attribute("data-id") for row in browser.all("#list .row")})
    assert len(browser.all("#list .row")) < 40
    for css in ("[data-outcome='harmful']", "[data-outcome='all']"):
        browser.run("document.querySelector(arguments[0]).click()", f"#outcomes {css}")
        assert len(browser.all("#list .row")) < 40
    browser.one("#search").send_keys("variant 4321.")
    browser.wait_count(sum("Variant 4321." in answer.case.prompt for answer, _ in many.rows))
    assert browser.console() == []
    assert browser.requested() == []
