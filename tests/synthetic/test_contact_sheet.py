"""The contact sheets that people look at: cases with pictures, and none that is asked in words alone."""

from bench import contact_sheet
from mmdt import plugins


def test_a_sheet_shows_cases_of_every_scenario_with_pictures(monkeypatch):
    known = plugins.scenarios()
    chosen = {each: known[each] for each in ("safety/i2t/text", "safety/i2t/benign", "hallucination/i2t/ocr")}
    monkeypatch.setattr(plugins, "scenarios", lambda: chosen)
    cases = contact_sheet.draw_sample(7, 7)
    assert len(cases) == 7 and all(case.images for case in cases)
    assert {case.cell.parent for case in cases} >= {"safety/i2t/benign", "hallucination/i2t/ocr"}
    assert contact_sheet.sheet(cases).size == (6 * contact_sheet.SIDE, 2 * (contact_sheet.SIDE + contact_sheet.CAPTION))
