"""Draws the pictures of the documentation from real runs: the commands of the quickstart, looked at in Chromium.

    python -m tests.docs.pictures [FOLDER]

writes docs/images (or FOLDER). Colours are reduced to a palette, so that a picture has a few tens of kilobytes.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from selenium.webdriver.common.keys import Keys

import mmdt
from mmdt.report.html.compare import write_comparison
from tests.docs.pages import ROOT
from tests.report.browser import Browser, programs
from tests.server.conftest import serving

WIDTH, HEIGHT = 1200, 800
TALL = 880
"""The first screen of a report, with the whole table of headlines."""
COLOURS = 128


def take(browser: Browser, path: Path, height: int = HEIGHT) -> None:
    """The visible part of the page."""
    picture = Image.open(io.BytesIO(browser.driver.get_screenshot_as_png())).convert("RGB")
    picture.crop((0, 0, picture.width, min(height, picture.height))).quantize(COLOURS, dither=0).save(
        path, optimize=True
    )


def shape(browser: Browser, width: int = WIDTH, height: int = HEIGHT) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def dress(browser: Browser, theme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": theme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def draw(folder: Path, browser: Browser, runs: Path) -> None:
    names = {"demo": "organism/demo", "safe": "organism/demo-safe"}
    made = {
        name: mmdt.run(model, select="safety/i2t/**", size=10, out=runs / name, data="embedded")
        for name, model in names.items()
    }
    report = made["demo"].report()
    shape(browser, height=TALL)
    for theme in ("light", "dark"):
        dress(browser, theme)
        browser.open(report)
        take(browser, folder / f"report-{theme}.png", TALL)
    shape(browser)
    dress(browser, "light")
    browser.open(report)
    browser.run("document.querySelector('#explorer').scrollIntoView()")
    browser.run("document.querySelector('#list .row').click()")
    browser.wait(lambda: browser.all("#list .row"))
    browser.run("document.querySelector('#explorer').scrollIntoView()")
    take(browser, folder / "cases.png")
    browser.driver.get(write_comparison(list(made.values()), runs / "comparison.html").as_uri())
    browser.run("document.querySelector('.matrix').scrollIntoView()")
    take(browser, folder / "comparison.png")
    with serving(made["demo"]) as server:
        browser.driver.get(server.url)
        browser.one("#name").send_keys("Ada", Keys.ENTER)
        browser.wait(lambda: browser.run("return !busy && !!state && 'item' in document.body.dataset"))
        take(browser, folder / "label.png")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    chromium, driver = programs()
    assert chromium and driver, "pictures need chromium and chromedriver"
    browser = Browser(chromium, driver, width=WIDTH, height=HEIGHT)
    try:
        with tempfile.TemporaryDirectory() as runs:
            draw(folder, browser, Path(runs))
    finally:
        browser.close()


if __name__ == "__main__":
    main()
