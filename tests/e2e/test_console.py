"""The console in a real browser, as a person uses it, on the local stack."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from doorbell_cli.console.app import PAGES
from doorbell_cli.stack import LocalStack
from doorbell_cli.target import Target
from tests.support.browser import chromium, console, logged, needs_browser
from tests.support.gateway import PUSH, SIGNING_SECRET, Gateway, github_headers
from tests.support.patience import HANG_SECONDS, longest
from tests.support.stack import target_of
from tests.support.subscribers import failing, ok, subscriber

pytestmark = [pytest.mark.e2e, needs_browser]

AXE = "axe-core@4.14.1"
HOSTILE = "<img src=x onerror=\"document.title='acted'\"><script>document.title='acted'</script>\u202e"
LONG = "w" * 200


@pytest.fixture(scope="module")
def target(stack: LocalStack) -> Target:
    return target_of(stack)


@pytest.fixture(scope="module")
def person(target: Target) -> Iterator[Chrome]:
    """A browser that has opened the address that was printed."""
    with console(target) as door, chromium() as browser:
        browser.get(door.first_url)
        assert "token" not in browser.current_url
        yield browser


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("axe")
    install = ["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", AXE]
    subprocess.run(install, cwd=place, check=True, capture_output=True, timeout=HANG_SECONDS)
    return Path(place, "node_modules/axe-core/axe.min.js").read_text()


def go(browser: Chrome, path: str) -> str:
    browser.get(urljoin(browser.current_url, path))
    return text(browser)


def text(browser: Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "main").text


def press(browser: Chrome, label: str) -> None:
    click(browser, By.XPATH, f"//main//button[starts-with(normalize-space(), '{label}')]")


def click(browser: Chrome, by: str, what: str) -> None:
    """On a page that follows what it shows, a place may be another between the look and the click."""

    def clicked() -> bool:
        browser.find_element(by, what).click()
        return True

    until(browser, clicked, 2)


def until[T](browser: Chrome, look: Callable[[], T], seconds: float = 60) -> T:
    """What was there may be gone: the page was loaded again meanwhile."""
    wait = WebDriverWait(browser, longest(seconds), ignored_exceptions=[StaleElementReferenceException])
    return wait.until(lambda _: look())


def test_a_wrong_secret_is_found_mended_and_what_was_refused_let_in(gateway: Gateway, person: Chrome) -> None:
    wrong = gateway.put_secret("another secret")
    source = gateway.put_source(secrets=[wrong])
    with subscriber(ok) as books:
        gateway.put_subscription(source, books.url)
        assert gateway.push(source).status == 401
        until(person, lambda: "signature_mismatch" in go(person, f"/sources/{source}"))
        click(person, By.CSS_SELECTOR, "td a.id")
        assert "signed with another secret" in text(person)
        gateway.stack.client("ssm").put_parameter(
            Name=wrong.removeprefix("ssm:"),
            Value="It's a Secret to Everybody",
            Type="SecureString",
            Overwrite=True,
        )
        person.refresh()
        assert "Its check passes" in text(person)
        press(person, "Accept")
        until(person, lambda: "Accepted by arn:aws:" in text(person))
        books.wait_for(1, 60)
    assert "accept" in go(person, f"/audit?tenant=t-{source}")


def test_a_delivery_fails_twice_and_succeeds_and_every_attempt_is_seen(
    gateway: Gateway, person: Chrome
) -> None:
    source = gateway.put_source()
    with subscriber(failing(2)) as books:
        schedule = {"schedule": [0, 1, 1, 1], "jitter": 0}
        name = gateway.put_subscription(source, books.url, retry=schedule)
        event_id = gateway.push(source).event_id
        books.wait_for(3, 60)
        until(person, lambda: "delivered" in go(person, f"/events/{event_id}"))
        rows = [row.text for row in person.find_elements(By.XPATH, f"//tr[.//a[text()='{name}']]")]
        assert rows
        assert len(person.find_elements(By.CSS_SELECTOR, "svg rect.bad")) == 2
        assert len(person.find_elements(By.CSS_SELECTOR, "svg rect.good")) == 1
        press(person, "Replay")
        books.wait_for(4, 60)
        until(person, lambda: f"{name} (replay 1)" in go(person, f"/events/{event_id}"))


def test_a_changed_filter_is_tried_on_what_came_and_saved(gateway: Gateway, person: Chrome) -> None:
    source = gateway.put_source()
    with subscriber(ok) as books:
        name = gateway.put_subscription(source, books.url, filter="contains(body.ref, 'other')")
        event_id = gateway.push(source).event_id
        until(person, lambda: "no: the filter says no" in go(person, f"/events/{event_id}"))
        go(person, f"/subscriptions/t-{source}/{name}/change")
        field = person.find_element(By.NAME, "filter")
        field.clear()
        field.send_keys("starts_with(body.ref, 'refs/')")
        field = person.find_element(By.NAME, "transform")
        field.send_keys("{branch: body.ref}")
        press(person, "Try it")
        until(person, lambda: "Would have matched 1 of 1; did match then: 0." in text(person))
        assert '"branch": "refs/heads/' in person.find_element(By.ID, "sent").text
        assert gateway.subscription(source, name)["filter"] == "contains(body.ref, 'other')"
        press(person, "Save")
        until(person, lambda: person.current_url.endswith(f"/subscriptions/t-{source}/{name}"))
        assert gateway.subscription(source, name)["filter"] == "starts_with(body.ref, 'refs/')"


def test_new_events_are_seen_as_they_come_and_walked_by_keys(gateway: Gateway, person: Chrome) -> None:
    source = gateway.put_source()
    go(person, f"/events?tenant=t-{source}")
    press(person, "Follow")
    until(person, lambda: "Following" in text(person))
    event_id = gateway.push(source).event_id
    until(person, lambda: event_id in text(person))
    press(person, "Stop following")
    person.execute_script("window.readOnce = true")
    person.find_element(By.TAG_NAME, "body").send_keys("r")
    until(person, lambda: not person.execute_script("return window.readOnce"))
    body = person.find_element(By.TAG_NAME, "body")
    body.send_keys("j")
    person.switch_to.active_element.send_keys(Keys.ENTER)
    until(person, lambda: person.current_url.endswith(f"/events/{event_id}?tenant=t-{source}"))


def test_what_outsiders_write_never_acts(gateway: Gateway, person: Chrome) -> None:
    source = gateway.put_source()
    with subscriber(lambda handler, _: handler.answer(500, HOSTILE.encode())) as books:
        name = gateway.put_subscription(source, books.url)
        body = PUSH.replace(b"{", b'{"x":"' + HOSTILE.replace('"', "'").encode() + b'",', 1)
        event_id = gateway.ring(source, body, {**github_headers(body), "x-note": "<b>bold</b>"}).event_id
        books.wait_for(1, 60)
        until(person, lambda: "500" in go(person, f"/subscriptions/t-{source}/{name}"))
        assert "<img src=x" in text(person)
        assert "<b>bold</b>" in go(person, f"/events/{event_id}?body=1")
        assert person.find_elements(By.CSS_SELECTOR, "main img, main b") == []
        assert "acted" not in person.title


def test_no_page_has_a_fault_that_axe_calls_serious_nor_an_error_in_the_browsers_log(
    gateway: Gateway, person: Chrome, axe: str
) -> None:
    source = gateway.put_source()
    name = gateway.put_subscription(
        source, "http://127.0.0.1:9/hooks", secrets=[gateway.put_secret(SIGNING_SECRET)]
    )
    event_id = gateway.push(source).event_id
    until(person, lambda: name in go(person, f"/events/{event_id}"))
    of_that_name = {"tenant_id": f"t-{source}", "event_type": name, "json_schema": '{"type": "object"}'}
    gateway.put("EventTypesTableName", of_that_name)
    logged(person)
    faults = dict[tuple[str, str], list[tuple[str, str]]]()
    job_id = asked_for(gateway, source, name)
    for path in addresses(source, name, event_id, refused(gateway, person, source), job_id):
        for scheme in ("light", "dark"):
            media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
            person.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
            go(person, path)
            time.sleep(0.2)  # what a page reads after it
            person.execute_script(axe)
            found = person.execute_async_script("axe.run().then(arguments[0])")["violations"]
            bad = [
                (one["id"], one["nodes"][0]["html"])
                for one in found
                if one["impact"] in ("serious", "critical")
            ]
            faults |= {(path, scheme): bad} if bad else {}
    assert faults == {}
    assert [one for one in logged(person) if "/jobs/" not in one] == [], "there is no such job"


def refused(gateway: Gateway, person: Chrome, source: str) -> str:
    """A request that is turned away; its id."""
    forged = {"x-github-event": "push", "x-hub-signature-256": f"sha256={'0' * 64}"}
    assert gateway.ring(source, headers=forged).status == 401
    until(person, lambda: "signature_mismatch" in go(person, f"/sources/{source}"))
    href = person.find_element(By.CSS_SELECTOR, "td a.id").get_attribute("href") or ""
    return href.rpartition("/")[2]


def asked_for(gateway: Gateway, source: str, name: str) -> str:
    """A job; its id."""
    body = {"kind": "replay", "subscription_id": name, "since": "2020-01-01T00:00:00Z"}
    asked = gateway.signed("POST", f"/admin/tenants/t-{source}/jobs", body)
    assert asked.status == 202
    return str(asked.json["job_id"])


def addresses(source: str, name: str, event_id: str, refused_id: str, job_id: str) -> list[str]:
    """Of every page there is, with what makes it show most."""
    known = {"tenant": f"t-{source}", "event_id": event_id, "refused_id": refused_id, "provider": "github"}
    more = {
        "/events/{event_id}": "&body=1",
        "/subscriptions/{tenant}/{name}/change": "&try=1&transform=body.ref",
        "/subscriptions/{tenant}/{name}/replay": "&since=7d",
        "/new/source": "&q=git",
        "/new/source/{provider}": "&check=1&source_id=shop",
        "/new/subscription": "&check=1&subscription_id=books&url=https://example.com/hook",
        "/parts/url": "&url=https://10.0.0.1/",
    }
    kinds = ("source", "subscription")
    return [
        path.format(
            **known,
            job_id=job_id,
            kind=kind,
            name=source if "/sources/" in path or kind == "source" else name,
        )
        + f"?tenant=t-{source}{more.get(path, '')}"
        for path in PAGES
        for kind in (kinds if "{kind}" in path else ("subscription",))
    ]


def test_nothing_is_wider_than_a_telephone(gateway: Gateway, person: Chrome) -> None:
    source = gateway.put_source()
    name = gateway.put_subscription(source, "http://127.0.0.1:9/hooks")
    event_id = gateway.push(source).event_id
    until(person, lambda: name in go(person, f"/events/{event_id}"))
    size = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    person.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        job_id = asked_for(gateway, source, name)
        shown = addresses(source, name, event_id, refused(gateway, person, source), job_id)
        for path in [*shown, f"/subscriptions/acme/{LONG}"]:
            go(person, path)
            assert person.execute_script("return document.documentElement.scrollWidth") <= 360, path
    finally:
        person.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_without_scripts_the_pages_still_read(gateway: Gateway, target: Target) -> None:
    source = gateway.put_source()
    event_id = gateway.push(source).event_id
    with console(target) as door, chromium(scripts=False) as browser:
        browser.get(door.first_url)
        until(browser, lambda: "push" in go(browser, f"/events/{event_id}?body=1"))
        assert "refs/heads" in text(browser)
        assert "count them" in go(browser, f"/?tenant=t-{source}")
        click(browser, By.LINK_TEXT, "count them")
        assert "Dead letters" in text(browser)
        assert f"t-{source}" in go(browser, "/tenants")
        click(browser, By.CSS_SELECTOR, f"a[href='/parts/tenant?tenant=t-{source}']")
        assert "0 subscriptions" in text(browser)


def test_a_page_elsewhere_can_neither_read_nor_post(target: Target, person: Chrome) -> None:
    ours = urljoin(person.current_url, "/")
    with subscriber(ok) as elsewhere:
        other = elsewhere.url.replace("127.0.0.1", "localhost")
        person.get(other)
        tried = person.execute_async_script(
            """const [ours, done] = arguments;
            const read = fetch(ours, {credentials: "include"}).then(() => "read", () => "no");
            const post = fetch(ours + "sources/x/switch", {method: "POST", mode: "no-cors",
              credentials: "include", body: "to=disable"}).then(() => "sent", () => "no");
            Promise.all([read, post]).then(done);""",
            ours,
        )
        assert tried[0] == "no"
    assert "Waiting" in go(person, ours)
