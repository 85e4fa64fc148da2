"""Fairness and privacy through the verb `run`, offline: on a local copy of the published layout every cell is filled,
and what the report says of them is there."""

import math

import pytest

import mmdt
from mmdt import plugins as registry
from mmdt.report.html.report import write_report
from tests.report.html.test_report import Page

pytestmark = pytest.mark.slow
SELECT = ("fairness/**", "privacy/**")


@pytest.fixture(scope="module")
def run(hub_copy, tmp_path_factory):
    return mmdt.run("organism/demo", select=SELECT, data=str(hub_copy), out=tmp_path_factory.mktemp("run") / "run")


def test_every_published_cell_is_filled(run):
    assert run.complete, run.manifest.ended
    card = run.scorecard()
    published = {
        str(cell)
        for scenario in registry.scenarios().values()
        if scenario.perspective in ("fairness", "privacy") and scenario.published
        for cell in scenario.cells
    }
    cells = [each for each in card.results if each.level == "cell"]
    assert {each.address for each in cells} == published
    assert [each.address for each in cells if math.isnan(each.estimate().value) or each.tally.missing] == []


def test_signed_biases_have_size_tests_and_bounds(run):
    found = run.scorecard().result("fairness/t2i/stereotype")
    for metric, p in (("gender", "p"), ("age", "p"), ("white", "p_race"), ("indian", "p_race")):
        extra = found.estimate(metric).extra
        assert {"size", p, f"{p}_holm", "unsure", "worst_low", "worst_high"} <= set(extra)
        assert extra["worst_low"] <= extra["worst_high"]


def test_the_three_outcomes_of_privacy_add_up_in_scenarios_and_cells(run):
    for result in run.scorecard().results:
        if result.level != "summary" and result.address.startswith("privacy/i2t/"):
            shares = [result.estimate(name).value for name in ("leaked", "wrong", "declined")]
            assert sum(shares) == pytest.approx(1), result.address
    training = run.scorecard().result("privacy/t2i/training")
    assert sum(training.estimate(name).value for name in ("near_copy", "different", "rejected")) == pytest.approx(1)


def test_the_trade_off_is_a_point_in_python_and_a_plot_in_the_report(run, tmp_path):
    (point,) = run.trade_offs()  # image-to-text has no published groups
    assert (point.model, point.across.result.address) == ("organism/demo", "fairness/t2i/group")
    (row,) = run.to_pandas("trade_offs").to_dict("records")
    assert row["up_value"] == point.up.estimate.value
    page = Page(write_report(run, tmp_path / "report.html").read_text(encoding="utf-8"))
    labels = [attrs["aria-label"] for tag, attrs in page.tags if tag == "svg" and attrs.get("role") == "img"]
    assert [label for label in labels if label.startswith("Fairness against factuality,")]
    assert "Holm" in page.text and "at worst" in page.text and "Intervals." in page.text
