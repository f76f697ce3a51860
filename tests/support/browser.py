"""A real browser, and a console for it."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from doorbell_cli.console.app import application
from doorbell_cli.console.door import Door
from doorbell_cli.console.serve import listening, server_of
from doorbell_cli.console.starting import desk_of
from doorbell_cli.target import Target

BROWSER, DRIVER = "chromium", "chromedriver"

needs_browser = pytest.mark.skipif(
    shutil.which(DRIVER) is None and not os.environ.get("CI"),
    reason="there is no chromium and chromedriver; CI installs them",
)


@contextmanager
def chromium(*, width: int = 1280, dark: bool = False, scripts: bool = True) -> Iterator[Chrome]:
    """Headless."""
    options = ChromeOptions()
    options.binary_location = shutil.which(BROWSER) or BROWSER
    for switch in ("headless=new", "no-sandbox", "disable-dev-shm-usage", f"window-size={width},1000"):
        options.add_argument(f"--{switch}")
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options, Service(shutil.which(DRIVER) or DRIVER))
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    try:
        yield browser
    finally:
        browser.quit()


def logged(browser: Chrome) -> list[str]:
    """What the browser has logged since it was asked last."""
    return [str(entry["message"]) for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]


@contextmanager
def console(target: Target, *, read_only: bool = False) -> Iterator[Door]:
    """A console that listens, until the block ends."""
    at = listening(0)
    door = Door(at.getsockname()[1])
    server = server_of(application(desk_of(target, door, read_only)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [at]}, daemon=True)
    thread.start()
    try:
        yield door
    finally:
        server.should_exit = True
        thread.join(10)
