"""Chromium, driven by Playwright; and what no page may do in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.harness.needs import find, missing

QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium. Skips (in CI: fails) where none is installed."""
    program = find("chromium", "chromium-browser", "google-chrome")
    if program is None:
        missing("Chromium")
    sandbox = () if os.getuid() else ("--no-sandbox",)  # Chromium's sandbox refuses root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


@contextmanager
def watched(page: Page) -> Iterator[Page]:
    """The page; at the end, a script error or a breach of the content security policy in it is a failure."""
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            faults.append(message.text)

    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", note)
    yield page
    assert not faults, "the browser complained:\n" + "\n".join(faults)


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands: rule, help and the elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(results => results.violations)")
    return [f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes']]}" for one in found]
