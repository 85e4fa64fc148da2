"""Opens reports in a real headless Chromium, with helpers that read the page."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 20
"""Seconds to wait for something to appear, on a busy machine."""


def programs() -> tuple[str | None, str | None]:
    """The paths of Chromium and its driver."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None), shutil.which("chromedriver")


class Browser:
    """A browser window."""

    def __init__(self, chromium: str, driver: str, *, width: int = 1360, height: int = 900) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        flags = ["--headless=new", "--disable-dev-shm-usage", f"--window-size={width},{height}", "--no-first-run"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium's sandbox cannot be set up by root in a container
        for flag in flags:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(driver))
        self.driver.set_page_load_timeout(60)

    def open(self, path: Path, fragment: str = "") -> None:
        """Load a report and wait until its cases are listed."""
        self.driver.get("about:blank")
        self.console()
        self.requested()
        self.driver.get(f"{path.as_uri()}{fragment}")
        self.wait(lambda: self.all("#explorer:not([hidden])"))

    def wait(self, condition):
        return WebDriverWait(self.driver, PATIENCE, 0.05).until(lambda _: condition())

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def run(self, script: str, *args):
        return self.driver.execute_script(script, *args)

    def click(self, css: str) -> None:
        """Click like a user: on an element that is visible and not covered."""
        element = self.one(css)
        self.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
        element.click()

    def css(self, css: str, name: str) -> str:
        return self.one(css).value_of_css_property(name)

    def count(self) -> int:
        """The number of cases listed."""
        return int(self.one("#count").text.split(" of ")[0].replace(",", ""))

    def wait_count(self, number: int) -> None:
        self.wait(lambda: self.count() == number)

    def outcomes(self) -> set[str]:
        """The outcomes of the visible rows."""
        return {row.get_attribute("data-outcome") for row in self.all("#list .row")}

    def console(self) -> list[str]:
        """What the page wrote to the console since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requested(self) -> list[str]:
        """The URLs requested since the last call, without the page itself and embedded data."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [each["params"] for each in messages if each["method"] == "Network.requestWillBeSent"]
        return [
            each["request"]["url"]
            for each in sent
            if each.get("type") != "Document" and not each["request"]["url"].startswith("data:")
        ]

    def close(self) -> None:
        self.driver.quit()
