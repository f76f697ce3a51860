"""Pictures of every page, light and dark, into the folder that is named."""

import sys
import time
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urljoin

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from doorbell_cli.stack import Progress, local_stack
from tests.screenshots.pages import ON_A_TELEPHONE, SOURCE, TENANT, pages
from tests.support.browser import chromium, console
from tests.support.gateway import Gateway
from tests.support.stack import target_of
from tests.support.subscribers import Subscriber, always, failing, ok, subscriber

WIDTH, HEIGHT, QUALITY = 1100, 760, 42
TELEPHONE = (360, 740)
ONCE = {"schedule": [0], "jitter": 0}
FORGED = f"sha256={'0' * 64}"
OPEN = "document.querySelectorAll('main > details').forEach((part) => (part.open = true))"
"""What a page has at its foot."""
AWAITED = {"first": "signed with another secret", "home": "Worked out, no invoice"}
"""What a page's script shows a moment after it."""
PREVIEW = {"kind": "preview", "subscription_id": "releases", "since": "2020-01-01T00:00:00Z"}
PUSH_TYPE = {
    "event_type": "push",
    "description": "Somebody pushed to a branch",
    "json_schema": '{"type": "object", "required": ["ref"], "properties": {"ref": {"type": "string"}}}',
}
SLOWLY = {"schedule": [0, 2, 3, 600], "jitter": 0}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        local_stack(Progress()) as stack,
        subscriber(ok) as books,
        subscriber(failing(2)) as orders,
        subscriber(always(503, b"the database is on holiday")) as mail,
        subscriber(always(500)) as gone,
    ):
        gateway = Gateway(stack)
        _warm_up(gateway, books)
        gateway.put_source(source_id=SOURCE, tenant_id=TENANT)
        for name, at in (("books", books.url), ("orders", orders.url), ("mail", mail.url)):
            gateway.put_subscription("", at, tenant_id=TENANT, subscription_id=name, retry=SLOWLY)
        gateway.put_subscription(
            "", books.url, tenant_id=TENANT, subscription_id="releases", filter="body.ref == 'refs/tags/v1'"
        )
        gateway.put_source(source_id="shop", tenant_id=TENANT)
        for name in ("gone", "late"):
            gateway.put_subscription("", gone.url, tenant_id=TENANT, subscription_id=name, retry=ONCE)
        event_id, *_ = [gateway.push(SOURCE).event_id for _ in range(6)]
        for source in (SOURCE, "shop"):
            gateway.ring(source, headers={"x-github-event": "push", "x-hub-signature-256": FORGED})
        orders.wait_for(8, 120)
        gone.wait_for(6, 120)
        of_tenant = f"/admin/tenants/{TENANT}"
        job_id = gateway.signed("POST", f"{of_tenant}/jobs", PREVIEW).json["job_id"]
        gateway.put("EventTypesTableName", {"tenant_id": TENANT, **PUSH_TYPE})
        time.sleep(3)
        for scheme in ("light", "dark"):
            with console(target_of(stack)) as door, chromium(width=WIDTH, dark=scheme == "dark") as browser:
                browser.get(door.first_url)
                for do in ("pause", "resume"):
                    _do(browser, f"/subscriptions/{TENANT}/releases/{do}")
                _do(browser, f"/subscriptions/{TENANT}/late/replay?since=7d")
                WebDriverWait(browser, 60).until(lambda _: "/jobs/" in browser.current_url)
                replay_id = browser.current_url.rpartition("/")[2]
                _take(browser, pages(event_id, job_id, replay_id), folder, scheme)


def _do(browser: Chrome, path: str) -> None:
    """What the form of that page does."""
    browser.get(urljoin(browser.current_url, path))
    browser.find_element(By.CSS_SELECTOR, "form.act button").click()


def _until_it_says(browser: Chrome, words: str) -> None:
    wait = WebDriverWait(browser, 60)
    wait.until(lambda _: words in browser.find_element(By.TAG_NAME, "main").text)


def _warm_up(gateway: Gateway, books: Subscriber) -> None:
    """An event of somebody else's: cold starts would be most of what the pictures show."""
    source = gateway.put_source()
    gateway.put_subscription(source, books.url)
    gateway.push(source)
    books.wait_for(1, 180)


def _take(browser: Chrome, paths: Mapping[str, str], folder: Path, scheme: str) -> None:
    _show(browser, WIDTH, HEIGHT)
    for name, path in paths.items():
        _open(browser, name, path)
        _save(browser, folder / f"{name}-{scheme}.webp")
    browser.get(urljoin(browser.current_url, paths["source"]))
    browser.find_element(By.CSS_SELECTOR, "td a.id").click()
    _save(browser, folder / f"refused-{scheme}.webp")
    _show(browser, *TELEPHONE)
    for name in ON_A_TELEPHONE:
        _open(browser, name, paths[name])
        _save(browser, folder / f"{name}-telephone-{scheme}.webp")


def _show(browser: Chrome, width: int, height: int) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def _open(browser: Chrome, name: str, path: str) -> None:
    browser.get(urljoin(browser.current_url, path))
    browser.execute_script(OPEN)
    if name in AWAITED:
        _until_it_says(browser, AWAITED[name])


def _save(browser: Chrome, path: Path) -> None:
    time.sleep(1)  # what a page reads after it
    taken = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path.write_bytes(b64decode(taken["data"]))
    print(path, f"{path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
