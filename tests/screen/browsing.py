"""A real Chromium without a window, which sees the report as a reader does."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1366,768",
)


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """Open a browser with a profile of its own; its log keeps errors and requests."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not browser or not driver:
        pytest.fail("needs chromium and chromedriver: make test-browser installs them")
    options = Options()
    options.binary_location = browser
    for switch in (*SWITCHES, f"--user-data-dir={profile}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # With both paths given selenium looks for nothing, and downloads nothing.
    with webdriver.Chrome(options=options, service=Service(driver)) as opened:
        yield opened
