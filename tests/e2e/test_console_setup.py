"""The console in a real browser: set up a source and a subscription, pause, resume, replay; with scripts and
without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from time import monotonic
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from doorbell.usecases.write_rollups import PAUSE_SECONDS
from doorbell_cli.target import Target
from tests.e2e.test_console import HOSTILE, axe, click, go, person, press, target, text, until
from tests.support.browser import chromium, console, logged, needs_browser
from tests.support.gateway import GITHUB_SECRET, SIGNING_SECRET, Gateway
from tests.support.subscribers import always, failing, ok, subscriber, verifying

__all__ = ["axe", "person", "target"]

pytestmark = [pytest.mark.e2e, needs_browser]


@pytest.fixture(scope="module")
def plain(target: Target) -> Iterator[Chrome]:
    """A browser without scripts."""
    with console(target) as door, chromium(scripts=False) as browser:
        browser.get(door.first_url)
        yield browser


def fill(browser: Chrome, name: str, value: str) -> None:
    field = browser.find_element(By.XPATH, f"//main//form//*[@name='{name}' and not(@type='hidden')]")
    field.clear()
    field.send_keys(value)


def said(browser: Chrome, words: str) -> bool:
    return words in text(browser)


def asked(browser: Chrome, words: str) -> bool:
    return words in browser.current_url


def name_of(kind: str) -> str:
    return f"{kind}-{uuid4().hex[:10]}"


def make_source(browser: Chrome, tenant: str, name: str, secret: str) -> None:
    go(browser, f"/new/source?tenant={tenant}")
    fill(browser, "q", "GitHub")
    press(browser, "Search")
    until(browser, lambda: browser.find_elements(By.LINK_TEXT, "GitHub"))[0].click()
    until(browser, lambda: "New source: GitHub" in text(browser))
    fill(browser, "source_id", name)
    press(browser, "Check it")
    until(browser, lambda: "Nothing is wrong with it." in text(browser))
    fill(browser, "secret0", secret)
    press(browser, "Create the source")
    until(browser, lambda: "Nobody has rung yet." in text(browser))


def make_subscription(browser: Chrome, tenant: str, name: str, url: str) -> None:
    go(browser, f"/new/subscription?tenant={tenant}")
    fill(browser, "subscription_id", name)
    fill(browser, "url", url)
    press(browser, "Check it")
    until(browser, lambda: "Nothing is wrong with it." in text(browser))
    press(browser, "Create the subscription")
    until(browser, lambda: "shown only this once" in text(browser))


class Rung:
    """A source that is rung, and again where its count got lost: fan-out tries once for a second, and leaves
    the table alone for a minute where it did not answer."""

    def __init__(self, gateway: Gateway, name: str) -> None:
        self._gateway, self._name = gateway, name
        self._ring()

    def is_told(self, page: str) -> bool:
        if monotonic() - self._at > PAUSE_SECONDS + 10:
            self._ring()
        return re.search(r"It rang: [1-9]\d* accepted\.", page) is not None

    def _ring(self) -> None:
        assert self._gateway.push(self._name).status == 202
        self._at = monotonic()


def test_a_source_is_set_up_and_its_first_rings_are_seen_as_they_come(
    gateway: Gateway, person: Chrome
) -> None:
    tenant, name = name_of("t"), name_of("shop")
    make_source(person, tenant, name, "another secret than theirs")
    assert gateway.push(name).status == 401
    until(person, lambda: "signed with another secret" in text(person))
    assert person.find_elements(By.CSS_SELECTOR, ".ring.refused .dot.red")
    click(person, By.LINK_TEXT, "What was wrong, in words")
    until(person, lambda: "What was wrong" in text(person))


def test_a_source_with_the_right_secret_turns_green_by_itself(gateway: Gateway, person: Chrome) -> None:
    tenant, name = name_of("t"), name_of("shop")
    make_source(person, tenant, name, GITHUB_SECRET)
    rung = Rung(gateway, name)
    until(person, lambda: rung.is_told(text(person)), 120)
    assert person.find_elements(By.CSS_SELECTOR, ".ring.accepted .dot.green")
    click(person, By.LINK_TEXT, "Its events")
    until(person, lambda: "push" in text(person))


def test_a_subscription_is_set_up_with_its_url_checked_as_it_is_typed_and_a_test_sent(
    gateway: Gateway, person: Chrome
) -> None:
    tenant, name = name_of("t"), name_of("books")
    go(person, f"/new/subscription?tenant={tenant}")
    fill(person, "url", "https://169.254.169.254/")
    until(person, lambda: "Doorbell would not call it" in text(person))
    with subscriber(ok) as books:
        fill(person, "url", books.url)
        until(person, lambda: "Doorbell may call it" in text(person))
        make_subscription(person, tenant, name, books.url)
        assert person.find_element(By.ID, "secret").text.startswith("whsec_")
        press(person, "Send a test event")
        until(person, lambda: "Delivered in" in text(person), 120)
        books.wait_for(1, 60)
    assert "test" in go(person, f"/audit?tenant={tenant}")
    assert "whsec_" not in go(person, f"/subscriptions/{tenant}/{name}")


def test_a_test_that_fails_says_why(gateway: Gateway, person: Chrome) -> None:
    tenant, name = name_of("t"), name_of("books")
    with subscriber(always(401, HOSTILE.encode())) as books:
        make_subscription(person, tenant, name, books.url)
        press(person, "Send a test event")
        until(person, lambda: "The subscriber refuses the signature." in text(person), 120)
        assert "<img src=x" in text(person)
        assert person.find_elements(By.CSS_SELECTOR, "main img") == []
        assert "acted" not in person.title


def test_what_is_paused_waits_and_goes_out_when_it_is_resumed(gateway: Gateway, person: Chrome) -> None:
    source = gateway.put_source()
    with subscriber(ok) as books:
        name = gateway.put_subscription(source, books.url)
        page = f"/subscriptions/t-{source}/{name}"
        go(person, page)
        click(person, By.LINK_TEXT, "Pause")
        until(person, lambda: "Nothing is sent, nothing is lost" in text(person))
        press(person, "Pause")
        until(person, lambda: "PAUSED" in text(person))
        assert gateway.subscription(source, name)["paused"] is True
        event_id = gateway.push(source).event_id
        until(person, lambda: "pending" in go(person, f"/events/{event_id}"), 120)
        go(person, f"{page}/resume")
        press(person, "Resume")
        until(person, lambda: "PAUSED" not in go(person, page))
        books.wait_for(1, 180)
    audit = go(person, f"/audit?tenant=t-{source}")
    assert "pause" in audit
    assert "resume" in audit


def test_a_paused_source_holds_what_comes_and_lets_it_out_when_it_is_resumed(
    gateway: Gateway, person: Chrome
) -> None:
    source = gateway.put_source()
    with subscriber(ok) as books:
        gateway.put_subscription(source, books.url)
        page = f"/sources/{source}"
        go(person, page)
        click(person, By.LINK_TEXT, "Pause")
        until(person, lambda: "It takes events in as before" in text(person))
        press(person, "Pause")
        until(person, lambda: "PAUSED" in text(person))
        event_id = gateway.push(source).event_id
        until(person, lambda: "pending" in go(person, f"/events/{event_id}"), 120)
        assert books.received == []
        go(person, page)
        click(person, By.LINK_TEXT, "Resume")
        until(person, lambda: "Resume" in text(person))
        press(person, "Resume")
        until(person, lambda: "takes events in" in text(person))
        books.wait_for(1, 180)


def test_a_secret_is_rotated_and_both_signatures_arrive_until_it_is_finished(
    gateway: Gateway, person: Chrome
) -> None:
    source = gateway.put_source()
    with subscriber(ok) as books:
        name = gateway.put_subscription(source, books.url, secrets=[gateway.put_secret(SIGNING_SECRET)])
        go(person, f"/subscriptions/t-{source}/{name}")
        click(person, By.PARTIAL_LINK_TEXT, "Begin one")
        until(person, lambda: "Begin the rotation" in text(person))
        press(person, "Begin the rotation")
        until(person, lambda: "shown only this once" in text(person))
        assert person.find_element(By.ID, "secret").text.startswith("whsec_")

        def signatures() -> int:
            before = len(books.received)
            gateway.push(source, delivery=uuid4().hex)
            books.wait_for(before + 1, 60)
            return len(books.received[-1].headers["webhook-signature"].split())

        until(person, lambda: signatures() == 2)
        click(person, By.LINK_TEXT, "finish the rotation")
        press(person, "Finish the rotation")
        until(person, lambda: "No rotation is under way." in text(person))
        until(person, lambda: signatures() == 1)


def test_what_was_missed_is_replayed_after_the_plan_was_seen(gateway: Gateway, person: Chrome) -> None:
    _replay(gateway, person)


def test_without_scripts_too_what_was_missed_is_replayed(gateway: Gateway, plain: Chrome) -> None:
    _replay(gateway, plain)


def _replay(gateway: Gateway, browser: Chrome) -> None:
    source = gateway.put_source()
    with subscriber(failing(2)) as books:
        once = {"schedule": [0], "jitter": 0}
        name = gateway.put_subscription(source, books.url, retry=once)
        events = [gateway.push(source, delivery=uuid4().hex).event_id for _ in range(2)]
        page = f"/subscriptions/t-{source}/{name}"
        for event_id in events:
            gateway.wait_until_ended(event_id, 1, 120)
        go(browser, page)
        click(browser, By.PARTIAL_LINK_TEXT, "see the plan")
        until(browser, lambda: "Replay 2 deliveries" in text(browser))
        assert all(event_id in text(browser) for event_id in events)
        assert len(books.received) == 2
        press(browser, "Replay 2")
        until(browser, lambda: "All 2 are written." in text(browser))
        books.wait_for(4, 240)
    assert "replay" in go(browser, f"/audit?tenant=t-{source}")


def test_without_scripts_too_a_source_and_a_subscription_are_set_up(gateway: Gateway, plain: Chrome) -> None:
    tenant, name = name_of("t"), name_of("shop")
    make_source(plain, tenant, name, GITHUB_SECRET)
    with subscriber(ok) as books:
        make_subscription(plain, tenant, name_of("books"), books.url)
        press(plain, "Send a test event")
        until(plain, lambda: "Delivered in" in text(plain), 120)
        rung = Rung(gateway, name)
        until(plain, lambda: rung.is_told(go(plain, f"/sources/{name}/first")), 120)


def test_a_test_event_shows_that_the_receiver_says_it_verified_the_signature(
    gateway: Gateway, person: Chrome
) -> None:
    source = gateway.put_source()
    secret = gateway.put_secret(SIGNING_SECRET)
    for behaviour, told in (
        (verifying, "says that it verified the signature"),
        (ok, "does not say whether it verified"),
    ):
        with subscriber(behaviour) as books:
            name = gateway.put_subscription(source, books.url, secrets=[secret])
            go(person, f"/subscriptions/t-{source}/{name}")
            press(person, "Send a test event")
            until(person, partial(said, person, told))


def test_without_scripts_the_history_and_a_job_read_and_work(gateway: Gateway, plain: Chrome) -> None:
    source = gateway.put_source()
    once = {"schedule": [0], "jitter": 0}
    with subscriber(always(404)) as books, gateway.without_ticks():
        name = gateway.put_subscription(source, books.url, retry=once)
        page = f"/subscriptions/t-{source}/{name}"
        event_id = gateway.push(source).event_id
        until(plain, lambda: event_id in go(plain, f"{page}/history"))
        for status, found in (("5xx", False), ("404", True)):
            fill(plain, "status", status)
            press(plain, "Find")
            until(plain, partial(asked, plain, status))
            assert (event_id in text(plain)) is found
        go(plain, page)
        click(plain, By.LINK_TEXT, "By answer")
        assert "404" in text(plain)
        until(plain, lambda: event_id in go(plain, f"/sources/{source}/last"))
        assert "exhausted" in go(plain, f"/events/{event_id}")
        go(plain, page)
        press(plain, "Send one as a job")
        until(plain, lambda: "Test for" in text(plain))
        press(plain, "Call it off")
        until(plain, lambda: "cancelled" in text(plain))
        assert "cancel" in go(plain, f"/audit?tenant=t-{source}")


def test_the_new_pages_have_no_serious_fault_and_are_no_wider_than_a_telephone(
    gateway: Gateway, person: Chrome, axe: str
) -> None:
    source = gateway.put_source()
    name = gateway.put_subscription(source, "http://127.0.0.1:9/hooks")
    tenant = f"t-{source}"
    item = {"tenant_id": tenant, "event_type": "invoice.paid", "description": HOSTILE}
    gateway.put("EventTypesTableName", {**item, "json_schema": '{"type": "object"}'})
    page = f"/subscriptions/{tenant}/{name}"
    typed = urlencode({"tenant": tenant, "subscription_id": HOSTILE, "url": HOSTILE, "check": 1})
    paths = (
        f"{page}/pause", f"{page}/resume", f"{page}/replay?since=7d", f"/jobs?tenant={tenant}",
        f"/types?tenant={tenant}", f"/types/{tenant}/invoice.paid", f"/new/source?tenant={tenant}&q=git",
        f"/new/source/twilio?{urlencode({'tenant': tenant, 'source_id': HOSTILE, 'check': 1})}",
        f"/new/source/github?{urlencode({'tenant': tenant, 'source_id': 'shop', 'check': 1})}",
        f"/new/subscription?{typed}", f"/sources/{source}/first", page,
    )  # fmt: skip
    logged(person)
    size = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    faults = dict[str, object]()
    for path in paths:
        person.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        go(person, path)
        if person.execute_script("return document.documentElement.scrollWidth") > 360:
            faults[f"{path} is wide"] = True
        person.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        assert "acted" not in person.title
        assert person.find_elements(By.CSS_SELECTOR, "main img") == []
        for scheme in ("light", "dark"):
            media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
            person.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
            person.execute_script(axe)
            found = person.execute_async_script("axe.run().then(arguments[0])")["violations"]
            bad = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS]
            faults |= {f"{path} {scheme}": bad} if bad else {}
    assert faults == {}
    assert logged(person) == []


SERIOUS = ("serious", "critical")
