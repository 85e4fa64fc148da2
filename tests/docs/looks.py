"""What of the site people with disabilities cannot use, and what does not fit a phone, on every page in two looks.

    python -m tests.docs.looks build/site [FOLDER]

prints what axe finds, with the page, width and look; with a folder, it also writes a picture of each page there.
"""

from __future__ import annotations

import base64
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.docs.pictures import dress, shape
from tests.report.browser import Browser, programs

LOOKS = [(1400, "light"), (1400, "dark"), (390, "light"), (390, "dark")]
AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"]}).then(found => done(found.violations.map(
  each => [each.id, each.nodes.length, each.nodes[0].html.slice(0, 160), each.nodes[0].failureSummary])));
"""
MOST_DRAWN = 8_000
"""Pixels of a page from its top."""
TOO_WIDE = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


def axe() -> str:
    """The source of axe, as axe-core-python ships it."""
    spec = find_spec("axe_core_python")
    assert spec is not None and spec.origin is not None
    return next(Path(spec.origin).parent.rglob("axe.min.js")).read_text(encoding="utf-8")


def flaws(
    browser: Browser, looks: list[tuple[int, str]] = LOOKS, *, to: Path | None = None, name: str = ""
) -> list[Any]:
    """What is wrong with the page that is shown: width, look, and what axe says or by how many pixels it is too wide.

    With a folder, a picture of the whole page is written there for each look.
    """
    found: list[Any] = []
    browser.driver.set_script_timeout(110)
    browser.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe()})
    try:
        for width, theme in looks:
            shape(browser, width, 900)
            dress(browser, theme)
            found += [(width, theme, *each) for each in browser.driver.execute_async_script(AXE)]
            beyond = browser.run(TOO_WIDE)
            if beyond > 0:
                found.append((width, theme, "too wide", beyond))
            if to is not None:
                _draw(browser, to / f"{name}-{width}-{theme}.png", width)
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    return found


def _draw(browser: Browser, path: Path, width: int) -> None:
    height = min(MOST_DRAWN, browser.run("return document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    options = {"format": "png", "captureBeyondViewport": True, "clip": clip}
    path.write_bytes(base64.b64decode(browser.driver.execute_cdp_cmd("Page.captureScreenshot", options)["data"]))


def problems(browser: Browser, page: Path, looks: list[tuple[int, str]] = LOOKS, to: Path | None = None) -> list[Any]:
    """What is wrong with a page of a folder."""
    browser.driver.get(page.as_uri())
    return flaws(browser, looks, to=to, name=page.stem)


def elsewhere(browser: Browser, page: Path) -> list[str]:
    """What a page loads that is not in its folder."""
    browser.driver.get("about:blank")
    browser.requested()
    browser.driver.get(page.as_uri())
    return [url for url in browser.requested() if not url.startswith("file:")]


def main() -> None:
    site, to = Path(sys.argv[1]).resolve(), Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
    chromium, driver = programs()
    assert chromium and driver, "this needs chromium and chromedriver"
    browser = Browser(chromium, driver)
    try:
        for page in sorted(site.rglob("*.html")):
            for problem in problems(browser, page, to=to):
                print(page.relative_to(site), *problem, flush=True)
            for url in elsewhere(browser, page):
                print(page.relative_to(site), "loads", url, flush=True)
    finally:
        browser.close()


if __name__ == "__main__":
    main()
